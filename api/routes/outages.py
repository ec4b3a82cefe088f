"""Outages as they stand: lists, one with all that belongs to it, and its story."""

import asyncio
import time
from operator import itemgetter
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import cursors, outage_screens, plan_screens, stories
from api.answers.base import Page, answers, refuses
from api.answers.boards import PlanOfOutage
from api.answers.outages import OutageBrief, OutageWhole, Story
from api.cursors import Cursor, Limit
from api.language import language_of
from api.office import At
from api.places import BoxIn, box_of
from api.problems import Problem
from api.sign_in import BoardReader, Caller, Desk, Reader
from domain.kinds import Role
from domain.outage import Stage
from domain.photo import hidden_from
from store import deeds, photos
from store.reading import outage_detail, outage_plans, outages, plan_names, timeline
from store.reading.outages import OutageSeen

router = APIRouter(prefix="/v1", tags=["outages"])
_WAIT_S = 2.0
_LOOK_S = 0.05


@router.get("/outages", responses=answers(Page[OutageBrief]) | refuses("other_district"))
async def list_outages(
    caller: Reader,
    office: At,
    request: Request,
    response: Response,
    status: Annotated[list[str] | None, Query(max_length=20)] = None,
    stage: Annotated[list[Stage] | None, Query(max_length=20)] = None,
    district: Annotated[str | None, Query(max_length=64)] = None,
    bbox: BoxIn = None,
    live: Annotated[bool, Query(description="only those not closed")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List outages, the newest number first."""
    if district is not None:
        caller.need(district)

    def found(session: Session) -> list[OutageSeen]:
        return outages.listed(
            session,
            districts=caller.scope if district is None else [district],
            stages=None if stage is None else [item.value for item in stage],
            statuses=status,
            bbox=box_of(bbox),
            open_only=live,
            before=cursors.number(cursor),
            limit=limit + 1,
        )

    seen = await office.ask(found)
    return cursors.page(
        request, response, seen, limit, lambda item: (item.number,), outage_screens.brief
    )


@router.get(
    "/outages/{outage_id}",
    responses=answers(OutageWhole, headers=["ETag"]) | refuses("outage_unknown", "other_district"),
)
async def show_outage(
    outage_id: str,
    caller: Reader,
    office: At,
    response: Response,
    min_seq: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """Return an outage as of `min_seq` or later; waits two seconds for it at most."""
    now = await office.now()
    ends = time.monotonic() + _WAIT_S
    while True:
        shown = await office.ask(_show, outage_id, caller, now)
        if shown["seq"] >= min_seq or time.monotonic() + _LOOK_S > ends:
            break
        await asyncio.sleep(_LOOK_S)
    response.headers["ETag"] = f'"{shown["seq"]}"'
    return shown


def _show(session: Session, outage_id: str, caller: Caller, now: Any) -> dict[str, Any]:
    seen = outages.one(session, outage_id)
    detail = outage_detail.of_outage(session, outage_id)
    if seen is None or detail is None:
        raise Problem("outage_unknown", outage=outage_id)
    if not _may_see(session, seen, caller):
        raise Problem("other_district", district=seen.district_id)
    return outage_screens.whole(seen, detail, caller, now)


def _may_see(session: Session, seen: OutageSeen, caller: Caller) -> bool:
    """Let a district's people in, and a lent crew where it was sent."""
    if caller.serves(seen.district_id):
        return True
    sent = caller.role is Role.CREW and caller.crew is not None
    return sent and deeds.crew_was_on(session, seen.id, caller.crew or "")


@router.get(
    "/outages/{outage_id}/timeline",
    responses=answers(Story) | refuses("outage_unknown", "other_district"),
)
async def show_timeline(
    outage_id: str,
    caller: Desk,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Tell an outage's story: what was said, decided, paged, done and answered, by time."""
    lang, after = language_of(request), cursors.line(cursor)

    def told(session: Session) -> dict[str, Any]:
        seen = outages.one(session, outage_id)
        detail = outage_detail.of_outage(session, outage_id)
        if seen is None or detail is None:
            raise Problem("outage_unknown", outage=outage_id)
        caller.need(seen.district_id)
        standing = photos.standing(session, outage_id)
        hidden = standing is not None and hidden_from(caller.role, standing.answers_owed)
        entries = timeline.of_outage(
            session, outage_id, after=after, limit=limit + 1, photos=not hidden
        )
        crews = plan_names.of_crews(session, stories.crews_in(entries), lang)
        reader = stories.Reader(lang, ZoneInfo(detail.time_zone), crews)
        head = {"outage": outage_id, "number": seen.number, "time_zone": detail.time_zone}
        return head | cursors.page(
            request,
            response,
            entries,
            limit,
            lambda entry: entry.place,
            lambda entry: stories.tell(entry, reader),
        )

    return await office.ask(told)


@router.get(
    "/outages/{outage_id}/plans",
    responses=answers(Page[PlanOfOutage]) | refuses("outage_unknown", "other_district"),
)
async def list_plans_of_outage(
    outage_id: str,
    caller: BoardReader,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List the plans that spoke of an outage, newest first, with what each meant for its tasks."""
    lang, before = language_of(request), cursors.moment(cursor)

    def told(session: Session) -> list[dict[str, Any]]:
        seen = outages.one(session, outage_id)
        if seen is None:
            raise Problem("outage_unknown", outage=outage_id)
        caller.need(seen.district_id)
        plans = outage_plans.of_outage(session, outage_id, before=before, limit=limit + 1)
        known, crews = plan_screens.names(session, seen, plans, lang)
        return [plan_screens.of_outage(plan, known, crews, lang) for plan in plans]

    shown = await office.draw(told)
    return cursors.page(request, response, shown, limit, itemgetter("at", "id"))
