"""Which district may plan a crew now; every change of hands raises the fencing number."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.errors import Refused

_HELD = text("""
SELECT c.district_id AS home, l.district_id AS borrower, l.fence, l.leased_until,
       (SELECT count(*) FROM tasks t
        WHERE t.crew_id = c.id AND t.state NOT IN ('queued', 'done', 'cancelled')) AS busy
FROM crews c LEFT JOIN crew_leases l ON l.crew_id = c.id
WHERE c.id = :crew FOR UPDATE OF c
""")
_TAKE = text("""
INSERT INTO crew_leases (crew_id, district_id, fence, leased_until)
VALUES (:crew, :district, 1, :until)
ON CONFLICT (crew_id) DO UPDATE SET
    district_id = excluded.district_id, leased_until = excluded.leased_until,
    fence = crew_leases.fence + 1
RETURNING fence
""")


def take(session: Session, crew: str, district: str, now: datetime, until: datetime) -> int:
    """Lend a crew to a district until a time; returns the fencing number.

    Raises Refused: crew_unknown, lease_in_the_past, crew_leased (to another district),
    crew_still_out (it has work under way for somebody else).
    """
    row = session.execute(_HELD, {"crew": crew}).one_or_none()
    if row is None:
        raise Refused("crew_unknown", crew=crew)
    if until <= now:
        raise Refused("lease_in_the_past", pointer="/until")
    holder = row.home
    if row.borrower is not None and row.leased_until > now:
        holder = row.borrower
    if holder not in (row.home, district):
        raise Refused("crew_leased", crew=crew, district=holder)
    if holder != district and row.busy:
        raise Refused("crew_still_out", status="working")
    given = {"crew": crew, "district": district, "until": until}
    return int(session.scalar(_TAKE, given) or 0)


def release(session: Session, crew: str, district: str, now: datetime) -> None:
    """Give a crew back to its home; a lease of somebody else is left alone."""
    session.execute(
        text(
            "UPDATE crew_leases SET leased_until = :now, fence = fence + 1"
            " WHERE crew_id = :crew AND district_id = :district AND leased_until > :now"
        ),
        {"crew": crew, "district": district, "now": now},
    )


def holder(session: Session, crew: str, now: datetime) -> tuple[str, int]:
    """Return the district that may plan a crew now, and the fencing number."""
    row = session.execute(_HELD, {"crew": crew}).one_or_none()
    if row is None:
        raise Refused("crew_unknown", crew=crew)
    leased = row.borrower is not None and row.leased_until > now
    return (row.borrower if leased else row.home), row.fence or 0
