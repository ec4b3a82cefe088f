"""The sign-in form: shown, proven to be ours, tried with patience, and answered with a code."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from authlib.oauth2 import OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.limits import address_of
from api.sign_in.caller import Person
from api.sign_in.issuer import passwords
from api.sign_in.issuer.exchange import person_of
from api.sign_in.issuer.page import refusal_page, sign_in_page
from api.sign_in.issuer.server import Asked, Desk, Server
from store import people, sign_ins
from store.sign_ins import Patience

COOKIE = "relight_sign_in"
HERE = Patience(free=5, longest_s=900.0)
"""One account from one address: a person who mistypes, or a thief."""
ACCOUNT = Patience(free=20, longest_s=60.0)
"""One account from anywhere: a guess a minute, and its owner still gets in between."""
ADDRESS = Patience(free=30, longest_s=900.0)
"""Any account from one address."""
_AT_ONCE = CapacityLimiter(2)
"""Checking a password takes a tenth of a second of a whole core, on purpose."""


@dataclass(frozen=True)
class Form:
    """What was filled in; `sealed` is the cookie it must fit."""

    name: str
    password: str
    proof: str
    sealed: str

    def is_ours(self, secret: bytes) -> bool:
        """Tell whether the form came from our page in this browser."""
        return bool(self.sealed) and hmac.compare_digest(proof_of(secret, self.sealed), self.proof)


def proof_of(secret: bytes, sealed: str) -> str:
    """Return what a form shows beside the cookie."""
    return hmac.digest(secret, sealed.encode(), "sha256").hex()


def from_elsewhere(request: Request, origins: tuple[str, ...]) -> bool:
    """Tell whether a browser says that a form was sent by another site."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site == "same-origin" and origin == "null":
        return False  # a page that tells no referrer tells no origin either, not even to itself
    return site in ("cross-site", "same-site") or (origin is not None and origin not in origins)


def begin(desk: Desk, asked: Asked, secret: bytes, *, fault: str | None = None) -> Response:
    """Show the form, or say why nobody can sign in this way."""
    try:
        grant = Server(desk).get_consent_grant(asked)
    except OAuth2Error as error:
        return _refused(error)
    sealed = secrets.token_urlsafe(24)
    page = sign_in_page(
        proof=proof_of(secret, sealed),
        client=grant.client.machine.name,
        goes_to=grant.redirect_uri,
        fault=fault,
    )
    secure = desk.public_url.startswith("https://")
    page.set_cookie(
        COOKIE, sealed, max_age=900, path="/oidc", secure=secure, httponly=True, samesite="strict"
    )
    page.status_code = 200 if fault is None else 400
    return page


def keys_of(form: Form, request: Request, secret: bytes) -> dict[str, Patience]:
    """Return what a try counts for; nobody can read from it who or where that was."""
    address = address_of(request.scope) or ""
    name = form.name.casefold()
    counted = {f"here/{address}/{name}": HERE, f"account/{name}": ACCOUNT,
               f"address/{address}": ADDRESS}  # fmt: skip
    return {proof_of(secret, key): patience for key, patience in counted.items()}


async def check(form: Form, known: people.Known | None) -> bool:
    """Tell whether the password is right, in the same time for everybody."""
    kept = known.password if known is not None and known.disabled_at is None else None
    return await anyio.to_thread.run_sync(passwords.is_it, form.password, kept, limiter=_AT_ONCE)


def admit(desk: Desk, asked: Asked, form: Form, known: people.Known, keys: list[str]) -> Response:
    """Answer a good password with a code, at the address the console named."""
    sign_ins.forgive(desk.session, keys, desk.now)
    if known.password is not None and passwords.is_old(known.password):
        new = passwords.keep(form.password)
        people.keep_password(desk.session, known.subject, known.password, new)
    try:
        grant = Server(desk).get_consent_grant(asked)
    except OAuth2Error as error:
        return _refused(error)
    person: Person = person_of(known)
    told = Server(desk).create_authorization_response(asked, grant_user=person, grant=grant)
    response = RedirectResponse(told.headers["Location"], 303)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.delete_cookie(COOKIE, path="/oidc")
    return response


def again(
    desk: Desk, asked: Asked, secret: bytes, form: Form, fault: str, status: int, **params: Any
) -> Response:
    """Show the form once more, with what was wrong."""
    try:
        grant = Server(desk).get_consent_grant(asked)
    except OAuth2Error as error:
        return _refused(error)
    page = sign_in_page(
        proof=proof_of(secret, form.sealed),
        client=grant.client.machine.name,
        goes_to=grant.redirect_uri,
        name=form.name,
        fault=fault,
        **params,
    )
    page.status_code = status
    return page


def _refused(error: OAuth2Error) -> Response:
    """Tell a console that may be told; anybody else reads it here."""
    status, _, headers = error()
    if error.redirect_uri:
        return RedirectResponse(dict(headers)["Location"], 303)
    page = refusal_page(error.description or error.error)
    page.status_code = max(status, 400)
    return page
