"""Signing in: tokens of the local issuer, and what a caller may do and see."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Depends, Request
from pydantic import Field, ValidationError

from api.problems import Problem
from domain.actor import Actor
from domain.kinds import Role
from domain.value import Value

ISSUER = "relight"
ALGORITHM = "EdDSA"
EVERYWHERE = "*"
PERSONS = frozenset(Role) - {Role.BOARD, Role.SYSTEM}
DESK = PERSONS - {Role.CUSTOMER, Role.CREW}
SEES_PERSONS = DESK - {Role.AUDITOR}
"""Roles that may read names, phones and notes of reporters."""


class Caller(Value):
    """Who speaks, as the token says."""

    subject: str = Field(min_length=1, max_length=54, pattern=r"^[^\x00-\x1f]+$")
    name: str = Field(default="", max_length=120)
    role: Role
    districts: tuple[str, ...] = ()
    crew: str | None = Field(default=None, max_length=64)

    @property
    def actor(self) -> Actor:
        """Return the caller as the doer of an action."""
        return Actor(subject=self.subject, role=self.role, crew=self.crew)

    @property
    def scope(self) -> list[str] | None:
        """Return the districts whose rows may be seen; None is all of them."""
        return None if EVERYWHERE in self.districts else sorted(self.districts)

    def serves(self, district: str) -> bool:
        """Tell whether a district's rows may be seen."""
        return EVERYWHERE in self.districts or district in self.districts

    def need(self, district: str) -> None:
        """Refuse a district that is not the caller's."""
        if not self.serves(district):
            raise Problem("other_district", district=district)


def sign(key: Ed25519PrivateKey, caller: Caller, *, now: datetime, valid: timedelta) -> str:
    """Return a token for a person; boards and the system never get one."""
    if caller.role not in PERSONS:
        raise Problem("role_may_not", role=caller.role.value, action="sign in")
    claims: dict[str, Any] = {
        "sub": caller.subject,
        "name": caller.name,
        "role": caller.role.value,
        "districts": list(caller.districts),
        "iss": ISSUER,
        "iat": now,
        "exp": now + valid,
    }
    if caller.crew is not None:
        claims["crew"] = caller.crew
    return jwt.encode(claims, key, algorithm=ALGORITHM)


def read(token: str, key: Ed25519PublicKey) -> Caller:
    """Return who a token speaks for; raises Problem when it does not hold."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "iss", "sub"]},
            leeway=5,
        )
        caller = Caller.model_validate(
            {
                "subject": claims["sub"],
                "name": claims.get("name") or "",
                "role": claims.get("role"),
                "districts": claims.get("districts") or (),
                "crew": claims.get("crew"),
            }
        )
    except jwt.ExpiredSignatureError as error:
        raise _unauthorized("token_expired") from error
    except (jwt.InvalidTokenError, ValidationError, TypeError) as error:
        raise _unauthorized("token_invalid") from error
    if caller.role not in PERSONS or (caller.role is Role.CREW and caller.crew is None):
        raise _unauthorized("token_invalid")
    return caller


def _unauthorized(code: str) -> Problem:
    fault = "" if code == "token_missing" else ', error="invalid_token"'
    return Problem(code, headers={"WWW-Authenticate": f'Bearer realm="relight"{fault}'})


class Door:
    """The dependency that lets in some roles and answers who came."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Caller:
        """Return the caller, or refuse; the key is the application's."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorized("token_missing")
        key: Ed25519PublicKey = request.app.state.office.token_key
        caller = read(token.strip(), key)
        request.scope["subject"] = caller.subject
        request.app.state.office.standings.remember(request.scope, caller.subject, caller.role)
        if caller.role not in self.roles:
            raise Problem(
                "role_may_not",
                role=caller.role.value,
                action=f"{request.method} {request.scope['route'].path}",
            )
        return caller


def door(*roles: Role) -> Callable[[Request], Any]:
    """Let in these roles only; without any, every person."""
    return Door(frozenset(roles) or PERSONS)


Anyone = Annotated[Caller, Depends(door())]
Reporter = Annotated[Caller, Depends(door(*PERSONS - {Role.AUDITOR, Role.CALLBACK_AGENT}))]
ReportReader = Annotated[Caller, Depends(door(*PERSONS - {Role.CREW}))]
Reader = Annotated[Caller, Depends(door(*PERSONS - {Role.CUSTOMER}))]
Acting = Annotated[Caller, Depends(door(*PERSONS - {Role.CUSTOMER, Role.AUDITOR, Role.ADMIN}))]
Desk = Annotated[Caller, Depends(door(*DESK))]
CrewPhone = Annotated[Caller, Depends(door(Role.CREW))]
BoardReader = Annotated[
    Caller, Depends(door(Role.DISPATCHER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN))
]
Ordering = Annotated[Caller, Depends(door(Role.DISPATCHER, Role.SUPERVISOR))]
Supervising = Annotated[Caller, Depends(door(Role.SUPERVISOR, Role.ADMIN))]
Paged = Annotated[
    Caller, Depends(door(Role.DISPATCHER, Role.CREW, Role.CALLBACK_AGENT, Role.SUPERVISOR))
]
CallbackAgent = Annotated[Caller, Depends(door(Role.CALLBACK_AGENT))]
CallbackReader = Annotated[
    Caller, Depends(door(Role.CALLBACK_AGENT, Role.SUPERVISOR, Role.AUDITOR))
]
Unreaching = Annotated[Caller, Depends(door(Role.SUPERVISOR))]
