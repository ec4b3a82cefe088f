"""Tokens we sign ourselves: made by the local issuer or by `relight token`, read at the door."""

import hmac
from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from api.problems import Problem
from api.sign_in.caller import Caller, Grant, Person, merged
from domain.kinds import Role

ISSUER = "relight"
AUDIENCE = "relight"
ALGORITHM = "EdDSA"
ACCESS = "at+jwt"
LEEWAY_S = 5
AnyKey = Ed25519PrivateKey | Ed25519PublicKey


class Signatures(jws.JWSRegistry):
    """The library's algorithms; EdDSA under its old name too, which every reader knows."""

    algorithms = dict(jws.JWSRegistry.algorithms)  # noqa: RUF012 - as its base declares it


Signatures.algorithms["EdDSA"] = copy(Signatures.algorithms["EdDSA"])
Signatures.algorithms["EdDSA"].security_warning = None
_OURS = Signatures(algorithms=[ALGORITHM])


class TokenKeys:
    """The keys of this installation: the first signs, every one of them is believed."""

    def __init__(self, *keys: AnyKey) -> None:
        self._names = [OKPKey.import_key(key).thumbprint() for key in keys]
        named = zip(keys, self._names, strict=True)
        self._set = KeySet([OKPKey.import_key(key, {"kid": name}) for key, name in named])

    @classmethod
    def of(cls, given: "TokenKeys | AnyKey") -> "TokenKeys":
        """Return keys as they are, or a single key as the only one."""
        return given if isinstance(given, cls) else cls(given)  # type: ignore[arg-type]

    @property
    def signs(self) -> bool:
        """Tell whether tokens can be signed here, not only read."""
        return bool(self._set.keys[0].is_private)

    @property
    def signing(self) -> OKPKey:
        """Return the key that signs."""
        key = self._set.keys[0]
        assert isinstance(key, OKPKey)  # noqa: S101 - no other kind is put in
        return key

    def secret(self, purpose: str) -> bytes:
        """Return a secret of this installation for one purpose, drawn from the signing key."""
        key = self.signing.as_dict(private=self.signs)
        text = str(key.get("d") or token_hex(32))
        return hmac.digest(text.encode(), purpose.encode(), "sha256")

    def public(self) -> dict[str, Any]:
        """Return the JWKS that others read our tokens with."""
        shown = [key.as_dict(private=False) for key in self._set.keys]
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM} for key in shown]}

    def sign(self, claims: dict[str, Any], kind: str) -> str:
        """Return a signed token of one kind."""
        header = {"alg": ALGORITHM, "kid": self._names[0], "typ": kind}
        return jwt.encode(header, claims, self.signing, [ALGORITHM], _OURS)

    def read(self, token: str) -> jwt.Token:
        """Return what a token of ours says; raises JoseError when it is not ours."""

        def key(signed: Any) -> Any:
            # Tokens signed before keys had names are tried with the one key of that time.
            kid = signed.headers().get("kid")
            return self._set.get_by_kid(kid) if kid is not None else self._set.keys[-1]

        try:
            return jwt.decode(token, key, [ALGORITHM], _OURS)
        except (ValueError, UnicodeError, RecursionError) as error:
            raise JoseError(description=type(error).__name__) from error


def sign(key: Ed25519PrivateKey, caller: Caller, *, now: datetime, valid: timedelta) -> str:
    """Return a token for a person in one role; boards and the system never get one."""
    try:
        held = Grant(role=caller.role, districts=caller.districts, crew=caller.crew)
    except ValidationError as error:
        raise Problem("role_may_not", role=caller.role.value, action="sign in") from error
    person = Person(subject=caller.subject, name=caller.name, grants=(held,))
    return TokenKeys(key).sign(claims_of(person, ISSUER, now, valid), ACCESS)


def claims_of(person: Person, issuer: str, now: datetime, valid: timedelta) -> dict[str, Any]:
    """Return the claims of an access token for this installation."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person.subject,
        "name": person.name,
        "iat": int(now.timestamp()),
        "exp": int((now + valid).timestamp()),
        "grants": [grant.model_dump(mode="json") for grant in person.grants],
    }
    if person.scopes is not None:
        claims["scope"] = " ".join(person.scopes)
    if person.may_act_as:
        claims["may_act_as"] = True
    return claims


def read(token: str, keys: TokenKeys | AnyKey, issuers: Sequence[str] = (ISSUER,)) -> Person:
    """Return who a token of ours speaks for; raises Problem when it does not hold."""
    try:
        found = TokenKeys.of(keys).read(token)
        check(found.claims, issuers, [AUDIENCE], leeway_s=LEEWAY_S)
        # Only access tokens open doors: neither the tokens of links nor those about a sign-in.
        if found.header.get("typ", "JWT") not in (ACCESS, "JWT"):
            raise refused("token_invalid")
        return _person(found.claims)
    except ExpiredTokenError as error:
        raise refused("token_expired") from error
    except (JoseError, ValidationError, TypeError, ValueError) as error:
        raise refused("token_invalid") from error


def check(
    claims: dict[str, Any], issuers: Sequence[str], audiences: Sequence[str], *, leeway_s: int
) -> None:
    """Refuse claims that are of another issuer, for another reader, or not of this time.

    A token of ours without an audience is from `relight token` as it was before there was one.
    """
    options: dict[str, Any] = {
        "iss": {"essential": True, "values": list(issuers)},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "aud": {"essential": claims.get("iss") != ISSUER, "values": list(audiences)},
    }
    jwt.JWTClaimsRegistry(leeway=leeway_s, **options).validate(claims)


def _person(claims: dict[str, Any]) -> Person:
    held = claims["grants"] if "grants" in claims else [_single(claims)]
    scope = claims.get("scope")
    return Person.model_validate(
        {
            "subject": claims["sub"],
            "name": claims.get("name") or "",
            "grants": merged(tuple(Grant.model_validate(grant) for grant in held)),
            "scopes": None if scope is None else tuple(str(scope).split()),
            "may_act_as": claims.get("may_act_as") is True,
        }
    )


def _single(claims: dict[str, Any]) -> dict[str, Any]:
    """Return the one grant of a token as they were signed before there were several."""
    crew = claims.get("crew") if claims.get("role") == Role.CREW.value else None
    return {"role": claims.get("role"), "districts": claims.get("districts") or (), "crew": crew}


def refused(code: str, **params: Any) -> Problem:
    """Return a refusal at the door, with what a client needs to know about it."""
    fault = "" if code == "token_missing" else ', error="invalid_token"'
    return Problem(code, headers={"WWW-Authenticate": f'Bearer realm="relight"{fault}'}, **params)
