"""Customer links: signed, expiring, for one report's outage, and opening nothing else.

What a link says is the report's id and when it ends: no name, no number, no place.
"""

from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from api.problems import Problem
from api.sign_in.tokens import ISSUER, TokenKeys

KIND = "track+jwt"
AUDIENCE = "relight/track"


def make(keys: TokenKeys, report_id: str, *, now: datetime, valid: timedelta) -> str:
    """Return the token of a link."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": report_id,
        "iat": int(now.timestamp()),
        "exp": int((now + valid).timestamp()),
    }
    return keys.sign(claims, KIND)


def report_of(keys: TokenKeys, token: str) -> tuple[str, int]:
    """Return which report a link is for and when it ends, in seconds; or refuse it."""
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": AUDIENCE},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    try:
        found = keys.read(token)
        JWTClaimsRegistry(**options).validate(found.claims)
    except ExpiredTokenError as error:
        raise Problem("link_expired") from error
    except (JoseError, TypeError, ValueError) as error:
        raise Problem("link_unknown") from error
    if found.header.get("typ") != KIND:
        raise Problem("link_unknown")
    return str(found.claims["sub"]), int(found.claims["exp"])
