"""May this be asked at all: the table of moves, whose task it is, and times that can be true."""

from datetime import datetime, timedelta

from domain import actions as a
from domain.errors import Refused
from domain.field import proves_presence
from domain.kinds import Role
from domain.moves import FIELD_ACTIONS, MOVES, allowed
from domain.outage import Outage, Stage, Task
from domain.policy import Policy


def permitted(outage: Outage, action: a.Action) -> Task | None:
    """Return the task an action is about, or refuse what the table does not allow."""
    what, actor = action.what, action.actor
    move = MOVES[what.kind]
    if actor.role not in move.roles:
        raise Refused("role_may_not", role=actor.role.value, action=what.kind)
    if outage.merged_into is not None:
        raise Refused("moved_to", outage=outage.merged_into)
    if outage.stage is Stage.CLOSED:
        raise Refused("outage_closed", action=what.kind)
    if outage.regrouping is not None and actor.role is not Role.SYSTEM:
        raise Refused("regrouping_under_way", outage=outage.id)
    task = _task_of(outage, action) if move.task_from else None
    if not move.allows(outage, task, actor.role):
        possible = sorted({item.action for item in allowed(outage, actor.role, actor.crew)})
        raise Refused(
            "move_not_allowed",
            action=what.kind,
            status=outage.status,
            task_state=task.state.value if task else None,
            allowed=possible,
        )
    return task


def _task_of(outage: Outage, action: a.Action) -> Task:
    task = outage.task(getattr(action.what, "task", ""))
    if task is None:
        raise Refused("task_unknown", pointer="/task")
    crew = action.actor.crew
    if action.actor.role is Role.CREW and (crew is None or task.crew != crew):
        raise Refused("not_your_task", task=task.id)
    return task


def check_not_ahead(
    occurred: datetime | None, now: datetime, policy: Policy, pointer: str = "/occurred_at"
) -> None:
    """Refuse a time that lies ahead by more than a clock may be wrong."""
    tolerance = timedelta(seconds=policy.field.clock_tolerance_s)
    if occurred is not None and occurred > now + tolerance:
        raise Refused("time_in_the_future", pointer=pointer)


def check_time(
    outage: Outage, task: Task | None, action: a.Action, now: datetime, policy: Policy
) -> None:
    """Refuse a time that cannot be true, a small error of the phone's clock aside."""
    occurred = action.occurred_at
    if occurred is None:
        return
    check_not_ahead(occurred, now, policy)
    tolerance = timedelta(seconds=policy.field.clock_tolerance_s)
    if occurred < outage.clock_start - tolerance:
        raise Refused("time_before_the_report", pointer="/occurred_at")
    ordered = task.first_dispatched_at if task else None
    in_the_field = action.what.kind in FIELD_ACTIONS
    if in_the_field and ordered is not None and occurred < ordered - tolerance:
        raise Refused("time_before_the_order", pointer="/occurred_at")


def occurred_of(outage: Outage, action: a.Action, now: datetime, policy: Policy) -> datetime:
    """Return the time that counts: the phone's, but ours for a late arrival without proof."""
    occurred = min(action.occurred_at or now, now)
    what = action.what
    if isinstance(what, a.Arrive) and not proves_presence(
        what.position, outage.at, policy, outage.seen_at
    ):
        late = now - occurred > timedelta(seconds=policy.field.late_sync_s)
        return now if late else occurred
    return occurred
