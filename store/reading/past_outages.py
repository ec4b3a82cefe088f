"""The open outages of a district as they were known at a moment that is past.

An event counts from its `known_at`, a report from its `received_at`: when each came to be in the
rows that lists read, whatever time it tells of. States are folded anew from those events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.agenda import arrival_deadline
from domain.events import Event, ReportsTaken
from domain.evolve import fold
from domain.kinds import AreaClass, KeyClass
from domain.outage import Outage
from domain.outage_steps import reports_taken
from domain.place import Point
from store import policies, projection, report_sums
from store.reading import outage_work
from store.reading.outages import OutageSeen

_OPEN = """(
    SELECT * FROM outages WHERE district_id = :district AND sealed_at IS NULL AND opened_at <= :at
    UNION ALL
    SELECT * FROM outages WHERE district_id = :district AND sealed_at > :at AND opened_at <= :at
)"""
_COUNT = text("SELECT count(*) FROM {open} o".replace("{open}", _OPEN))
# A confirmed device moves an outage; where it was called in from says its first event.
_OUTAGES = text(
    """
SELECT o.id, o.number, o.district_id, o.grid_id, o.area_class, o.policy_hash, o.rules_version,
       o.opened_at, coalesce((e.body -> 'place' ->> 'lon')::float8, ST_X(o.at)) AS lon,
       coalesce((e.body -> 'place' ->> 'lat')::float8, ST_Y(o.at)) AS lat, o.transformer_id,
       o.section_id, o.feeder_id, o.parent_outage_id, o.planned_until
FROM {open} o LEFT JOIN outage_events e ON e.outage_id = o.id AND e.seq = 1
WHERE CAST(:before AS bigint) IS NULL OR o.number < :before
ORDER BY o.number DESC LIMIT :limit
""".replace("{open}", _OPEN)
)
_EVENTS = text("""
SELECT outage_id, seq, at, occurred_at, actor, role, crew_id, action_id, body, known_at
FROM outage_events WHERE outage_id = ANY(:ids) AND known_at <= :at ORDER BY outage_id, seq
""")
# A report that was moved since belonged to the order it was taken from first.
_REPORTS = text(
    """{select}, t.name AS transformer,
       coalesce((SELECT m.from_outage_id FROM report_moves m
                 WHERE m.report_id = r.id AND m.at > :at ORDER BY m.number LIMIT 1),
                r.outage_id) AS outage_id
{from}
WHERE r.received_at <= :at AND (r.outage_id = ANY(:ids) OR r.id IN (
    SELECT m.report_id FROM report_moves m WHERE m.from_outage_id = ANY(:ids) AND m.at > :at))
ORDER BY r.seq
""".replace("{select}", report_sums.SELECT).replace("{from}", report_sums.FROM)
)
# Whoever has given a task back or finished it need not be looked at; of the rest the fold tells.
_WITH_CREW = text(
    """
SELECT o.id FROM {open} o WHERE EXISTS (
    SELECT FROM outage_events e WHERE e.outage_id = o.id AND e.known_at <= :at
        AND e.kind IN ('task_assigned', 'task_joined')
        AND NOT EXISTS (
            SELECT FROM outage_events f
            WHERE f.outage_id = e.outage_id AND f.seq > e.seq AND f.known_at <= :at
                AND f.kind IN ('task_done', 'task_cancelled', 'task_released', 'task_refused')
                AND f.body ->> 'task' = e.body ->> 'task'))
""".replace("{open}", _OPEN)
)


@dataclass(frozen=True)
class Past:
    """An outage as its events told it by then: its state, and when the last of them was known."""

    state: Outage
    known_at: datetime


def counted(session: Session, district: str, at: datetime) -> int:
    """Count the outages of a district that were open at a moment."""
    return session.scalar(_COUNT, {"district": district, "at": at}) or 0


def listed(
    session: Session, district: str, at: datetime, *, before: int | None = None, limit: int = 50
) -> list[OutageSeen]:
    """List the outages that were open at a moment as they were known then, newest number first."""
    asked = {"district": district, "at": at, "before": before, "limit": limit}
    rows = session.execute(_OUTAGES, asked).all()
    ids = [row.id for row in rows]
    told, said = folded(session, ids, at), _reports(session, ids, at)
    places = outage_work.places(session, ids)
    return [
        _seen(session, row, told.get(row.id), said.get(row.id, []), places[row.id]) for row in rows
    ]


def folded(session: Session, ids: Sequence[str], at: datetime) -> dict[str, Past]:
    """Return outages by id as their events known at a moment tell them; without any left out."""
    found = {}
    rows = session.execute(_EVENTS, {"ids": list(ids), "at": at})
    for outage_id, group in groupby(rows, key=lambda row: row.outage_id):
        events = list(group)
        state = fold(outage_id, _in_a_row(map(projection.event_of, events)))
        found[outage_id] = Past(state, events[state.seq - 1].known_at)
    return found


def with_crews(session: Session, district: str, at: datetime) -> list[str]:
    """Return the outages open at a moment at which a crew may have had work then."""
    return list(session.scalars(_WITH_CREW, {"district": district, "at": at}))


def _in_a_row(events: Iterable[Event]) -> Iterable[Event]:
    """Return events up to the first that is missing: a clock set back may hide one."""
    for number, event in enumerate(events, start=1):
        if event.seq != number:
            return
        yield event


def _reports(session: Session, ids: list[str], at: datetime) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in session.execute(_REPORTS, {"ids": ids, "at": at}):
        found.setdefault(row.outage_id, []).append(row)
    return found


def _seen(
    session: Session, row: Any, past: Past | None, reports: list[Any], place: dict[str, Any]
) -> OutageSeen:
    """Return an outage as a list showed it; what its events had not heard yet is added."""
    state = None if past is None else past.state
    policy = policies.pinned(session, row.policy_hash)
    told = _heard(state or _unheard_of(row), reports)
    line = _line(row, reports)
    return OutageSeen(
        id=row.id,
        number=row.number,
        district_id=row.district_id,
        grid_id=row.grid_id,
        area_class=row.area_class,
        stage=told.stage.value,
        status=told.status if state is not None else told.stage.value,
        seq=told.seq,
        opened_at=row.opened_at,
        clock_start=told.clock_start,
        **told.at.model_dump(),
        device_id=told.device,
        **{name: line[name] for name in ("transformer_id", "section_id", "feeder_id")},
        customers_affected=told.customers,
        hazards=sorted(hazard.value for hazard in told.hazards),
        life_support=told.life_support,
        key_class=told.key_class and told.key_class.value,
        parent_outage_id=row.parent_outage_id,
        merged_into=told.merged_into,
        report_count=told.reports,
        policy_hash=row.policy_hash,
        arrival_deadline=arrival_deadline(told, policy),
        etr=told.etr,
        arrived_at=told.first_arrived_at,
        restoration_no=told.restoration_no,
        restored_at=told.restored_at,
        closed_at=told.closed_at,
        known_at=past and past.known_at,
        place={**place, "transformer": line.get("transformer", place["transformer"])},
        **outage_work.work_of(state, policy),
    )


def _heard(outage: Outage, reports: list[Any]) -> Outage:
    """Return an outage with the reports that its workflow had not heard of by then."""
    new = [report for report in reports if report.seq > outage.watermark]
    if not new:
        return outage
    sums = report_sums.summed(reports)
    first = min(report.received_at for report in new)
    return reports_taken(
        outage,
        ReportsTaken(
            reports=sums["count"],
            watermark=sums["watermark"],
            clock_start=first if outage.planned_until is None else outage.clock_start,
            hazards=sums["hazards"],
            hazards_watermark=sums["hazards_watermark"],
            life_support=sums["life_support"],
            customers=sums["customers"],
            key_class=sums["key_class"] and KeyClass(sums["key_class"]),
        ),
    )


def _unheard_of(row: Any) -> Outage:
    """Return an outage of which no workflow had said anything yet; its clock is its reports'."""
    return Outage(
        id=row.id,
        district=row.district_id,
        area_class=AreaClass(row.area_class),
        policy_hash=row.policy_hash,
        rules_version=row.rules_version,
        opened_at=row.opened_at,
        clock_start=row.planned_until or row.opened_at,
        at=Point(lon=row.lon, lat=row.lat),
        parent=row.parent_outage_id,
        planned_until=row.planned_until,
    )


def _line(row: Any, reports: list[Any]) -> dict[str, Any]:
    """Return the line it was thought to be on: today's, unless no report named that by then."""
    named = [report for report in reports if report.transformer_id is not None]
    if row.transformer_id is None or row.transformer_id in {r.transformer_id for r in named}:
        return {name: getattr(row, name) for name in ("transformer_id", "section_id", "feeder_id")}
    if not named:
        nothing = ("transformer_id", "section_id", "feeder_id", "transformer")
        return dict.fromkeys(nothing)
    first = named[0]
    names = ("transformer_id", "section_id", "feeder_id", "transformer")
    return {name: getattr(first, name) for name in names}
