"""What the workflows decided, written as rows that can be rebuilt at any time.

Guarded by (outage, seq): a known event with the same digest is ignored, with another digest
it raises an alarm. Only a newer state changes the rows.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from domain import ids
from domain.events import Event
from domain.evolve import evolve
from domain.outage import Outage
from store import installation, outbox, traces
from store.tables.progress import OutageEventRow
from store.tables.work import OutageRow


class ProjectionConflict(Exception):  # noqa: N818 - an alarm, not a failure to retry
    """Stored events and given events disagree; `code` says how."""

    def __init__(self, code: str, outage_id: str, seq: int) -> None:
        super().__init__(f"{code}: {outage_id} event {seq}")
        self.code, self.outage_id, self.seq = code, outage_id, seq


_HELD = text("""
SELECT seq, state, acked_watermark FROM outages WHERE id = :outage FOR UPDATE
""")


def append(
    session: Session,
    outage_id: str,
    events: Sequence[Event],
    state: Outage,
    *,
    now: datetime | None = None,
) -> int:
    """Store events and the state they lead to; returns how many were new.

    `now` is the house time noted as `known_at`. Raises ProjectionConflict: digest_differs,
    gap, state_differs; LookupError when the outage has no row.
    """
    row = session.execute(_HELD, {"outage": outage_id}).one_or_none()
    if row is None:
        raise LookupError(f"no outage {outage_id}")
    known_at = now or installation.house_now(session)
    new = _unknown(session, outage_id, sorted(events, key=lambda event: event.seq), row.seq)
    if not new:
        return 0
    if new[-1].seq != state.seq:
        raise ProjectionConflict("state_differs", outage_id, state.seq)
    before = None if row.state is None else Outage.model_validate(row.state)
    _store(session, outage_id, new, known_at)
    _leave_traces(session, outage_id, before, new, known_at)
    _set_state(session, state, known_at)
    if state.watermark > row.acked_watermark:
        key = ids.outage_workflow(outage_id)
        outbox.settle(session, key, state.watermark, datetime.now(UTC))
    return len(new)


def check(session: Session, outage_id: str, events: Sequence[Event]) -> None:
    """Raise ProjectionConflict where given events differ from the stored ones of their number."""
    stored = session.scalar(select(OutageRow.seq).where(OutageRow.id == outage_id)) or 0
    known = [event for event in events if event.seq <= stored]
    _unknown(session, outage_id, sorted(known, key=lambda event: event.seq), stored)


def _unknown(session: Session, outage_id: str, events: Sequence[Event], stored: int) -> list[Event]:
    """Return the events not stored yet; the stored ones must be the same."""
    old = [event for event in events if event.seq <= stored]
    if old:
        query = select(OutageEventRow.seq, OutageEventRow.digest).where(
            OutageEventRow.outage_id == outage_id,
            OutageEventRow.seq.between(old[0].seq, old[-1].seq),
        )
        digests = {row.seq: row.digest for row in session.execute(query)}
        for event in old:
            if digests.get(event.seq) != event.digest():
                raise ProjectionConflict("digest_differs", outage_id, event.seq)
    new = [event for event in events if event.seq > stored]
    for expected, event in enumerate(new, start=stored + 1):
        if event.seq != expected:
            raise ProjectionConflict("gap", outage_id, expected)
    return new


def _store(session: Session, outage_id: str, events: list[Event], known_at: datetime) -> None:
    rows = [
        {
            "outage_id": outage_id,
            "seq": event.seq,
            "kind": event.what.kind,
            "at": event.at,
            "occurred_at": event.occurred_at,
            "actor": event.actor.subject,
            "role": event.actor.role.value,
            "crew_id": event.actor.crew,
            "action_id": event.action_id,
            "body": event.what.model_dump(mode="json"),
            "digest": event.digest(),
            "known_at": known_at,
        }
        for event in events
    ]
    session.execute(insert(OutageEventRow), rows)


def _leave_traces(
    session: Session,
    outage_id: str,
    before: Outage | None,
    events: Sequence[Event],
    known_at: datetime,
) -> Outage | None:
    """Write what single events leave behind; returns the state after folding them."""
    for event in events:
        after = evolve(before, event, outage_id=outage_id)
        traces.leave(session, before or after, event, known_at)
        before = after
    return before


def _set_state(session: Session, state: Outage, known_at: datetime) -> None:
    session.execute(
        update(OutageRow)
        .where(OutageRow.id == state.id)
        .values(
            stage=state.stage.value,
            status=state.status,
            seq=state.seq,
            state=state.model_dump(mode="json"),
            state_digest=state.digest(),
            etr=state.etr,
            arrived_at=state.first_arrived_at,
            restoration_no=state.restoration_no,
            restored_at=state.restored_at,
            closed_at=state.closed_at,
            planned_until=state.planned_until,
            acked_watermark=state.watermark,
            projection_alarm=None,
            known_at=known_at,
        )
    )
    traces.set_tasks(session, state, known_at)


def raise_alarm(session: Session, conflict: ProjectionConflict) -> None:
    """Mark an outage whose rows stand still because its events do not fit the stored ones."""
    session.execute(
        update(OutageRow)
        .where(OutageRow.id == conflict.outage_id)
        .values(projection_alarm=f"{conflict.code} at event {conflict.seq}")
    )


def alarms(session: Session) -> list[str]:
    """List the outages whose rows stand still; an append that fits lifts the alarm."""
    query = select(OutageRow.id).where(OutageRow.projection_alarm.is_not(None))
    return list(session.scalars(query.order_by(OutageRow.number)))


def digest_of_state(session: Session, outage_id: str) -> str | None:
    """Return the digest of an outage's stored state."""
    return session.scalar(select(OutageRow.state_digest).where(OutageRow.id == outage_id))


def events_of(session: Session, outage_id: str) -> list[Event]:
    """Return the stored events of an outage, from the first."""
    query = (
        select(OutageEventRow)
        .where(OutageEventRow.outage_id == outage_id)
        .order_by(OutageEventRow.seq)
    )
    return [event_of(row) for row in session.scalars(query)]


def event_of(row: Any) -> Event:
    """Return the event a row holds."""
    return Event.model_validate(
        {
            "seq": row.seq,
            "at": row.at,
            "occurred_at": row.occurred_at,
            "actor": {"subject": row.actor, "role": row.role, "crew": row.crew_id},
            "action_id": row.action_id,
            "what": row.body,
        }
    )


def rebuild(session: Session, outage_id: str, *, now: datetime | None = None) -> Outage | None:
    """Fold the stored events anew and rewrite every row made from them.

    Pages and hands are kept and completed, never taken away: people may have acted on them.
    """
    session.execute(_HELD, {"outage": outage_id})
    events = events_of(session, outage_id)
    if not events:
        return None
    known_at = now or installation.house_now(session)
    traces.clear(session, outage_id)
    state = _leave_traces(session, outage_id, None, events, known_at)
    assert state is not None  # noqa: S101 - there was at least one event
    _set_state(session, state, known_at)
    return state
