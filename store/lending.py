"""Crews a district lends by its policy: those with nothing to do, beyond those who stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.planning import Planning
from store import leases, policies

# The policy a district has chosen, or that of its latest outage where it follows the setting.
_OTHERS = text("""
SELECT d.id, coalesce(d.policy_hash, (
    SELECT o.policy_hash FROM outages o WHERE o.district_id = d.id ORDER BY o.number DESC LIMIT 1
)) AS policy_hash
FROM districts d WHERE d.id = ANY(CAST(:only AS text[])) OR (:only IS NULL AND d.id <> :district)
ORDER BY d.id
""")
_AT_HOME = text("""
SELECT c.id, crew_is_busy(c.id) AS busy
FROM crews c LEFT JOIN crew_leases l ON l.crew_id = c.id AND lease_runs(l, :now)
WHERE c.district_id = :district AND c.active AND l.crew_id IS NULL
  AND EXISTS (SELECT 1 FROM shifts s
              WHERE s.crew_id = c.id AND s.starts_at <= :now AND s.ends_at > :now)
ORDER BY c.id
""")
_WAITING = text("""
SELECT DISTINCT o.district_id FROM tasks t JOIN outages o ON o.id = t.outage_id
WHERE t.crew_id IS NULL AND t.finished_at IS NULL AND t.state = 'queued' AND o.sealed_at IS NULL
""")
_HOMES = text("SELECT DISTINCT district_id FROM crews WHERE id = ANY(:crews) ORDER BY district_id")


@dataclass(frozen=True)
class Lender:
    """The crews of a district that have nothing to do, and how many of them may go."""

    district: str
    idle: tuple[str, ...]
    spare: int


def lenders(session: Session, district: str, now: datetime) -> list[Lender]:
    """List the districts that lend to others now; that one keeps enough is seen again later."""
    rows = session.execute(_OTHERS, {"district": district, "only": None}).all()
    seen = (_lender(session, row, now) for row in rows)
    return [lender for lender in seen if lender is not None]


def who_waits(session: Session, freed: Iterable[str], now: datetime) -> list[str]:
    """List the districts with orders nobody has, to whom one of these crews would be lent.

    None where its home has such orders itself: it is asked first, and by its own plan.
    """
    crews = set(freed)
    waiting = set(session.scalars(_WAITING)) if crews else set()
    homes = session.scalars(_HOMES, {"crews": sorted(crews)}).all() if waiting else []
    for home in homes:
        if home not in waiting:
            row = session.execute(_OTHERS, {"district": None, "only": [home]}).one()
            lender = _lender(session, row, now)
            if lender is not None and not crews.isdisjoint(lender.idle):
                return sorted(waiting)
    return []


def lend(
    session: Session, crew: str, district: str, task: str, now: datetime, until: datetime
) -> int:
    """Lend a crew for a task under a new fencing number; one already lent here stays as it is.

    Its home consents by its policy and by having given it nothing. Raises Refused: those of
    `leases.take`, and crew_not_lent.
    """
    holder, fence = leases.holder(session, crew, now)
    if holder == district:
        return fence
    home = session.scalar(text("SELECT district_id FROM crews WHERE id = :crew"), {"crew": crew})
    # One borrower after the other, so that enough crews stay.
    session.execute(
        text("SELECT 1 FROM districts WHERE id = :home FOR NO KEY UPDATE"), {"home": home}
    )
    row = session.execute(_OTHERS, {"district": district, "only": [home]}).one()
    planning = _planning(session, row.policy_hash)
    there = session.execute(_AT_HOME, {"district": home, "now": now}).all()
    if planning is None or not planning.lends or len(there) <= planning.stay_home:
        raise Refused("crew_not_lent", crew=crew, district=str(home))
    return leases.take(session, crew, district, now, until, task)


def _lender(session: Session, row: Row[Any], now: datetime) -> Lender | None:
    planning = _planning(session, row.policy_hash)
    if planning is None or not planning.lends:
        return None
    home = session.execute(_AT_HOME, {"district": row.id, "now": now}).all()
    idle, spare = tuple(each.id for each in home if not each.busy), len(home) - planning.stay_home
    return Lender(row.id, idle, spare) if idle and spare > 0 else None


def _planning(session: Session, policy_hash: str | None) -> Planning | None:
    return None if policy_hash is None else policies.pinned(session, policy_hash).planning
