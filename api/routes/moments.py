"""Moments: a district as it was known at a time that is past."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from api import board_screens, crew_screens, cursors, outage_screens
from api.answers.base import answers, refuses
from api.answers.moments import MomentShown
from api.cursors import Cursor, Limit
from api.office import At
from api.problems import Problem
from api.sign_in import Desk
from api.strictness import Moment
from store import boards, plan_runs
from store.reading import past_crews, past_outages

router = APIRouter(prefix="/v1", tags=["outages"])
KnownAt = Annotated[Moment, Query(description="RFC 3339, not later than now")]


@router.get(
    "/districts/{district}/moment",
    responses=answers(MomentShown) | refuses("other_district", "district_unknown", "moment_ahead"),
)
async def show_moment(
    district: str,
    known_at: KnownAt,
    caller: Desk,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Tell how a district stood by what was known at a moment: outages, crews and plan."""
    caller.need(district)
    now, before = await office.now(), cursors.number(cursor)
    if known_at > now:
        raise RequestValidationError([{"type": "moment_ahead", "loc": ("query", "known_at")}])

    def told(session: Session) -> dict[str, Any]:
        if district not in boards.districts(session):
            raise Problem("district_unknown", district=district)
        seen = past_outages.listed(session, district, known_at, before=before, limit=limit + 1)
        head = {"district": district, "known_at": known_at, "as_of": now}
        return (
            head
            | _counted(session, district, known_at, whole=before is None)
            | cursors.page(
                request, response, seen, limit, lambda item: (item.number,), outage_screens.brief
            )
        )

    return await office.draw(told)


def _counted(session: Session, district: str, at: datetime, *, whole: bool) -> dict[str, Any]:
    """Return what is told of a moment beside its outages; crews only with the first page."""
    plan = plan_runs.in_force(session, district, at)
    crews = past_crews.listed(session, district, at) if whole else None
    return {
        "open": past_outages.counted(session, district, at),
        "plan": plan and board_screens.made(plan),
        "crews": None if crews is None else [crew_screens.placed(crew, at) for crew in crews],
    }
