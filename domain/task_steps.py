"""How what happens to a task changes the order: given, taken back, worked on, finished."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain import events as e
from domain.kinds import Ladder
from domain.outage import Outage, Stage, Task, TaskState
from domain.outage_steps import Step
from domain.parts import PartsNeeded

REMEMBERED_ORDERS = 20
"""How many orders back the rungs of an assignment are remembered."""


def _change(outage: Outage, task_id: str, **changes: object) -> Outage:
    """Return the outage with one task changed."""
    tasks = tuple(
        task.model_copy(update=changes) if task.id == task_id else task for task in outage.tasks
    )
    return outage.model_copy(update={"tasks": tasks})


def _added(outage: Outage, what: e.TaskAdded, event: e.Event) -> Outage:
    """Add a task, which others may wait for; field work that was over has then begun again."""
    task = Task(
        id=what.task,
        kind=what.task_kind,
        skills=what.skills,
        licences=what.licences,
        after=what.after,
        work_s=what.work_s,
        danger=what.danger,
        queued_at=event.at,
        meeting=what.meeting,
        parts=what.parts,
    )
    if what.meeting is not None and outage.task(what.meeting) is not None:
        outage = _change(outage, what.meeting, meeting=what.meeting)  # its crew called another
    for name in what.before:
        waiting = outage.task(name)
        if waiting is not None:
            outage = _change(outage, name, after=(*waiting.after, what.task))
    changes: dict[str, object] = {"tasks": (*outage.tasks, task)}
    if outage.stage in (Stage.VERIFYING, Stage.CALLBACK):
        changes |= {"stage": Stage.RESTORED, "completed_at": None}
    return outage.model_copy(update=changes)


def _assigned(outage: Outage, what: e.TaskAssigned, event: e.Event) -> Outage:
    task = outage.task(what.task)
    first = task.first_dispatched_at if task else None
    changed = _change(
        outage,
        what.task,
        state=TaskState.DISPATCHED,
        crew=what.crew,
        epoch=what.epoch,
        eta=what.eta,
        plan=what.plan,
        dispatched_at=event.at,
        first_dispatched_at=first or event.at,
        rescheduled_at=None,
    )
    return changed.model_copy(update={"epoch": max(outage.epoch, what.epoch)})


def _rescheduled(outage: Outage, what: e.TaskRescheduled, event: e.Event) -> Outage:
    """Note another time; the task keeps the number of its order, by which its rungs are named."""
    changed = _change(outage, what.task, eta=what.eta, plan=what.plan, rescheduled_at=event.at)
    return changed.model_copy(update={"epoch": max(outage.epoch, what.epoch)})


def _released(outage: Outage, what: e.TaskReleased, event: e.Event) -> Outage:
    changed = _unassign(outage, what.task, event.at, epoch=what.epoch)
    return changed.model_copy(update={"epoch": max(outage.epoch, what.epoch)})


def _refused(outage: Outage, what: e.TaskRefused, event: e.Event) -> Outage:
    task = outage.task(what.task)
    before = tuple(crew for crew in (task.refused_by if task else ()) if crew != what.crew)
    return _unassign(outage, what.task, event.at, refused_by=(*before, what.crew))


def _forget_old_rungs(outage: Outage, task: str) -> Outage:
    """Drop the rungs of orders long past, so that a task refused for days stays small.

    Their promises are over and cannot fall due again; recent ones may still be taken over.
    """
    mine = tuple(
        f"{ladder.value}/{task}/" for ladder in (Ladder.ASSIGNMENT, Ladder.ACKNOWLEDGEMENT)
    )

    def recent(rung: str) -> bool:
        if not rung.startswith(mine):
            return True
        return int(rung.rsplit("/", 2)[1]) > outage.epoch - REMEMBERED_ORDERS

    return outage.model_copy(
        update={
            "climbed": tuple(filter(recent, outage.climbed)),
            "acknowledged_rungs": tuple(filter(recent, outage.acknowledged_rungs)),
        }
    )


def _unassign(outage: Outage, task: str, at: datetime, **changes: object) -> Outage:
    """Queue a task as if no crew had had it; what a crew did on site stays the outage's."""
    nobody: dict[str, object] = {
        "state": TaskState.QUEUED,
        "crew": None,
        "eta": None,
        "plan": None,
        "queued_at": at,
        "dispatched_at": None,
        "rescheduled_at": None,
        "acknowledged_at": None,
        "arrived_at": None,
        "contacted_at": None,
    }
    return _forget_old_rungs(_change(outage, task, **(nobody | changes)), task)


def _acknowledged(outage: Outage, what: e.TaskAcknowledged, event: e.Event) -> Outage:
    return _change(
        outage, what.task, state=TaskState.ACKNOWLEDGED, acknowledged_at=event.occurred_at
    )


def _arrived(outage: Outage, what: e.Arrived, event: e.Event) -> Outage:
    at = event.occurred_at
    changed = _change(outage, what.task, state=TaskState.ARRIVED, arrived_at=at)
    first = outage.first_arrived_at
    return changed.model_copy(
        update={
            "first_arrived_at": at if first is None else min(first, at),
            "arrived_cycle": outage.reopened,
        }
    )


def _contacted(outage: Outage, what: e.CustomerContacted, event: e.Event) -> Outage:
    """Note the contact; a customer who was not reached was not contacted."""
    return _change(outage, what.task, contacted_at=event.occurred_at) if what.reached else outage


def _made_safe(outage: Outage, what: e.MadeSafe, _event: e.Event) -> Outage:
    return outage.model_copy(
        update={
            "cleared_hazards": outage.cleared_hazards | what.hazards,
            "cleared_watermark": outage.hazards_watermark,
        }
    )


def _parts_needed(outage: Outage, what: PartsNeeded, _event: e.Event) -> Outage:
    task = outage.task(what.task)
    others = dict(task.parts) if task else {}
    others.pop(what.part, None)
    needed = {what.part: what.count} if what.count else {}
    return _change(outage, what.task, parts=others | needed)


def _to(state: TaskState) -> Step:
    """Return the step that only moves a task to a state."""

    def step(outage: Outage, what: Any, _event: e.Event) -> Outage:
        return _change(outage, what.task, state=state)

    return step


def _finished(state: TaskState) -> Step:
    """Return the step that ends a task; what waited for it can be given to a crew from now."""

    def step(outage: Outage, what: Any, event: e.Event) -> Outage:
        ended = _change(outage, what.task, state=state, finished_at=event.occurred_at)
        waited = [
            task.id
            for task in ended.tasks
            if what.task in task.after and task.state is TaskState.QUEUED and ended.ready(task)
        ]
        for name in waited:
            ended = _change(ended, name, queued_at=event.at)
        return ended

    return step


TASK_STEPS: dict[str, Callable[[Outage, Any, e.Event], Outage]] = {
    "task_added": _added,
    "task_assigned": _assigned,
    "task_rescheduled": _rescheduled,
    "task_released": _released,
    "task_acknowledged": _acknowledged,
    "task_refused": _refused,
    "set_out": _to(TaskState.EN_ROUTE),
    "arrived": _arrived,
    "customer_contacted": _contacted,
    "assessment_started": _to(TaskState.ASSESSING),
    "made_safe": _made_safe,
    "parts_needed": _parts_needed,
    "work_started": _to(TaskState.WORKING),
    "held": _to(TaskState.ON_HOLD),
    "resumed": _to(TaskState.WORKING),
    "customer_side_found": lambda outage, _what, _event: outage,
    "task_done": _finished(TaskState.DONE),
    "task_cancelled": _finished(TaskState.CANCELLED),
}
