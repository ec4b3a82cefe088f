"""Commitments: how a month kept what was promised, per case and on the mean."""

from calendar import monthrange
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from api.answers.base import answers, refuses
from api.answers.commitments import Month
from api.office import At
from api.problems import Problem
from api.sign_in import BoardReader
from domain.measures import share
from domain.month import Line, bounds, bounds_of_day, kept
from domain.policy import Policy
from store import policies
from store.reading import months

router = APIRouter(prefix="/v1", tags=["commitments"])
MonthNamed = Annotated[
    str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="such as 2026-03")
]


@router.get(
    "/commitments", responses=answers(Month) | refuses("district_unknown", "other_district")
)
async def show_commitments(
    month: MonthNamed,
    caller: BoardReader,
    office: At,
    district: Annotated[str | None, Query(max_length=64)] = None,
    day: Annotated[int | None, Query(ge=1, le=31, description="this day of it only")] = None,
) -> dict[str, Any]:
    """Tell how a month kept its promises, by area class; a month is the district's own."""
    only_day = None if day is None else _day(month, day)
    if district is not None:
        caller.need(district)
    now = await office.now()
    only = caller.scope if district is None else [district]

    def judged(session: Session) -> list[dict[str, Any]]:
        zones = months.zones(session, only)
        if district is not None and not zones:
            raise Problem("district_unknown", district=district)
        return [
            _span(session, name, zone, _bounds(month, only_day, zone), now)
            for name, zone in zones.items()
        ]

    return {"month": month, "known_at": now, "districts": await office.ask(judged)}


def _day(month: str, day: int) -> date:
    """Return a day of a month, or refuse one that the month does not have."""
    year, number = int(month[:4]), int(month[5:])
    last = monthrange(year, number)[1]
    if day > last:
        fault = {"type": "less_than_equal", "loc": ("query", "day"), "ctx": {"le": last}}
        raise RequestValidationError([fault], body={})
    return date(year, number, day)


def _bounds(month: str, day: date | None, zone: str) -> tuple[datetime, datetime]:
    if day is None:
        return bounds(int(month[:4]), int(month[5:]), zone)
    return bounds_of_day(day, zone)


def _span(
    session: Session, district: str, zone: str, span: tuple[datetime, datetime], now: datetime
) -> dict[str, Any]:
    begins, ends = span
    pinned = partial(policies.pinned, session)
    lines = kept(months.orders(session, district, begins, ends), pinned, now)
    return {
        "district": district,
        "time_zone": zone,
        "begins": begins,
        "ends": ends,
        "lines": [_line(line, pinned(line.policy_hash)) for line in lines],
    }


def _line(line: Line, policy: Policy) -> dict[str, Any]:
    told = line.model_dump(mode="json", exclude={"policy_hash"})
    named = {
        "name": policy.name,
        "version": policy.version,
        "digest": line.policy_hash,
        "counted": policy.counted.value,
    }
    return {**told, "policy": named, "share": share(line.on_time, line.cases)}
