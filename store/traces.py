"""What an event leaves in rows of its own: restoration steps, pages, and whose hand it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events as e
from domain.device import DeviceConfirmed
from domain.events import Event
from domain.kinds import Role
from domain.outage import Outage, Task
from domain.regrouping import Merged, TaskJoined
from store import devices
from store.tables.progress import (
    OutageHandRow,
    PageRow,
    RestorationStepRow,
    TaskRow,
)

# Hearing that a light is still off owes new work, but is judging, not doing.
# A supervisor or call taker who moves work takes part in it as a dispatcher does.
_NO_HANDS = frozenset({Role.SYSTEM, Role.BOARD, Role.CALLBACK_AGENT})
_MOVES_WORK = frozenset({"task_added", "task_cancelled", "task_done", "restored"})

_STEP = text("""
INSERT INTO restoration_steps
    (outage_id, restoration_no, step_no, customers, occurred_at, known_at)
SELECT :outage, :restoration_no, 1 + count(*), :customers, :occurred_at, :known_at
FROM restoration_steps WHERE outage_id = :outage AND restoration_no = :restoration_no
""")
_CREW_HANDS = text("""
INSERT INTO outage_hands (outage_id, subject, part)
SELECT :outage, subject, CASE WHEN part = 'leader' THEN 'leader' ELSE 'executor' END
FROM crew_members WHERE crew_id = :crew
ON CONFLICT DO NOTHING
""")
_PAGE = text("""
INSERT INTO pages (id, dedup_key, outage_id, district_id, ladder, rung, to_role, body, at,
    overtaken, known_at)
VALUES (:id, :dedup_key, :outage, :district, :ladder, :rung, :to_role,
    CAST(:body AS jsonb), :at, :overtaken, :known_at)
ON CONFLICT (dedup_key) DO NOTHING
""")


def leave(session: Session, before: Outage, event: Event, known_at: datetime) -> None:
    """Write the traces of one event; `before` is the state it met (or made, if the first)."""
    what = event.what
    match what:
        case e.PartlyRestored():
            _step(session, before, event, what.customers_back, known_at)
        case e.Restored():
            _step(session, before, event, before.customers_off, known_at)
        case e.TaskAssigned() | TaskJoined():
            session.execute(_CREW_HANDS, {"outage": before.id, "crew": what.crew})
        case DeviceConfirmed():
            devices.darken(session, before.id, what)
        case Merged():
            # Whoever was told of this order is told of the other one, by its own ladder.
            session.execute(
                update(PageRow)
                .where(PageRow.outage_id == before.id, PageRow.acked_at.is_(None))
                .values(acked_at=event.at, acked_by=event.actor.subject)
            )
        case e.RungClimbed():
            _page(session, before, event, what, known_at)
        case e.RungAcknowledged():
            session.execute(
                update(PageRow)
                .where(PageRow.dedup_key == dedup_key(before.id, what.rung))
                .values(acked_at=event.at, acked_by=event.actor.subject)
            )
        case _:
            pass
    for subject, part in _hands(event):
        row = {"outage_id": before.id, "subject": subject, "part": part}
        session.execute(insert(OutageHandRow).values(row).on_conflict_do_nothing())


def _hands(event: Event) -> list[tuple[str, str]]:
    """List who had a hand in an event, and which."""
    found = []
    role, what = event.actor.role, event.what
    if role is Role.CREW:
        found.append((event.actor.subject, "executor"))
    elif role is Role.DISPATCHER or (role not in _NO_HANDS and what.kind in _MOVES_WORK):
        found.append((event.actor.subject, "dispatcher"))
    if (
        isinstance(what, e.TaskAssigned | e.TaskRescheduled | e.TaskReleased)
        and what.ordered_by is not None
    ):
        found.append((what.ordered_by, "dispatcher"))
    return found


def _step(
    session: Session, before: Outage, event: Event, customers: int, known_at: datetime
) -> None:
    session.execute(
        _STEP,
        {
            "outage": before.id,
            "restoration_no": before.restoration_no + 1,
            "customers": customers,
            "occurred_at": event.occurred_at,
            "known_at": known_at,
        },
    )


def dedup_key(outage_id: str, rung: str) -> str:
    """Return the key under which a rung pages once."""
    return f"{outage_id}/{rung}"


def _page(
    session: Session, before: Outage, event: Event, what: e.RungClimbed, known_at: datetime
) -> None:
    session.execute(
        _PAGE,
        {
            "id": f"{before.id}/p{event.seq}",
            "dedup_key": dedup_key(before.id, what.rung),
            "outage": before.id,
            "district": before.district,
            "ladder": what.ladder.value,
            "rung": what.percent,
            "to_role": what.to.value,
            "body": what.canonical(),
            "at": event.at,
            "overtaken": what.overtaken,
            "known_at": known_at,
        },
    )


def set_tasks(session: Session, state: Outage, known_at: datetime) -> None:
    """Make the task rows say what the state says; rows that say so already stay."""
    if not state.tasks:
        return
    rows = [_task_row(state, task, known_at) for task in state.tasks]
    query = insert(TaskRow)
    new = query.excluded
    told = [name for name in rows[0] if name not in ("id", "outage_id", "known_at")]
    changed = text(
        f"(tasks.{', tasks.'.join(told)}) IS DISTINCT FROM (excluded.{', excluded.'.join(told)})"
    )
    session.execute(
        query.on_conflict_do_update(
            index_elements=["id"],
            set_={name: new[name] for name in (*told, "known_at")},
            where=changed,
        ),
        rows,
    )


def _task_row(state: Outage, task: Task, known_at: datetime) -> dict[str, Any]:
    return {
        "id": task.id,
        "outage_id": state.id,
        "kind": task.kind.value,
        "state": task.state.value,
        "crew_id": task.crew,
        "assignment_epoch": task.epoch,
        "eta": task.eta,
        "skills": list(task.skills),
        "licences": list(task.licences),
        "parts": task.parts,
        "plan_hash": task.plan,
        "assigned_at": task.dispatched_at,
        "arrived_at": task.arrived_at,
        "finished_at": task.finished_at,
        "known_at": known_at,
    }


def clear(session: Session, outage_id: str) -> None:
    """Remove the rows that a rebuild writes anew."""
    for table in (RestorationStepRow, TaskRow):
        session.execute(delete(table).where(table.outage_id == outage_id))
