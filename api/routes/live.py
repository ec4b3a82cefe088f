"""The live feed: what changes, told as it happens, and resumed without a gap."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request

from api.answers.base import answers, refuses
from api.answers.live import LiveEvent
from api.live.rows import Kind
from api.live.stream import LiveResponse, Stream, read_token
from api.live.view import MAY_FOLLOW, View
from api.office import At
from api.places import BoxIn, box_of
from api.problems import Problem
from api.sign_in import PERSONS, Caller, Door
from domain.kinds import Role

router = APIRouter(prefix="/v1", tags=["live"])
_DAY_S = 86_400
DOOR = Door(PERSONS - {Role.CUSTOMER})
Follower = Annotated[Caller, Depends(DOOR)]


@router.get(
    "/live",
    status_code=200,
    response_class=LiveResponse,
    responses=answers(LiveEvent) | refuses("other_district", "since_invalid"),
)
async def follow(
    caller: Follower,
    office: At,
    request: Request,
    kind: Annotated[
        list[Kind] | None, Query(max_length=20, description="all that the caller may see")
    ] = None,
    district: Annotated[str | None, Query(max_length=64)] = None,
    bbox: BoxIn = None,
    since: Annotated[
        str | None, Query(max_length=64, description="`id` of the last event that was taken")
    ] = None,
    last_event_id: Annotated[
        str | None, Header(max_length=64, description="as `since`; goes before it")
    ] = None,
    for_s: Annotated[
        int | None, Query(ge=0, le=_DAY_S, description="end then; 0: as soon as it has caught up")
    ] = None,
) -> LiveResponse:
    """Tell what changes as it happens; begins after `since`, without a gap."""
    if district is not None:
        caller.need(district)
    view = View(caller, _kinds(caller, kind), district, box_of(bbox))
    token = read_token(last_event_id or since)

    async def ask_again() -> Caller:
        return await DOOR(request)

    stream = Stream(office, view, token, for_s, ask_again)
    await stream.reach()
    return LiveResponse(stream)


def _kinds(caller: Caller, wanted: list[Kind] | None) -> frozenset[Kind]:
    allowed = frozenset(kind for kind, roles in MAY_FOLLOW.items() if caller.role in roles)
    for kind in wanted or ():
        if kind not in allowed:
            raise Problem("role_may_not", role=caller.role.value, action=f"follow {kind}")
    return allowed if wanted is None else frozenset(wanted)
