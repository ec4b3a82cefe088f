"""Crews: where they are, what they have to do, their shifts and their positions."""

from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from api import crew_screens, cursors, etags
from api.answers.base import Page, answers, refuses
from api.answers.crews import CrewShown, PositionsKept, RouteShown, ShiftShown
from api.bodies import StrictParts, StrictPositions, StrictShift, StrictShiftChange
from api.cursors import Cursor, Limit
from api.etags import IfMatch
from api.office import At
from api.problems import Problem
from api.sign_in import BoardReader, Caller, CrewPhone, Loading, Reader, Supervising
from domain.kinds import Role
from domain.permission import check_not_ahead
from roads.choosing import RoadsNow
from roads.reading import read_now
from roads.way import way_through
from routing.plan_input import travel_model
from routing.travel import Place
from store import positions, roster, stock
from store.positions import Fix
from store.reading import crews
from store.reading.crews import CrewSeen

WithWay = Annotated[bool, Query(description="also tell the way there by road, and its line")]

router = APIRouter(prefix="/v1", tags=["crews"])
_SEEING = ("other_crew", "other_district", "not_found")


@router.get("/crews", responses=answers(Page[CrewShown]) | refuses(*_SEEING))
async def list_crews(
    caller: Reader,
    office: At,
    request: Request,
    response: Response,
    district: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """List crews with place, shift and work, lent ones too; a crew sees itself only."""
    now, after = await office.now(), cursors.names(cursor)
    if caller.role is Role.CREW:
        seen = [await office.ask(_own, caller.crew or "", caller, now)]
    else:
        if district is not None:
            caller.need(district)
        scope = caller.scope if district is None else [district]
        seen = await office.ask(crews.listed, scope, now, after=after, limit=limit + 1)
    return cursors.page(
        request,
        response,
        seen,
        limit,
        attrgetter("district_id", "id"),
        lambda crew: crew_screens.shown(crew, now),
    )


@router.get("/crews/{crew_id}", responses=answers(CrewShown) | refuses(*_SEEING))
async def show_crew(crew_id: str, caller: Reader, office: At) -> dict[str, Any]:
    """Return a crew with its last place, its shift and its leading task."""
    now = await office.now()
    return crew_screens.shown(await office.ask(_own, crew_id, caller, now), now)


def _own(session: Session, crew_id: str, caller: Caller, now: datetime) -> CrewSeen:
    """Return a crew that the caller may see."""
    seen = crews.one(session, crew_id, now)
    if seen is None:
        raise Problem("not_found")
    if caller.role is Role.CREW:
        if caller.crew != crew_id:
            raise Problem("other_crew", crew=crew_id)
    elif not caller.serves(seen.district_id):
        caller.need(seen.holder_district_id)
    return seen


@router.get("/crews/{crew_id}/route", responses=answers(RouteShown) | refuses(*_SEEING))
async def show_route(
    crew_id: str, caller: Reader, office: At, *, way: WithWay = False
) -> dict[str, Any]:
    """Return a crew's tasks in the order of its plan, each with what may be done now."""
    now = await office.now()

    def found(session: Session) -> tuple[list[dict[str, Any]], list[Place], RoadsNow]:
        crew = _own(session, crew_id, caller, now)
        stops = crews.route(session, crew_id)
        shown = [crew_screens.stop(item, session, caller) for item in stops]
        places = crew_screens.places(crew, stops)
        return shown, places, read_now(session, now) if way else RoadsNow()

    items, places, roads = await office.ask(found)
    told: dict[str, Any] = {"crew": crew_id, "at": now, "items": items, "next_cursor": None}
    if way:
        model = travel_model({office.policy.name: office.policy})
        # By now nothing of the database is held: roads that are loaded first take a while.
        driven = await office.drive(way_through, office.roads, model, roads, now, places)
        told["way"] = crew_screens.way(driven, [item["task"] for item in items])
    return told


@router.post(
    "/crews/{crew_id}/positions",
    status_code=202,
    responses=answers(PositionsKept, 202)
    | refuses("other_crew", "not_found", "time_in_the_future", "coordinates_swapped"),
)
async def note_positions(
    crew_id: str,
    body: StrictPositions,
    caller: CrewPhone,
    office: At,
    device: Annotated[str, Query(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")] = "gps",
) -> dict[str, Any]:
    """Keep fixes of the crew's place; those known already are left as they are."""
    if caller.crew != crew_id:
        raise Problem("other_crew", crew=crew_id)
    now = await office.now()
    # A fix of the future would stand for the crew's place until then.
    for number, fix in enumerate(body):
        check_not_ahead(fix.occurred_at, now, office.policy, f"/{number}/occurred_at")
    fixes = [Fix(fix.at, fix.occurred_at, device, fix.accuracy_m) for fix in body]

    def keep(session: Session) -> int:
        if crews.one(session, crew_id, now) is None:
            raise Problem("not_found")
        return positions.add(session, crew_id, fixes, now)

    return {"kept": await office.ask(keep), "received_at": now}


@router.put("/crews/{crew_id}/parts", responses=answers(CrewShown) | refuses(*_SEEING))
async def tell_parts(
    crew_id: str, body: StrictParts, caller: Loading, office: At
) -> dict[str, Any]:
    """Say what a crew's vehicles carry now; work that is done since is taken off by itself."""
    now = await office.now()

    def keep(session: Session) -> CrewSeen:
        _own(session, crew_id, caller, now)
        stock.tell(session, crew_id, body.parts, by=caller.subject, at=now)
        return _own(session, crew_id, caller, now)

    return crew_screens.shown(await office.ask(keep), now)


@router.post(
    "/crews/{crew_id}/shifts",
    status_code=201,
    responses=answers(ShiftShown, 201, headers=["Location", "ETag"])
    | refuses("other_district", "not_found", "shift_exists"),
)
async def add_shift(
    crew_id: str, body: StrictShift, caller: Supervising, office: At, response: Response
) -> dict[str, Any]:
    """Put a crew on duty; the same shift sent again changes nothing."""
    now = await office.now()
    shift_id = f"{crew_id}/{_minute(body.starts_at)}"

    def add(session: Session) -> dict[str, Any]:
        _own(session, crew_id, caller, now)
        known = roster.shift(session, shift_id)
        given = (body.starts_at, body.ends_at, body.max_duty_s)
        if known is None or (known.starts_at, known.ends_at, known.max_duty_s) != given:
            roster.add_shift(session, shift_id, crew_id, *given)
            known = roster.shift(session, shift_id)
        return crew_screens.shift(known)

    told = await office.ask(add)
    response.headers["Location"] = f"/v1/shifts/{shift_id}"
    etags.show(response, etags.tag_of(told))
    return told


def _minute(moment: datetime) -> str:
    """Write a time for an id: to the minute, and on where it does not fall on one."""
    text = f"{moment:%Y-%m-%dT%H:%M}"
    exact = f":{moment:%S.%f}" if moment.second or moment.microsecond else ""
    return f"{text}{exact}Z"


@router.get(
    "/shifts/{shift_id:path}",
    responses=answers(ShiftShown, headers=["ETag"]) | refuses("other_district", "not_found"),
)
async def show_shift(
    shift_id: str, caller: BoardReader, office: At, response: Response
) -> dict[str, Any]:
    """Return a shift; its `ETag` is asked for when it is changed."""
    now = await office.now()

    def found(session: Session) -> dict[str, Any]:
        known = roster.shift(session, shift_id)
        if known is None:
            raise Problem("not_found")
        _own(session, known.crew_id, caller, now)
        return crew_screens.shift(known)

    told = await office.ask(found)
    etags.show(response, etags.tag_of(told))
    return told


@router.patch(
    "/shifts/{shift_id:path}",
    responses=answers(ShiftShown, headers=["ETag"])
    | refuses("other_district", "not_found", "shift_exists"),
)
async def change_shift(
    shift_id: str,
    body: StrictShiftChange,
    caller: Supervising,
    office: At,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Let a shift end at another time."""
    now = await office.now()

    def change(session: Session) -> dict[str, Any]:
        known = roster.shift(session, shift_id, held=True)
        if known is None:
            raise Problem("not_found")
        _own(session, known.crew_id, caller, now)
        present = crew_screens.shift(known)
        etags.need_match(if_match, etags.tag_of(present), present=present)
        if body.ends_at <= known.starts_at:
            fault = {"type": "range_reversed", "loc": ("body", "ends_at")}
            raise RequestValidationError([fault], body={})
        roster.end_shift(session, known, body.ends_at)
        return crew_screens.shift(known)

    told = await office.ask(change)
    etags.show(response, etags.tag_of(told))
    return told
