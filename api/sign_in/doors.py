"""Doors: which roles may pass where, and under which of their grants."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from api.problems import Problem
from api.sign_in.acting_for import speak_for
from api.sign_in.bearer import identify
from api.sign_in.caller import DESK, PERSONS, Caller, Grant, Person
from api.sign_in.scopes import scope_of
from domain.kinds import Role
from domain.photo import LOOKERS

ROLE_HEADER = "Relight-Role"


class Door:
    """The dependency that lets in some roles and answers who came."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Caller:
        """Return the caller under the grant in force, or refuse."""
        person = await identify(request)
        request.scope["subject"] = person.subject
        if person.grants:
            # Staff before customer: what a person counts as does not hang on the door.
            counts = min(person.grants, key=lambda grant: grant.role is Role.CUSTOMER).role
            standings = request.app.state.office.standings
            standings.remember(request.scope, person.subject, counts)
        request.scope["subject"] = person.subject
        endpoint = (request.method, request.scope["route"].path)
        grant = self._in_force(person, request.headers.get(ROLE_HEADER), " ".join(endpoint))
        scope = scope_of(*endpoint)
        if person.scopes is not None and scope is not None and scope not in person.scopes:
            raise Problem("scope_missing", scope=scope)
        return await speak_for(request, person, Caller.of(person, grant))

    def _in_force(self, person: Person, wish: str | None, asked: str) -> Grant:
        """Return the grant that is named, or else the first that may pass."""
        held = [grant for grant in person.grants if wish in (None, grant.role.value)]
        if not held:
            raise Problem("role_not_held", role=wish) if wish else Problem("nothing_granted")
        for grant in held:
            if grant.role in self.roles:
                return grant
        raise Problem("role_may_not", role=held[0].role.value, action=asked)


def door(*roles: Role) -> Callable[[Request], Any]:
    """Let in these roles only; without any, every person."""
    return Door(frozenset(roles) or PERSONS)


Anyone = Annotated[Caller, Depends(door())]
Reporter = Annotated[Caller, Depends(door(*PERSONS - {Role.AUDITOR, Role.CALLBACK_AGENT}))]
ReportReader = Annotated[Caller, Depends(door(*PERSONS - {Role.CREW}))]
Reader = Annotated[Caller, Depends(door(*PERSONS - {Role.CUSTOMER}))]
Acting = Annotated[Caller, Depends(door(*PERSONS - {Role.CUSTOMER, Role.AUDITOR, Role.ADMIN}))]
Desk = Annotated[Caller, Depends(door(*DESK))]
Looking = Annotated[Caller, Depends(door(*LOOKERS))]
Metering = Annotated[Caller, Depends(door(Role.CALL_TAKER, Role.ADMIN))]
CrewPhone = Annotated[Caller, Depends(door(Role.CREW))]
Loading = Annotated[Caller, Depends(door(Role.CREW, Role.DISPATCHER, Role.SUPERVISOR))]
BoardReader = Annotated[
    Caller, Depends(door(Role.DISPATCHER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN))
]
Ordering = Annotated[Caller, Depends(door(Role.DISPATCHER, Role.SUPERVISOR))]
Supervising = Annotated[Caller, Depends(door(Role.SUPERVISOR, Role.ADMIN))]
Paged = Annotated[
    Caller, Depends(door(Role.DISPATCHER, Role.CREW, Role.CALLBACK_AGENT, Role.SUPERVISOR))
]
Linking = Annotated[
    Caller,
    Depends(door(Role.CALL_TAKER, Role.DISPATCHER, Role.CALLBACK_AGENT, Role.SUPERVISOR)),
]
TakingCalls = Annotated[Caller, Depends(door(Role.CALL_TAKER, Role.DISPATCHER, Role.SUPERVISOR))]
CallbackAgent = Annotated[Caller, Depends(door(Role.CALLBACK_AGENT))]
CallbackReader = Annotated[
    Caller, Depends(door(Role.CALLBACK_AGENT, Role.SUPERVISOR, Role.AUDITOR))
]
Overseeing = Annotated[Caller, Depends(door(Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN))]
Unreaching = Annotated[Caller, Depends(door(Role.SUPERVISOR))]
