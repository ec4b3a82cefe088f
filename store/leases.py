"""Which district may plan a crew now; every change of hands raises the fencing number."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.errors import Refused

_HELD = text("""
SELECT c.district_id AS home, l.district_id AS borrower, l.fence, lease_runs(l, :now) AS runs,
       crew_is_busy(c.id) AS busy
FROM crews c LEFT JOIN crew_leases l ON l.crew_id = c.id
WHERE c.id = :crew
""")
# A statement of its own: what waited for the lock must see what was written meanwhile.
_HOLD = text("SELECT 1 FROM crews WHERE id = :crew FOR NO KEY UPDATE")
_TAKE = text("""
INSERT INTO crew_leases (crew_id, district_id, fence, leased_until, for_task)
VALUES (:crew, :district, 1, :until, :task)
ON CONFLICT (crew_id) DO UPDATE SET
    district_id = excluded.district_id, leased_until = excluded.leased_until,
    for_task = excluded.for_task, fence = crew_leases.fence + 1
RETURNING fence
""")
_FORGET = text("DELETE FROM crew_claims WHERE task_id = :task AND district_id = :district")
_ANSWERED = text(
    "UPDATE crew_claims SET outage_seq = :seq WHERE task_id = :task AND district_id = :district"
)


def take(
    session: Session,
    crew: str,
    district: str,
    now: datetime,
    until: datetime,
    task: str | None = None,
) -> int:
    """Lend a crew to a district until a time; returns the fencing number.

    Raises Refused: crew_unknown, lease_in_the_past, crew_leased (to another district),
    crew_still_out (it has work under way for somebody else, or is being given some).
    """
    row = _held(session, crew, now)
    if row is None:
        raise Refused("crew_unknown", crew=crew)
    if until <= now:
        raise Refused("lease_in_the_past", pointer="/until")
    holder = row.borrower if row.runs else row.home
    if holder not in (row.home, district):
        raise Refused("crew_leased", crew=crew, district=holder)
    if holder != district and row.busy:
        raise Refused("crew_still_out", status="working")
    given = {"crew": crew, "district": district, "until": until, "task": task}
    return int(session.scalar(_TAKE, given) or 0)


def release(session: Session, crew: str, district: str, now: datetime) -> None:
    """End a lease, by the borrower or by the crew's home; that of somebody else is left alone.

    Work of the borrower that the crew has in hand is finished first, or taken from it.
    """
    session.execute(
        text(
            "UPDATE crew_leases l SET leased_until = :now, fence = l.fence + 1 FROM crews c"
            " WHERE c.id = l.crew_id AND l.crew_id = :crew AND l.leased_until > :now"
            " AND :district IN (l.district_id, c.district_id)"
        ),
        {"crew": crew, "district": district, "now": now},
    )


def holder(session: Session, crew: str, now: datetime) -> tuple[str, int]:
    """Return the district that may plan a crew now, and the fencing number."""
    row = _held(session, crew, now)
    if row is None:
        raise Refused("crew_unknown", crew=crew)
    return (row.borrower if row.runs else row.home), row.fence or 0


def claim(
    session: Session, crew: str, district: str, task: str, now: datetime, fence: int | None = None
) -> None:
    """Note that a district's board is about to give a crew a task.

    Two boards can never both have a crew: whoever comes second finds the lease or this note.
    Raises Refused crew_leased where another district may plan the crew, or by a newer number.
    """
    row = _held(session, crew, now)
    if row is None:
        return
    found = row.borrower if row.runs else row.home
    if found != district or (fence is not None and fence != row.fence):
        raise Refused("crew_leased", crew=crew, district=found)
    session.execute(
        text(
            "INSERT INTO crew_claims (task_id, crew_id, district_id)"
            " VALUES (:task, :crew, :district) ON CONFLICT (task_id) DO UPDATE SET"
            " crew_id = excluded.crew_id, district_id = excluded.district_id, outage_seq = NULL"
        ),
        {"task": task, "crew": crew, "district": district},
    )


def settle(session: Session, task: str, district: str, outage_seq: int | None) -> None:
    """Note what the outage answered; refused (None), nothing is claimed any more."""
    given = {"task": task, "district": district, "seq": outage_seq}
    change = _FORGET if outage_seq is None else _ANSWERED
    session.execute(change, given)


def give_back_idle(session: Session, district: str, now: datetime) -> dict[str, str]:
    """Give back the crews a board borrowed by itself that have nothing to do there any more.

    Returns the homes of the crews that went back.
    """
    back = text(
        "UPDATE crew_leases SET leased_until = :now, fence = fence + 1"
        " WHERE district_id = :district AND leased_until > :now AND for_task IS NOT NULL"
        " AND NOT crew_is_busy(crew_id)"
        " RETURNING crew_id, (SELECT c.district_id FROM crews c WHERE c.id = crew_id) AS home"
    )
    rows = session.execute(back, {"district": district, "now": now})
    return {row.crew_id: row.home for row in rows}


def _held(session: Session, crew: str, now: datetime) -> Row[Any] | None:
    session.execute(_HOLD, {"crew": crew})
    return session.execute(_HELD, {"crew": crew, "now": now}).one_or_none()
