"""Crews a district lends by its policy: those with nothing to do, beyond those who stay."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
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


@dataclass(frozen=True)
class Lender:
    """The crews of a district that have nothing to do, and how many of them may go."""

    district: str
    idle: tuple[str, ...]
    spare: int


def lenders(session: Session, district: str, now: datetime) -> list[Lender]:
    """List the districts that lend to others now; that one keeps enough is seen again later."""
    found = []
    rows = session.execute(_OTHERS, {"district": district, "only": None})
    for other, planning in [(row.id, _planning(session, row.policy_hash)) for row in rows]:
        if planning is not None and planning.lends:
            home = session.execute(_AT_HOME, {"district": other, "now": now}).all()
            idle, spare = [row.id for row in home if not row.busy], len(home) - planning.stay_home
            if idle and spare > 0:
                found.append(Lender(other, tuple(idle), spare))
    return found


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


def _planning(session: Session, policy_hash: str | None) -> Planning | None:
    return None if policy_hash is None else policies.pinned(session, policy_hash).planning
