"""Rules of the way to the close: cancelled, called back, still off, verified, sealed."""

from datetime import datetime
from typing import Literal

from domain import actions as a
from domain import events as e
from domain.agenda import plan_ends, verification_ends
from domain.case import Case, Happenings
from domain.errors import Refused
from domain.moves import others_out
from domain.outage import LIT, Outage, Stage, Task
from domain.planned import EndPlan
from domain.policy import Policy
from domain.work import work_needed


def cancel(case: Case, what: a.Cancel) -> Happenings:
    """End an order that needs no repair; every reporter is still called back."""
    outage = case.outage
    cancelled = _called_off(outage, None, what.reason)
    if outage.planned_until is not None:
        ended = e.PlanEnded(how="withdrawn", clock_start=min(case.now, outage.clock_start))
        outage = outage.model_copy(update={"clock_start": ended.clock_start})
        cancelled = (ended, *cancelled)
    restored = e.Restored(
        restoration_no=outage.restoration_no + 1,
        restored_at=max(case.now, outage.clock_start),
        resolution=what.reason,
    )
    return (*cancelled, restored, e.FieldCompleted())


def find_customer_side(case: Case, what: a.FindCustomerSide) -> Happenings:
    """End an order on site: the network is whole, and the customer knows who mends the rest."""
    outage, job = case.outage, case.job
    cancelled = _called_off(outage, job, "customer_side")
    return (
        e.CustomerSideFound(task=job.id, told=what.told),
        e.TaskDone(task=job.id, cause="customer_side"),
        *cancelled,
        e.Restored(
            task=job.id,
            restoration_no=outage.restoration_no + 1,
            restored_at=max(case.occurred, outage.clock_start),
            resolution="customer_side",
        ),
        e.FieldCompleted(),
    )


def _called_off(outage: Outage, job: Task | None, reason: str) -> Happenings:
    """Cancel all open work but this; never while a crew is out for it, or danger is open."""
    if others_out(outage, job):
        raise Refused("crew_still_out", status=outage.status)
    if outage.danger:
        raise Refused("danger_still_open", hazards=sorted(outage.open_hazards))
    open_tasks = (task for task in outage.open_tasks if job is None or task.id != job.id)
    return tuple(e.TaskCancelled(task=task.id, reason=reason) for task in open_tasks)


def reopen(case: Case, what: a.Reopen) -> Happenings:
    """A customer off after restoration reopens the order under its old start time."""
    outage = case.outage
    if outage.stage not in LIT:
        return (e.StillOff(report=what.report, reopens=False),)
    dark = outage.model_copy(update={"stage": Stage.CONFIRMED})
    return (e.StillOff(report=what.report, reopens=True), *work_needed(dark, case.policy))


def note_callbacks_opened(case: Case, what: a.NoteCallbacksOpened) -> Happenings:
    """Note that the callback list of this restoration stands."""
    _same_restoration(case.outage, what.restoration_no)
    if case.outage.callbacks_opened >= what.restoration_no:
        raise Refused("nothing_to_do", action=what.kind)
    return (e.CallbacksOpened(restoration_no=what.restoration_no),)


def _same_restoration(outage: Outage, restoration_no: int) -> None:
    if outage.stage not in LIT or restoration_no != outage.restoration_no:
        raise Refused("restoration_superseded", restoration_no=restoration_no)


def finish_callbacks(case: Case, what: a.FinishCallbacks) -> Happenings:
    """Note that every report has an outcome; callbacks verify better than waiting does."""
    outage = case.outage
    _same_restoration(outage, what.restoration_no)
    if outage.callbacks_opened < what.restoration_no:
        raise Refused("callbacks_not_open", restoration_no=what.restoration_no)
    if outage.callbacks_finished >= what.restoration_no:
        raise Refused("nothing_to_do", action=what.kind)
    finished = e.CallbacksFinished(
        restoration_no=what.restoration_no,
        done=what.done,
        unreached=what.unreached,
        confirmed=what.confirmed,
        silent=what.silent,
    )
    if outage.stage is Stage.VERIFYING:
        return (finished, e.Verified(how="callbacks"))
    return (finished,)


def climb(case: Case, _what: a.Climb) -> Happenings:
    """End what lasts until a time; the rungs themselves are climbed before any rule."""
    ends = plan_ends(case.outage)
    if ends is not None and ends <= case.now:
        return _plan_over(case.outage, "over", ends)
    return _end_verification(case.outage, case.now, case.policy)


def end_plan(case: Case, what: EndPlan) -> Happenings:
    """End announced work before its time: the light is back, or it never explained the dark."""
    outage = case.outage
    if outage.planned_until is None:
        raise Refused("nothing_to_do", action=what.kind)
    if what.how == "done":
        return _plan_over(outage, "done", max(case.now, what.clock_start))
    clock = min(outage.clock_start, what.clock_start)
    ended = e.PlanEnded(how="withdrawn", clock_start=clock)
    dark = outage.model_copy(update={"planned_until": None, "clock_start": clock})
    return (ended, *work_needed(dark, case.policy))


def _plan_over(outage: Outage, how: Literal["over", "done"], at: datetime) -> Happenings:
    """Take supply for back, as announced, and have everybody asked; a crew out says so itself.

    Whoever is still off is off since the announced end: from then the promises run.
    """
    ended = e.PlanEnded(how=how, clock_start=at)
    if outage.open_tasks:
        return (ended,)
    restored = e.Restored(
        restoration_no=outage.restoration_no + 1, restored_at=at, resolution="planned_work"
    )
    return (ended, restored, e.FieldCompleted())


def _end_verification(outage: Outage, now: datetime, policy: Policy) -> Happenings:
    ends = verification_ends(outage, policy)
    if ends is None or now < ends:
        return ()
    return (e.Verified(how="time"),)


def note_seal(case: Case, what: a.NoteSeal) -> Happenings:
    """Close when sealing found every report answered; otherwise call back again."""
    if what.missing:
        return (e.SealRefused(missing=what.missing),)
    if not ready_to_seal(case.outage):
        raise Refused("not_ready_to_close", off=case.outage.customers_off)
    return (e.Closed(),)


def ready_to_seal(outage: Outage) -> bool:
    """Tell whether nothing in the order itself stands against closing it."""
    return (
        outage.stage is Stage.CALLBACK
        and outage.customers_off == 0
        and outage.restoration_no > 0
        and outage.callbacks_finished == outage.restoration_no
        and not outage.open_tasks
    )
