"""Bookings of crews: on call off their shift, or reserved for something else than orders."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kinds import BookingKind
from store.tables.crews import CrewBookingRow, CrewRow

STILL_OUT = timedelta(hours=1)
"""How long after its last work a crew that was called out is still seen as out."""


@dataclass(frozen=True)
class Booking:
    """A span for which a crew is on call or reserved, and who ended it before its time."""

    id: str
    crew_id: str
    kind: BookingKind
    since: datetime
    until: datetime
    reason: str
    place: str | None
    booked_by: str
    booked_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


def find(session: Session, booking_id: str) -> Booking | None:
    """Return one booking."""
    row = session.get(CrewBookingRow, booking_id)
    return None if row is None else _booking(row)


def book(session: Session, booking: Booking) -> None:
    """Write a booking down; the same id again changes nothing."""
    values = asdict(booking) | {"kind": booking.kind.value}
    session.execute(insert(CrewBookingRow).values(**values).on_conflict_do_nothing())


def end(session: Session, booking_id: str, by: str, at: datetime) -> None:
    """End a booking now; one that was ended stays as it was."""
    row = CrewBookingRow
    still = row.id == booking_id, row.ended_at.is_(None)
    session.execute(update(row).where(*still).values(ended_by=by, ended_at=at))
    session.expire_all()


def listed(
    session: Session,
    at: datetime,
    *,
    districts: Sequence[str] | None = None,
    over: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Booking]:
    """List the bookings of some districts' crews for now or later, the earliest first."""
    row = CrewBookingRow
    query = select(row).order_by(row.since, row.id).limit(limit)
    if districts is not None:
        own = select(CrewRow.id).where(CrewRow.district_id.in_(districts))
        query = query.where(row.crew_id.in_(own))
    if not over:
        query = query.where(row.until > at, row.ended_at.is_(None))
    if after is not None:
        query = query.where(tuple_(row.since, row.id) > tuple_(*after))
    return [_booking(each) for each in session.scalars(query)]


_RESERVED = text("""
SELECT crew_id, min(since) AS since FROM crew_bookings
WHERE kind = 'reserved' AND ended_at IS NULL AND until > :now AND crew_id = ANY(:crews)
GROUP BY crew_id
""")


def reserved_from(session: Session, crews: Collection[str], now: datetime) -> dict[str, datetime]:
    """Return from when crews are reserved, now or next."""
    found = session.execute(_RESERVED, {"crews": sorted(crews), "now": now})
    return {row.crew_id: row.since for row in found}


# Off shift a crew is at its depot, unless it was called out: then where its phone says. It was
# called out with the first task it holds or has just done; from work before that it had to rest.
_ON_CALL = text("""
SELECT c.id, c.skills, c.licences, c.kit, crew_carries(c.id) AS parts, c.grid_id, c.depot_id,
       m.size, m.has_leader,
       m.has_safety_officer, called.at AS called_at,
       CASE WHEN called.at IS NULL THEN greatest(turn.ended, worked.until) ELSE turn.ended
       END AS turn_ended,
       CASE WHEN called.at IS NOT NULL THEN p.occurred_at END AS position_at,
       ST_X(CASE WHEN called.at IS NULL THEN d.at ELSE coalesce(p.at, d.at) END) AS lon,
       ST_Y(CASE WHEN called.at IS NULL THEN d.at ELSE coalesce(p.at, d.at) END) AS lat,
       b.since AS starts_at, least(b.until, next_turn.begins) AS ends_at,
       CAST(extract(epoch FROM least(b.until, next_turn.begins) - b.since) AS bigint) AS max_duty_s
FROM crew_bookings b
JOIN crews c ON c.id = b.crew_id AND c.active
JOIN depots d ON d.id = c.depot_id
LEFT JOIN crew_leases l ON l.crew_id = c.id AND lease_runs(l, :now)
CROSS JOIN LATERAL (
    SELECT max(s.ends_at) AS ended FROM shifts s WHERE s.crew_id = c.id AND s.ends_at <= :now
) turn
CROSS JOIN LATERAL (
    SELECT min(s.starts_at) AS begins FROM shifts s
    WHERE s.crew_id = c.id AND s.starts_at > b.since AND s.ends_at > :now
) next_turn
CROSS JOIN LATERAL (
    SELECT min(t.assigned_at) AS at FROM tasks t
    WHERE t.crew_id = c.id AND t.assigned_at >= b.since
      AND (t.finished_at IS NULL OR t.finished_at > :still)
) called
CROSS JOIN LATERAL (
    SELECT max(t.finished_at) AS until FROM tasks t
    WHERE t.crew_id = c.id AND t.finished_at <= :now
) worked
LEFT JOIN LATERAL last_position(c.id, :now) p ON true
CROSS JOIN LATERAL crew_people(c.id) m
WHERE b.kind = 'on_call' AND b.since <= :now AND b.until > :now AND b.ended_at IS NULL
  AND coalesce(l.district_id, c.district_id) = :district
  AND (next_turn.begins IS NULL OR next_turn.begins > :now)
ORDER BY c.id, b.since
""")


def on_call(session: Session, district: str, now: datetime) -> dict[str, Row[Any]]:
    """Return the crews a district may call out, by id: off shift, and on call until their turn."""
    given = {"district": district, "now": now, "still": now - STILL_OUT}
    return {row.id: row for row in session.execute(_ON_CALL, given)}


def _booking(row: CrewBookingRow) -> Booking:
    fields = {name: getattr(row, name) for name in Booking.__dataclass_fields__}
    return Booking(**fields | {"kind": BookingKind(row.kind)})
