"""The OAuth server: the library's rules over our tables, one instance per request.

Everything here runs in a thread, within one transaction.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from sqlalchemy.orm import Session

from api.sign_in import machine_keys, tokens
from api.sign_in.caller import Person
from api.sign_in.issuer import clients
from api.sign_in.issuer.exchange import (
    ClientCredentials,
    Code,
    Identity,
    Refresh,
    Revocation,
)
from api.sign_in.tokens import TokenKeys

ACCESS_LIVES = timedelta(minutes=15)
# The library writes tokens into its lines at that level.
logging.getLogger("authlib").setLevel(logging.INFO)


@dataclass(frozen=True)
class Desk:
    """What the server works with in one request."""

    session: Session
    keys: TokenKeys
    public_url: str
    name: str
    words: list[str]
    now: datetime


@dataclass
class Told:
    """An answer before it is put into words of HTTP."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Asked(OAuth2Request):
    """A request as the library reads it."""

    def __init__(
        self, desk: Desk, method: str, uri: str, headers: Any, payload: list[tuple[str, str]]
    ) -> None:
        super().__init__(method, uri, headers=headers)
        self.desk = desk
        self._fields = dict(payload)
        self.payload = Payload(payload)

    @property
    def args(self) -> dict[str, str]:
        """Return what stands in the address."""
        return self._fields if self.method == "GET" else {}

    @property
    def form(self) -> dict[str, str]:
        """Return what stands in the body."""
        return self._fields


class Payload(BasicOAuth2Payload):
    """The parameters of a request, with those that come twice."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(dict(pairs))
        self._datalist: dict[str, list[str]] = {}
        for name, value in pairs:
            self._datalist.setdefault(name, []).append(value)


class OnlyS256(CodeChallenge):
    """PKCE is never left out, and never plain."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge of the one kind."""
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A 'code_challenge' with method S256 is needed.")
        super().validate_code_challenge(grant, redirect_uri)


class Server(AuthorizationServer):
    """The local issuer, as the library runs it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__([*clients.SIGN_IN_SCOPES, *desk.words])
        self.desk = desk
        self.register_grant(Code, [OnlyS256(required=True), Identity()])
        self.register_grant(Refresh, [Identity()])
        self.register_grant(ClientCredentials)
        self.register_endpoint(Revocation)
        self.register_token_generator("default", self._tokens)

    def query_client(self, client_id: str) -> clients.Program | None:
        """Return a program by its name."""
        if not client_id or "\x00" in client_id:
            return None
        desk = self.desk
        return clients.find(desk.session, client_id, desk.public_url, desk.words)

    def save_token(self, token: Any, request: OAuth2Request) -> None:
        """Keep nothing: access tokens are read by their signature, refresh tokens kept apart."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody: there are no listeners."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        """Return the request, which is one already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Told:
        """Return the library's answer as it is."""
        return Told(status, body, dict(headers))

    def token(self, asked: Asked) -> Told:
        """Answer at the token endpoint."""
        return self._safely(lambda: self.create_token_response(asked), asked)

    def revoke(self, asked: Asked) -> Told:
        """Answer at the revocation endpoint."""
        name = Revocation.ENDPOINT_NAME
        return self._safely(lambda: self.create_endpoint_response(name, asked), asked)

    def _safely(self, answer: Any, asked: Asked) -> Told:
        try:
            told: Told = answer()
        except OAuth2Error as error:
            told = self.handle_error_response(asked, error)
        except UnicodeDecodeError:
            told = self.handle_error_response(asked, InvalidClientError(status_code=401))
        if told.status == 401:
            told.headers.setdefault("WWW-Authenticate", 'Basic realm="relight"')
        return told

    def _tokens(
        self, *, client: clients.Program, user: Person | None, scope: str | None, **_: Any
    ) -> dict[str, Any]:
        """Return an access token for a person, or for the machine itself."""
        desk = self.desk
        held = user or machine_keys.holder_of(client.machine, "client")
        scope = client.get_allowed_scope(scope)
        if scope is None:
            raise InvalidScopeError
        words = [word for word in scope.split() if word in desk.words]
        if user is None or words:
            held = held.model_copy(update={"scopes": self._limited(client, words)})
        claims = tokens.claims_of(held, desk.name, desk.now, ACCESS_LIVES)
        claims |= {"client_id": client.get_client_id(), "jti": uuid4().hex}
        return {
            "token_type": "Bearer",
            "access_token": desk.keys.sign(claims, tokens.ACCESS),
            "expires_in": int(ACCESS_LIVES.total_seconds()),
            "scope": scope,
        }

    def _limited(self, client: clients.Program, words: list[str]) -> tuple[str, ...] | None:
        """Return the scopes of a token; None where a machine with every one asks for them all."""
        if not client.machine.public and "*" in client.machine.scopes:
            return None if set(words) == set(self.desk.words) else tuple(words)
        return tuple(words)
