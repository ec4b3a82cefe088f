"""What a planner must know of a district at one moment: open work and crews with a place."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.board import SOON, CrewOnHand, OnCall, OpenOutage
from domain.outage import Outage
from store import bookings, lending

_OUTAGES = text("""
SELECT o.state, o.clock_start, o.arrival_deadline, o.policy_hash, o.grid_id
FROM outages o
WHERE o.district_id = :district AND o.state IS NOT NULL
  -- An order being merged keeps its crews until the other has them.
  AND (o.sealed_at IS NULL OR o.merged_into IS NOT NULL AND o.closed_at IS NULL)
  AND EXISTS (SELECT 1 FROM tasks t
              WHERE t.outage_id = o.id AND t.state NOT IN ('done', 'cancelled'))
ORDER BY o.number
""")

# A crew belongs to its home unless a lease that still runs says otherwise. Where it has never
# told its place it is taken to be at its depot. A crew out on work is kept past its shift.
_CREWS = text("""
SELECT c.id, c.district_id, l.for_task,
       ST_X(coalesce(p.at, d.at)) AS lon, ST_Y(coalesce(p.at, d.at)) AS lat,
       p.occurred_at AS position_at, c.skills, c.licences, c.kit,
       crew_carries(c.id) AS parts,
       s.starts_at, CASE WHEN l.leased_until <= :now THEN greatest(s.starts_at, :now)
                         ELSE s.ends_at END AS ends_at,
       s.max_duty_s, c.grid_id, c.depot_id,
       m.size, m.has_leader, m.has_safety_officer
FROM crews c
JOIN depots d ON d.id = c.depot_id
LEFT JOIN crew_leases l ON l.crew_id = c.id AND lease_runs(l, :now)
CROSS JOIN LATERAL (
    SELECT s.starts_at, s.ends_at, s.max_duty_s FROM shifts s
    WHERE s.crew_id = c.id AND s.starts_at <= :soon
      AND (s.ends_at > :now OR EXISTS (
          SELECT 1 FROM tasks t WHERE t.crew_id = c.id
            AND t.state NOT IN ('queued', 'done', 'cancelled')))
    ORDER BY s.ends_at > :now DESC, abs(extract(epoch FROM s.starts_at - :now)) LIMIT 1
) s
LEFT JOIN LATERAL last_position(c.id, :now) p ON true
CROSS JOIN LATERAL crew_people(c.id) m
WHERE c.active
  AND (coalesce(l.district_id, c.district_id) = :district OR c.id = ANY(:crews))
ORDER BY c.id
""")


def open_outages(session: Session, district: str) -> list[OpenOutage]:
    """List a district's outages with unfinished field work, oldest first."""
    rows = session.execute(_OUTAGES, {"district": district})
    return [
        OpenOutage(
            state=Outage.model_validate(row.state),
            deadline=row.arrival_deadline,
            policy_hash=row.policy_hash,
            grid=row.grid_id,
        )
        for row in rows
    ]


def crews_on_hand(session: Session, district: str, now: datetime) -> list[CrewOnHand]:
    """List the crews a district may plan: on shift or soon, still out on work, or on call."""
    given = {"district": district, "crews": [], "now": now, "soon": now + SOON}
    rows = {row.id: row for row in session.execute(_CREWS, given)}
    calls: dict[str, OnCall] = {}
    for crew, row in bookings.on_call(session, district, now).items():
        if (
            crew not in rows or rows[crew].ends_at <= now
        ):  # a turn that is over is no longer its own
            calls[crew], rows[crew] = OnCall(row.turn_ended, row.called_at), row
    kept = bookings.reserved_from(session, rows.keys(), now)
    return [
        _crew(row, calls.get(crew), kept.get(crew), _lender(row, crew in calls))
        for crew, row in sorted(rows.items())
    ]


def crews_to_borrow(
    session: Session, district: str, now: datetime
) -> list[tuple[int, list[CrewOnHand]]]:
    """List by lender how many crews of another district may be borrowed now, and which."""
    found = []
    for lender in lending.lenders(session, district, now):
        given = {"district": None, "crews": list(lender.idle), "now": now, "soon": now}
        kept = bookings.reserved_from(session, lender.idle, now)
        rows = [row for row in session.execute(_CREWS, given) if row.id not in kept]
        found.append((lender.spare, [_crew(row, None, None, lender.district) for row in rows]))
    return found


def _lender(row: Row[Any], on_call: bool) -> str | None:
    """Return who lent a crew to a board by itself; what a dispatcher borrowed costs nothing."""
    return None if on_call or row.for_task is None else str(row.district_id)


def _crew(
    row: Row[Any],
    on_call: OnCall | None,
    reserved_from: datetime | None,
    borrowed_from: str | None,
) -> CrewOnHand:
    return CrewOnHand(
        id=row.id,
        lon=row.lon,
        lat=row.lat,
        position_at=row.position_at,
        skills=tuple(row.skills),
        licences=dict(row.licences),
        shift_start=row.starts_at,
        shift_end=row.ends_at,
        max_duty_s=row.max_duty_s,
        size=row.size,
        has_leader=row.has_leader,
        has_safety_officer=row.has_safety_officer,
        grid=row.grid_id,
        depot=row.depot_id,
        kit=tuple(row.kit),
        parts=row.parts,
        on_call=on_call,
        reserved_from=reserved_from,
        borrowed_from=borrowed_from,
    )
