"""What is exchanged for tokens: a code, a refresh token, a machine's secret."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oidc.core import OpenIDCode

from api.sign_in.caller import Grant, Person, merged
from store import people, sign_ins
from store.people import Known
from store.sign_ins import SignIn

REFRESH_BYTES = 32
ID_LIVES = timedelta(minutes=15)


def person_of(known: Known) -> Person:
    """Return somebody known here as whoever signs in."""
    held = tuple(Grant.model_validate(grant) for grant in known.grants)
    return Person(subject=known.subject, name=known.name, grants=merged(held))


class Taken:
    """A sign-in that a code or refresh token stands for, as the library asks about it."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.code_challenge = sign_in.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        """Return where the code was sent."""
        return self.sign_in.redirect_uri

    def get_scope(self) -> str:
        """Return what was asked for."""
        return self.sign_in.scope

    def get_nonce(self) -> str | None:
        """Return what ties the ID token to the console's session."""
        return self.sign_in.nonce

    def check_client(self, client: Any) -> bool:
        """Tell whether it was given to this program."""
        return bool(self.sign_in.client_id == client.get_client_id())


class _SignedIn:
    """The person behind a code or refresh token, looked up anew every time."""

    server: Any
    request: Any

    def authenticate_user(self, taken: Taken) -> Person | None:
        """Return the person with what they hold now; a disabled one is nobody."""
        known = people.one(self.server.desk.session, taken.sign_in.subject)
        return None if known is None or known.disabled_at is not None else person_of(known)

    def with_refresh(self, token: dict[str, Any], sign_in: SignIn) -> None:
        """Add a new refresh token of the same sign-in."""
        desk = self.server.desk
        token["refresh_token"] = secrets.token_urlsafe(REFRESH_BYTES)
        sign_ins.keep_refresh(desk.session, token["refresh_token"], sign_in, desk.now)


class Code(_SignedIn, grants.AuthorizationCodeGrant):
    """A code from the sign-in page, good once for a minute, with PKCE."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep the code's digest and what it stands for."""
        desk, asked = self.server.desk, request.payload
        sign_in = SignIn(
            family=uuid4().hex,
            client_id=request.client.get_client_id(),
            subject=request.user.subject,
            scope=request.scope or "",
            signed_in_at=desk.now,
            redirect_uri=asked.redirect_uri,
            nonce=asked.data.get("nonce"),
            challenge=asked.data["code_challenge"],
        )
        sign_ins.keep_code(desk.session, code, sign_in, desk.now)

    def query_authorization_code(self, code: str, client: Any) -> Taken | None:
        """Use a code up; whatever else is wrong with the request, it is not good again."""
        desk = self.server.desk
        found = sign_ins.take_code(desk.session, code, client.get_client_id(), desk.now)
        return None if found is None else Taken(found)

    def delete_authorization_code(self, authorization_code: Taken) -> None:
        """Leave the used code, so that a second use is seen."""

    def create_token_response(self) -> Any:
        """Add the refresh token to what the library answers."""
        status, token, headers = super().create_token_response()
        self.with_refresh(token, self.request.authorization_code.sign_in)
        return status, token, headers


class Refresh(_SignedIn, grants.RefreshTokenGrant):
    """A refresh token, good once; it is answered with the next one."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def authenticate_refresh_token(self, refresh_token: str) -> Taken | None:
        """Use a refresh token up."""
        desk, client = self.server.desk, self.request.client
        found = sign_ins.take_refresh(desk.session, refresh_token, client.get_client_id(), desk.now)
        return None if found is None else Taken(found)

    def revoke_old_credential(self, refresh_token: Taken) -> None:
        """Leave it: it was used up when it was taken."""

    def create_token_response(self) -> Any:
        """Add the next refresh token to what the library answers."""
        status, token, headers = super().create_token_response()
        self.with_refresh(token, self.request.refresh_token.sign_in)
        return status, token, headers


class ClientCredentials(grants.ClientCredentialsGrant):
    """A machine's own secret."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class Identity(OpenIDCode):
    """The ID token, which tells a console who signed in and is good for nothing else."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        """Tell no: a nonce is the console's to compare, and a code is good once anyway."""
        return False

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        """Return it signed with the installation's key."""
        taken = request.authorization_code or request.refresh_token
        sign_in, person = taken.sign_in, request.user
        desk = request.desk
        claims: dict[str, Any] = {
            "iss": desk.name,
            "aud": sign_in.client_id,
            "sub": person.subject,
            "name": person.name or person.subject,
            "iat": int(desk.now.timestamp()),
            "exp": int((desk.now + ID_LIVES).timestamp()),
            "auth_time": int(sign_in.signed_in_at.timestamp()),
        }
        if sign_in.nonce is not None:
            claims["nonce"] = sign_in.nonce
        return str(desk.keys.sign(claims, "JWT"))


class Revocation(RevocationEndpoint):
    """Signing out: the refresh token's whole family ends."""

    CLIENT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def query_token(self, token_string: str, token_type_hint: str | None) -> str:
        """Return the text itself; whether there is such a token is nobody's business."""
        return token_string

    def authenticate_token(self, request: Any, client: Any) -> str:
        """Return what is to end."""
        self.check_params(request, client)
        return str(request.form["token"])

    def revoke_token(self, token: str, request: Any) -> None:
        """End it, if it was given to this program."""
        desk = self.server.desk
        sign_ins.end_refresh(desk.session, token, request.client.get_client_id(), desk.now)
