"""Tokens of an issuer elsewhere: found by discovery, read with its keys, trusted for its claims.

Known keys go on while the issuer is away. A key nobody knows is looked for again, but not often.
"""

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import structlog
from joserfc import jwk, jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from pydantic import ValidationError

from api.problems import Problem
from api.sign_in import tokens
from api.sign_in.caller import LONGEST_SUBJECT, SUBJECT, Grant, Person, merged

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures with a public key only; never none, never a shared secret."""
LEEWAY_S = 30
LOOK_AGAIN_S = 60.0
"""A key nobody knows makes us look for it at most this often."""
STALE_S = 3600.0
"""Keys older than this are fetched anew beside the requests; one that was withdrawn goes then."""
LARGEST_BYTES = 512 * 1024
NAMESPACE = "ext/"
"""Before every subject of theirs, so that nobody there is taken for somebody here."""
_SCOPE = re.compile(r"[a-z-]+:(read|write)")
_OTHER_USE = frozenset({"at_hash", "c_hash", "nonce"})
"""Claims of tokens that tell about a sign-in; they are not for asking anything."""
log = structlog.get_logger("relight.api")


class _Signatures(jws.JWSRegistry):
    """Our algorithms, and headers of which issuers have more than we know."""

    algorithms = tokens.Signatures.algorithms


@dataclass(frozen=True)
class Trust:
    """Whose tokens are believed, for which reader, and where their grants stand."""

    issuer: str
    audience: str
    grants_claim: str = "relight_grants"


class External:
    """Reads the tokens of one issuer."""

    def __init__(
        self,
        trust: Trust,
        http: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trust = trust
        self._http = http or httpx.AsyncClient(timeout=5.0, follow_redirects=False)
        self._clock = clock
        self._keys: list[jwk.Key] = []
        self._fetched_at = self._tried_at = float("-inf")
        self._one = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._registry = _Signatures(algorithms=list(ALGORITHMS), strict_check_header=False)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    def issued(self, token: str) -> bool:
        """Tell whether a token says it is of this issuer; it is believed only when read."""
        return unread(token, 1).get("iss") == self.trust.issuer

    async def read(self, token: str) -> Person:
        """Return who a token speaks for, or refuse it; raises Problem."""
        header = unread(token, 0)
        key = await self._key(header.get("kid"), header.get("alg"))
        try:
            claims = jwt.decode(token, key, [str(header["alg"])], self._registry).claims
            tokens.check(claims, [self.trust.issuer], [self.trust.audience], leeway_s=LEEWAY_S)
            if _OTHER_USE & claims.keys():
                raise tokens.refused("token_invalid")
            return self._person(claims)
        except ExpiredTokenError as error:
            raise tokens.refused("token_expired") from error
        except (JoseError, ValidationError, TypeError, ValueError, KeyError) as error:
            raise tokens.refused("token_invalid") from error

    def _person(self, claims: dict[str, Any]) -> Person:
        ours = tuple(sorted(filter(_SCOPE.fullmatch, str(claims.get("scope", "")).split())))
        return Person(
            subject=_subject(str(claims["sub"])),
            name=str(claims.get("name") or claims.get("preferred_username") or "")[:120],
            grants=merged(tuple(_grants(_found(claims, self.trust.grants_claim)))),
            scopes=ours or None,
        )

    async def _key(self, kid: Any, algorithm: Any) -> jwk.Key:
        if algorithm not in ALGORITHMS:
            raise tokens.refused("token_invalid")
        key = self._known(kid, algorithm)
        if key is None and self._clock() - self._tried_at >= LOOK_AGAIN_S:
            await self._renew()
            key = self._known(kid, algorithm)
        elif self._clock() - max(self._fetched_at, self._tried_at) >= STALE_S:
            self._renewing = asyncio.create_task(self._renew())
        if key is not None:
            return key
        if not self._keys:
            raise Problem("issuer_unreachable")
        raise tokens.refused("token_invalid")

    def _known(self, kid: Any, algorithm: str) -> jwk.Key | None:
        fit = [key for key in self._keys if key.get("alg") in (None, algorithm)]
        if kid is None:
            return fit[0] if len(fit) == 1 else None
        return next((key for key in fit if key.kid == kid), None)

    async def _renew(self) -> None:
        """Fetch the keys, once however many ask; what fails leaves the known ones."""
        async with self._one:
            if self._clock() - self._tried_at < LOOK_AGAIN_S:
                return
            self._tried_at = self._clock()
            try:
                self._keys = await self._fetch()
                self._fetched_at = self._clock()
            except (httpx.HTTPError, JoseError, ValueError, TypeError, KeyError) as error:
                log.warning("issuer unreachable", cause=type(error).__name__)
                if not self._keys:
                    self._tried_at = self._clock() - LOOK_AGAIN_S + 5.0

    async def _fetch(self) -> list[jwk.Key]:
        base = self.trust.issuer.rstrip("/")
        told = await self._get(f"{base}/.well-known/openid-configuration")
        if told["issuer"] != self.trust.issuer:
            raise ValueError("the discovery document is another issuer's")
        address = str(told["jwks_uri"])
        if not address.startswith("https://") and base.startswith("https://"):
            raise ValueError("its keys lie at an address that is not guarded")
        found = (await self._get(address))["keys"]
        usable = [
            key
            for key in found
            if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
        ]
        return list(jwk.KeySet.import_key_set({"keys": usable}).keys)

    async def _get(self, address: str) -> dict[str, Any]:
        async with self._http.stream("GET", address) as response:
            response.raise_for_status()
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise ValueError("the answer is too large")
        told: dict[str, Any] = json.loads(body)
        return told


def unread(token: str, part: int) -> dict[str, Any]:
    """Return a part of a token as it says itself, believing nothing of it."""
    pieces = token.split(".")
    try:
        text = pieces[part] if len(pieces) == 3 else ""
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _subject(given: str) -> str:
    """Return their name for somebody as ours; one that is too long for us by its digest."""
    subject = NAMESPACE + given
    fits = len(subject) <= LONGEST_SUBJECT and re.match(SUBJECT, given)
    return subject if fits else NAMESPACE + sha256(given.encode()).hexdigest()[:40]


def _found(claims: dict[str, Any], name: str) -> Any:
    """Return a claim by its name, or by a path such as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _grants(told: Any) -> list[Grant]:
    """Return the grants among what an issuer names; its other roles are none of ours."""
    found = []
    for each in told if isinstance(told, list) else [told]:
        try:
            found.append(Grant.parse(each) if isinstance(each, str) else Grant.model_validate(each))
        except ValueError:
            continue
    return found
