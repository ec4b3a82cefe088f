"""The addresses of the local issuer under `/oidc`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import anyio.to_thread
from anyio import CapacityLimiter
from authlib.oauth2.rfc6749.errors import InsecureTransportError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from api.problems import Problem, answer
from api.sign_in import tokens
from api.sign_in.issuer import entrance
from api.sign_in.issuer.clients import SIGN_IN_SCOPES, origins
from api.sign_in.issuer.entrance import COOKIE, Form
from api.sign_in.issuer.page import refusal_page
from api.sign_in.issuer.server import Asked, Desk, Server, Told
from domain.words import say
from store import people, sign_ins

if TYPE_CHECKING:
    from api.office import Office

R = TypeVar("R")
AT_ONCE = 4
"""Sign-ins at the same time; more wait, and nobody else waits for them."""


class LocalIssuer:
    """The local issuer of one installation."""

    def __init__(self, office: "Office", words: list[str]) -> None:
        self._office = office
        self._words = words
        self._limiter = CapacityLimiter(AT_ONCE)
        self._secret = office.token_keys.secret("sign-in form")

    def router(self) -> Router:
        """Return its addresses."""
        return Router(
            [
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/jwks", self._jwks),
                Route("/authorize", self._authorize, methods=["GET", "POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/revoke", self._revoke, methods=["POST"]),
                Route("/userinfo", self._userinfo, methods=["GET", "POST"]),
            ]
        )

    async def _discovery(self, _: Request) -> Response:
        name = self._office.issuers.local
        told = {
            "issuer": name,
            "authorization_endpoint": f"{name}/authorize",
            "token_endpoint": f"{name}/token",
            "revocation_endpoint": f"{name}/revoke",
            "userinfo_endpoint": f"{name}/userinfo",
            "jwks_uri": f"{name}/jwks",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code", "refresh_token", "client_credentials"
            ],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "none", "client_secret_basic", "client_secret_post"
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [tokens.ALGORITHM],
            "scopes_supported": [*SIGN_IN_SCOPES, *self._words],
            "claims_supported": ["sub", "name", "grants", "auth_time", "nonce"],
        }  # fmt: skip
        return JSONResponse(told, headers={"Cache-Control": "public, max-age=300"})

    async def _jwks(self, _: Request) -> Response:
        told = self._office.token_keys.public()
        return JSONResponse(told, headers={"Cache-Control": "public, max-age=300"})

    async def _authorize(self, request: Request) -> Response:
        fields = parse_qsl(request.url.query, keep_blank_values=True)
        try:
            if request.method == "GET":
                return await self._work(
                    lambda desk: entrance.begin(desk, self._asked(desk, request, fields),
                                                self._secret)
                )  # fmt: skip
            return await self._sign_in(request, fields)
        except InsecureTransportError:
            page = refusal_page(say("sign_in.not_guarded"))
            page.status_code = 400
            return page

    async def _sign_in(self, request: Request, fields: list[tuple[str, str]]) -> Response:
        form = await _form(request)
        ours = form.is_ours(self._secret)
        if not ours or entrance.from_elsewhere(request, origins(self._office.issuers.public_url)):
            return await self._work(
                lambda desk: entrance.begin(desk, self._asked(desk, request, fields),
                                            self._secret, fault="sign_in.too_old")
            )  # fmt: skip
        keys = entrance.keys_of(form, request, self._secret)

        def again(fault: str, status: int, **params: Any) -> Callable[[Desk], Response]:
            return lambda desk: entrance.again(
                desk,
                self._asked(desk, request, fields),
                self._secret,
                form,
                fault,
                status,
                **params,
            )

        wait = await self._work(lambda desk: sign_ins.begin_try(desk.session, keys, desk.now))
        if wait:
            page = await self._work(again("sign_in.wait", 429, seconds=int(wait)))
            page.headers["Retry-After"] = str(int(wait))
            return page
        known = await self._work(lambda desk: _known(desk.session, form.name))
        if known is None or not await entrance.check(form, known):
            if known is None:
                await entrance.check(form, None)
            return await self._work(again("sign_in.wrong", 401))
        mine = [key for key, patience in keys.items() if patience is not entrance.ADDRESS]
        return await self._work(
            lambda desk: entrance.admit(desk, self._asked(desk, request, fields), form, known, mine)
        )

    async def _token(self, request: Request) -> Response:
        return await self._machine_endpoint(request, lambda server, asked: server.token(asked))

    async def _revoke(self, request: Request) -> Response:
        return await self._machine_endpoint(request, lambda server, asked: server.revoke(asked))

    async def _machine_endpoint(
        self, request: Request, answered: Callable[[Server, Asked], Told]
    ) -> Response:
        fields = parse_qsl((await request.body()).decode("utf-8", "replace"))

        def work(desk: Desk) -> Told:
            return answered(Server(desk), self._asked(desk, request, fields))

        try:
            told = await self._work(work)
        except InsecureTransportError as error:
            told = Told(400, dict(error.get_body()))
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache", **told.headers}
        headers.pop("Content-Type", None)
        return JSONResponse(told.body, told.status, headers)

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise tokens.refused("token_missing")
            keys, ours = self._office.token_keys, self._office.issuers.ours
            person = tokens.read(token.strip(), keys, ours)
        except Problem as problem:
            return answer(request, problem)
        held = [grant.model_dump(mode="json") for grant in person.grants]
        told = {"sub": person.subject, "name": person.name, "grants": held}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    def _asked(self, desk: Desk, request: Request, fields: list[tuple[str, str]]) -> Asked:
        # By our own origin: what a proxy made of the address is not ours to believe.
        uri = self._office.issuers.public_url + request.url.path
        return Asked(desk, request.method, uri, request.headers, fields)

    async def _work(self, work: Callable[[Desk], R]) -> R:
        """Do a step in a thread, in one transaction."""
        office = self._office

        def run() -> R:
            with Session(office.engine) as session, session.begin():
                return work(
                    Desk(
                        session=session,
                        keys=office.token_keys,
                        public_url=office.issuers.public_url,
                        name=office.issuers.local,
                        words=self._words,
                        now=datetime.now(UTC),
                    )
                )

        return await anyio.to_thread.run_sync(run, limiter=self._limiter)


async def _form(request: Request) -> Form:
    told = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    return Form(
        name=told.get("name", "").strip().replace("\x00", "")[:64],
        password=told.get("password", ""),
        proof=told.get("proof", ""),
        sealed=request.cookies.get(COOKIE, ""),
    )


def _known(session: Session, name: str) -> people.Known | None:
    return people.one(session, name.lower())
