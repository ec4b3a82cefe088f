"""Closing roads and opening them again: who may, what it is about, and which boards hear of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.bodies import ClosureBody
from api.problems import Problem
from api.sign_in import Caller
from domain.ids import board_workflow
from store import boards, closures, outbox
from store.closures import Closure, Line

ALWAYS = datetime.min.replace(tzinfo=UTC)
NEAR_M = 100.0
"""A place farther from every street than this is on none of them."""


def declare(
    session: Session, closure_id: str, body: ClosureBody, caller: Caller, now: datetime
) -> dict[str, Any]:
    """Keep a closure and stir the boards; the same one said again changes nothing."""
    wanted = _wanted(session, closure_id, body, caller, now)
    _need(session, wanted, caller)
    known = closures.find(session, closure_id)
    if known is None:
        if wanted.until is not None and wanted.until <= now:
            raise Problem("closure_over", pointer="/until")
        closures.declare(session, wanted)
        _stir(session)
        # Somebody else's of the same id may have come first.
        known = closures.find(session, closure_id) or wanted
    if _said(known, body) != _said(wanted, body):
        raise Problem("idempotency_key_reused")
    return shown(session, [known])[0]


def lift(session: Session, closure_id: str, caller: Caller, now: datetime) -> dict[str, Any]:
    """End a closure now and stir the boards; it stays readable, with who lifted it."""
    known = closures.find(session, closure_id)
    if known is None:
        raise Problem("not_found")
    _need(session, known, caller)
    if known.lifted_at is None:
        closures.lift(session, closure_id, caller.subject, now)
        _stir(session)
    return shown(session, [closures.find(session, closure_id) or known])[0]


def shown(session: Session, found: Sequence[Closure]) -> list[dict[str, Any]]:
    """Return closures as they are shown, with the lines of their streets."""
    lines = closures.lines_of(session, (street for each in found for street in each.streets or ()))
    return [
        {
            **asdict(each),
            "geometry": _geometry(each.streets or (), lines),
            "area": each.area and {"type": "Polygon", "coordinates": each.area},
        }
        for each in found
    ]


def _geometry(streets: Iterable[int], lines: dict[int, Line]) -> dict[str, Any] | None:
    found = [lines[street] for street in streets if street in lines]
    return {"type": "MultiLineString", "coordinates": found} if found else None


def _wanted(
    session: Session, closure_id: str, body: ClosureBody, caller: Caller, now: datetime
) -> Closure:
    return Closure(
        id=closure_id,
        streets=_streets(session, body),
        area=body.area,
        kind=body.kind,
        area_class=body.area_class and body.area_class.value,
        share=body.share or 0.0,
        reason=body.reason,
        since=body.since or now,
        until=body.until,
        declared_by=caller.subject,
        declared_at=now,
    )


def _streets(session: Session, body: ClosureBody) -> tuple[int, ...] | None:
    """Return the streets that are named, those in an area, or the one at a place."""
    if body.area is not None:
        return closures.streets_in(session, body.area)
    if body.at is not None:
        found = closures.nearest_street(session, body.at.lon, body.at.lat, NEAR_M)
        if found is None:
            raise Problem("no_street_near", pointer="/at", metres=round(NEAR_M))
        return (found,)
    if body.streets is None:
        return None
    if unknown := closures.unknown_streets(session, body.streets):
        streets = ", ".join(str(street) for street in unknown[:20])
        raise Problem("street_unknown", pointer="/streets", streets=streets)
    return tuple(sorted(set(body.streets)))


def _need(session: Session, closure: Closure, caller: Caller) -> None:
    """Refuse streets and areas of other districts only, and what slows districts not theirs."""
    if closure.area is not None:
        districts = closures.districts_meeting(session, closure.area)
        if not districts:
            raise Problem("area_nowhere", pointer="/area")
        if not any(caller.serves(district) for district in districts):
            caller.need(districts[0])
        return
    if closure.streets is None:
        for district in boards.districts(session):
            caller.need(district)
        return
    for districts in closures.districts_of(session, closure.streets).values():
        if not any(caller.serves(district) for district in districts):
            caller.need(districts[0])


def _said(closure: Closure, body: ClosureBody) -> Closure:
    """Return what was said of a closure, without what was noted beside it."""
    begun = closure.since if body.since is not None else ALWAYS
    return replace(closure, declared_at=ALWAYS, lifted_by=None, lifted_at=None, since=begun)


def _stir(session: Session) -> None:
    """Let every board plan anew: crews of any district may come through."""
    now = datetime.now(UTC)
    for district in boards.districts(session):
        key = board_workflow(district)
        outbox.put(session, "stir", key, {}, district_id=district, at=now)
