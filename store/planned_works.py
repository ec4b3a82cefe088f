"""Announced work: declaring it, listing it, and ending it with the orders it explained."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import ids
from domain.actions import Action
from domain.actor import SYSTEM
from domain.planned import EndPlan
from store import locks, outbox
from store.tables.planned import PlannedWorkRow


@dataclass(frozen=True)
class Announced:
    """Work that was announced, with who did so and how it ended before its time, if it did."""

    id: str
    district_id: str
    transformers: tuple[str, ...]
    since: datetime
    until: datetime
    reason: str
    notice: str
    announced_by: str
    announced_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    how: str | None = None


def lock_of(work: str) -> str:
    """Return the name of the lock under which reports of one announced work are grouped."""
    return f"planned/{work}"


_DISTRICTS = text("""
SELECT t.id, f.district_id
FROM transformers t JOIN feeders f ON f.id = t.feeder_id
WHERE t.id = ANY(:transformers) OR t.section_id = :section OR t.feeder_id = :feeder
ORDER BY t.id
""")


def supplied_by(
    session: Session,
    *,
    transformers: Sequence[str] = (),
    section: str | None = None,
    feeder: str | None = None,
) -> dict[str, str]:
    """Return the transformers that are named, or hang on a section or feeder, by district."""
    asked = {"transformers": list(transformers), "section": section, "feeder": feeder}
    return {row.id: row.district_id for row in session.execute(_DISTRICTS, asked)}


def find(session: Session, work_id: str) -> Announced | None:
    """Return one announced work."""
    row = session.get(PlannedWorkRow, work_id)
    return None if row is None else _announced(row)


def announce(session: Session, work: Announced) -> None:
    """Write announced work down; the same id again changes nothing."""
    values = asdict(work) | {"transformers": list(work.transformers)}
    session.execute(insert(PlannedWorkRow).values(**values).on_conflict_do_nothing())


def listed(
    session: Session,
    at: datetime,
    *,
    districts: Sequence[str] | None = None,
    over: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Announced]:
    """List what is announced for now or later, the earliest first; or what is over, too."""
    row = PlannedWorkRow
    query = select(row).order_by(row.since, row.id).limit(limit)
    if districts is not None:
        query = query.where(row.district_id.in_(districts))
    if not over:
        query = query.where(row.until > at, row.ended_at.is_(None))
    if after is not None:
        query = query.where(tuple_(row.since, row.id) > tuple_(*after))
    return [_announced(each) for each in session.scalars(query)]


_EXPLAINED = text("""
SELECT o.id, o.district_id, (SELECT min(r.received_at) FROM reports r WHERE r.outage_id = o.id)
    AS first_at
FROM outages o WHERE o.planned_work_id = :work AND o.sealed_at IS NULL
ORDER BY o.id FOR UPDATE OF o
""")
# From here on supply is owed; withdrawn, it was owed from the first call on.
_OWED = text("""
UPDATE outages SET clock_start = least(clock_start, :clock),
    arrival_deadline = arrival_deadline - (clock_start - least(clock_start, :clock)),
    planned_until = NULL
WHERE id = :outage
""")


def end(
    session: Session, work: Announced, how: str, by: str, now: datetime, real_now: datetime
) -> None:
    """End announced work now, and tell the orders that it explained; a second time does nothing."""
    locks.take(session, [lock_of(work.id)])
    ended = update(PlannedWorkRow).where(
        PlannedWorkRow.id == work.id, PlannedWorkRow.ended_at.is_(None)
    )
    ended = ended.values(ended_by=by, ended_at=now, how=how)
    if session.execute(ended.returning(PlannedWorkRow.id)).one_or_none() is None:
        return
    for row in session.execute(_EXPLAINED, {"work": work.id}).all():
        what = EndPlan.model_validate({"how": how, "clock_start": row.first_at})
        clock = row.first_at if how == "withdrawn" else max(now, row.first_at)
        session.execute(_OWED, {"outage": row.id, "clock": clock})
        action = Action(id=f"{work.id}/{how}/{row.id}", actor=SYSTEM, what=what)
        body = {"outage": row.id, "action": action.model_dump(mode="json")}
        key = ids.outage_workflow(row.id)
        outbox.put(session, "act", key, body, district_id=row.district_id, at=real_now)


def _announced(row: PlannedWorkRow) -> Announced:
    fields = {name: getattr(row, name) for name in Announced.__dataclass_fields__}
    return Announced(**fields | {"transformers": tuple(row.transformers)})
