"""An issuer elsewhere, small but real: discovery and keys over HTTP, and the tokens it signs."""

import base64
import hmac
import json
import time
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

NAME = "https://issuer.example/realm"
AUDIENCE = "relight-api"


class _Careless(jws.JWSRegistry):
    """Signs whatever header it is given."""

    def check_header(self, header: Any) -> None:
        pass


_ANY = _Careless(algorithms=["RS256", "ES256"])


class Elsewhere:
    """An issuer whose keys change, which can fall silent, and counts who asks."""

    def __init__(self) -> None:
        self.key: Any = RSAKey.generate_key(2048, {"kid": "one"})
        self.published: list[Any] = [self.key]
        self.name = NAME
        self.silent = False
        self.asked = 0
        routes = [
            Route("/realm/.well-known/openid-configuration", self._discovery),
            Route("/realm/jwks", self._jwks),
        ]
        self._app = Starlette(routes=routes)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self._app))

    async def _discovery(self, _: Request) -> JSONResponse:
        self.asked += 1
        told = {"issuer": self.name, "jwks_uri": f"{NAME}/jwks"}
        return JSONResponse(told, 503 if self.silent else 200)

    async def _jwks(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published]})

    def rotate(self, *, published: bool = True) -> None:
        """Sign with a new key of another kind from now on."""
        self.key = ECKey.generate_key("P-256", {"kid": f"key-{time.monotonic_ns()}"})
        if published:
            self.published = [self.key]

    def token(self, *grants: Any, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign a token for a person with grants."""
        now = int(time.time())
        algorithm = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        said = {
            "iss": NAME, "aud": AUDIENCE, "sub": "5f2c", "iat": now, "exp": now + 300,
            "relight_grants": list(grants or ("dispatcher@jp",)), **claims,
        }  # fmt: skip
        named = {"alg": algorithm, "kid": self.key.kid, **(header or {})}
        return jwt.encode(named, said, self.key, [algorithm], _ANY)

    def with_shared_secret(self) -> str:
        """Return a token signed with the public key as if it were a secret: the old trick."""
        secret = self.key.as_pem(private=False)
        said = f"{_text({'alg': 'HS256', 'kid': 'one'})}.{self.token('admin@*').split('.')[1]}"
        return f"{said}.{_base64(hmac.digest(secret, said.encode(), 'sha256'))}"

    def unsigned(self) -> str:
        """Return a token that claims to need no signature."""
        _, body, _ = self.token("admin@*").split(".")
        return f"{_text({'alg': 'none', 'kid': 'one'})}.{body}."


def _text(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
