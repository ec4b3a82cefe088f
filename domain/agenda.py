"""What falls due and when: the deadlines of an outage and the rungs above them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.events import RungClimbed
from domain.kinds import Ladder, LadderRole, TaskKind
from domain.ladders import Rung
from domain.outage import LIT, Outage, Stage, TaskState
from domain.policy import Policy
from domain.value import Value

COMPLETION_SINCE = 2
"""The rules from which on work still open in the light has a deadline of its own."""

HIGHEST_SINCE = 2
"""The rules from which on a rung is overtaken only by one that tells somebody as high up."""


class Deadline(Value):
    """Something promised by a time; `key` names this very promise."""

    ladder: Ladder
    key: str
    starts: datetime
    due: datetime


class Due(Value):
    """A rung that will be climbed at a time unless its deadline is met before."""

    at: datetime
    rung: str
    percent: int
    to: LadderRole
    call_customer: bool
    deadline: Deadline


def arrival_deadline(outage: Outage, policy: Policy) -> datetime:
    """Return when a crew must be on site; the clock is the earliest report received."""
    return outage.clock_start + policy.arrival_limit(outage.area_class, outage.key_class)


def deadlines(outage: Outage, policy: Policy) -> tuple[Deadline, ...]:
    """List the promises that are open now."""
    return (
        *_arrival_deadline(outage, policy),
        *_task_deadlines(outage, policy),
        *_completion_deadlines(outage, policy),
        *_callback_deadline(outage, policy),
    )


def _arrival_deadline(outage: Outage, policy: Policy) -> Iterable[Deadline]:
    announced = outage.planned_until is not None and not outage.danger
    if outage.dark and not announced and outage.arrived_cycle != outage.reopened:
        yield Deadline(
            ladder=Ladder.ARRIVAL,
            key=f"arrival/{outage.reopened}",
            starts=outage.clock_start,
            due=arrival_deadline(outage, policy),
        )


def _callback_deadline(outage: Outage, policy: Policy) -> Iterable[Deadline]:
    if outage.stage not in LIT or outage.restored_at is None:
        return
    if outage.callbacks_finished < outage.restoration_no:
        yield Deadline(
            ladder=Ladder.CALLBACK,
            key=f"callback/{outage.restoration_no}",
            starts=outage.restored_at,
            due=outage.restored_at + timedelta(seconds=policy.deadlines.callback_s),
        )


def _task_deadlines(outage: Outage, policy: Policy) -> Iterable[Deadline]:
    """Yield what crews owe; once the light is on, only danger is still urgent."""
    for task in outage.open_tasks:
        if not (outage.dark or task.danger):
            continue
        if task.state is TaskState.QUEUED and outage.ready(task):
            limit = timedelta(seconds=policy.deadlines.assignment_s)
            yield Deadline(
                ladder=Ladder.ASSIGNMENT,
                key=f"assignment/{task.id}/{task.epoch}",
                starts=task.queued_at,
                due=task.queued_at + limit,
            )
        elif task.state is TaskState.DISPATCHED and task.dispatched_at is not None:
            limit = timedelta(seconds=policy.deadlines.acknowledgement_s)
            yield Deadline(
                ladder=Ladder.ACKNOWLEDGEMENT,
                key=f"acknowledgement/{task.id}/{task.epoch}",
                starts=task.dispatched_at,
                due=task.dispatched_at + limit,
            )


def _completion_deadlines(outage: Outage, policy: Policy) -> Iterable[Deadline]:
    """Yield what work is still to be finished once the light is on; it keeps the order open."""
    if outage.rules_version < COMPLETION_SINCE:
        return
    if outage.stage not in LIT or outage.restored_at is None:
        return
    for task in outage.open_tasks:
        permanent = task.kind is TaskKind.MAKE_PERMANENT
        seconds = policy.deadlines.permanent_s if permanent else policy.deadlines.completion_s
        starts = max(outage.restored_at, task.queued_at)
        yield Deadline(
            ladder=Ladder.COMPLETION,
            key=f"completion/{task.id}/{outage.restoration_no}",
            starts=starts,
            due=starts + timedelta(seconds=seconds),
        )


def agenda(outage: Outage, policy: Policy) -> tuple[Due, ...]:
    """List every rung not yet climbed with its time, soonest first."""
    return _soonest_first(_unclimbed(outage, policy))


class _Ahead(NamedTuple):
    """A rung not yet climbed; most are only looked at, so it is no value that is validated."""

    at: datetime
    name: str
    rung: Rung
    deadline: Deadline


def _unclimbed(outage: Outage, policy: Policy) -> Iterator[_Ahead]:
    climbed = set(outage.climbed)
    for deadline in deadlines(outage, policy):
        span = deadline.due - deadline.starts
        for rung in policy.rungs(deadline.ladder, outage.key_class):
            name = f"{deadline.key}/{rung.percent}"
            if name not in climbed:
                yield _Ahead(deadline.starts + span * rung.percent / 100, name, rung, deadline)


def _soonest_first(ahead: Iterable[_Ahead]) -> tuple[Due, ...]:
    return tuple(
        Due(
            at=each.at,
            rung=each.name,
            percent=each.rung.percent,
            to=each.rung.to,
            call_customer=each.rung.call_customer,
            deadline=each.deadline,
        )
        for each in sorted(ahead, key=lambda each: (each.at, each.name))
    )


def verification_ends(outage: Outage, policy: Policy) -> datetime | None:
    """Return when verification ends by itself, while it runs."""
    if outage.stage is not Stage.VERIFYING or outage.completed_at is None:
        return None
    return outage.completed_at + timedelta(seconds=policy.deadlines.verification_s)


def plan_ends(outage: Outage) -> datetime | None:
    """Return when announced work is over, while it still explains the dark."""
    return outage.planned_until if outage.dark else None


def next_wake(outage: Outage, policy: Policy) -> datetime | None:
    """Return the next moment at which something falls due, if any."""
    times = [each.at for each in _unclimbed(outage, policy)]
    ends = verification_ends(outage, policy), plan_ends(outage)
    times.extend(end for end in ends if end is not None)
    return min(times, default=None)


def rungs_due(outage: Outage, now: datetime, policy: Policy) -> tuple[RungClimbed, ...]:
    """Climb every rung that is due; of each deadline only the highest pages.

    Where a ladder begins high up, the one told first is not passed over for somebody lower.
    """
    due = _soonest_first(each for each in _unclimbed(outage, policy) if each.at <= now)
    return tuple(
        RungClimbed(
            rung=item.rung,
            ladder=item.deadline.ladder,
            percent=item.percent,
            to=item.to,
            due=item.deadline.due,
            late_s=int((now - item.deadline.due).total_seconds()),
            breach=item.percent >= 100,
            call_customer=item.call_customer,
            overtaken=any(_overtakes(other, item, outage.rules_version) for other in due),
        )
        for item in due
    )


def _overtakes(later: Due, rung: Due, rules_version: int) -> bool:
    """Tell whether paging for a later rung of the same promise makes paging for this one idle."""
    if later.deadline.key != rung.deadline.key or later.percent <= rung.percent:
        return False
    return rules_version < HIGHEST_SINCE or later.to.height >= rung.to.height
