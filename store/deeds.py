"""What an action came to, read back from the events long after its workflow has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.evolve import fold
from domain.outage import Answered
from store import projection
from store.tables.progress import OutageEventRow
from store.tables.work import OutageRow


@dataclass(frozen=True)
class Ground:
    """Where an outage belongs, whether it may still change, and where its reports went."""

    district_id: str
    sealed: bool
    merged_into: str | None
    over: bool


def ground_of(session: Session, outage_id: str) -> Ground | None:
    """Return the district of an outage and whether it is sealed."""
    row = session.execute(
        select(
            OutageRow.district_id, OutageRow.sealed_at, OutageRow.merged_into, OutageRow.closed_at
        ).where(OutageRow.id == outage_id)
    ).one_or_none()
    if row is None:
        return None
    sealed, over = row.sealed_at is not None, row.closed_at is not None
    return Ground(row.district_id, sealed, row.merged_into, over)


def answer_to(session: Session, outage_id: str, action_id: str) -> Answered | None:
    """Return what an action led to, exactly as its first answer said."""
    last = session.scalar(
        select(OutageEventRow.seq)
        .where(OutageEventRow.outage_id == outage_id, OutageEventRow.action_id == action_id)
        .order_by(OutageEventRow.seq.desc())
        .limit(1)
    )
    if last is None:
        return None
    events = [event for event in projection.events_of(session, outage_id) if event.seq <= last]
    state = fold(outage_id, events)
    return Answered(action_id=action_id, seq=last, stage=state.stage, status=state.status)


_EVER_ON = text("""
SELECT EXISTS (SELECT FROM tasks WHERE outage_id = :outage AND crew_id = :crew)
    OR EXISTS (SELECT FROM outage_events WHERE outage_id = :outage AND kind = 'task_assigned'
               AND body ->> 'crew' = :crew)
""")


def crew_was_on(session: Session, outage_id: str, crew_id: str) -> bool:
    """Tell whether a crew has, or ever had, a task of an outage."""
    return bool(session.scalar(_EVER_ON, {"outage": outage_id, "crew": crew_id}))


_ON = text("""
SELECT outage_id, array_agg(DISTINCT crew_id) AS crews FROM (
    SELECT outage_id, crew_id FROM tasks WHERE outage_id = ANY(:outages) AND crew_id IS NOT NULL
    UNION ALL
    SELECT outage_id, body ->> 'crew' FROM outage_events
    WHERE :ever AND outage_id = ANY(:outages) AND kind = 'task_assigned'
) sent
GROUP BY outage_id
""")


def crews_on(
    session: Session, outage_ids: Sequence[str], *, ever: bool
) -> dict[str, frozenset[str]]:
    """Return which crews have a task of each outage; with `ever`, also those that had one."""
    rows = session.execute(_ON, {"outages": list(outage_ids), "ever": ever})
    return {row.outage_id: frozenset(row.crews) for row in rows}
