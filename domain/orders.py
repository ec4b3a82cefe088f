"""Rules of an order to a crew: given, taken back, taken, refused, set out on."""

from domain import actions as a
from domain import board_actions as b
from domain import events as e
from domain.case import Case, Happenings
from domain.errors import Refused
from domain.outage import Outage


def _rising(outage: Outage, epoch: int) -> None:
    """Refuse an order of a board that has been overtaken by a later one."""
    if epoch <= outage.epoch:
        raise Refused("order_overtaken", epoch=epoch, current=outage.epoch)


def assign(case: Case, what: b.Assign) -> Happenings:
    """Give a task to a crew once everything before it is finished."""
    _rising(case.outage, what.epoch)
    if not case.outage.ready(case.job):
        raise Refused("task_not_ready", task=case.job.id)
    assigned = e.TaskAssigned(
        task=case.job.id,
        crew=what.crew,
        epoch=what.epoch,
        eta=what.eta,
        plan=what.plan,
        ordered_by=what.ordered_by,
    )
    return (assigned,)


def reschedule(case: Case, what: b.Reschedule) -> Happenings:
    """Tell the crew another time; it has taken the order already and need not do so again."""
    if what.crew != case.job.crew:
        raise Refused("crew_not_on_task", task=case.job.id, crew=what.crew)
    _rising(case.outage, what.epoch)
    if what.eta == case.job.eta:
        return ()
    rescheduled = e.TaskRescheduled(
        task=case.job.id,
        crew=what.crew,
        epoch=what.epoch,
        eta=what.eta,
        plan=what.plan,
        ordered_by=what.ordered_by,
    )
    return (rescheduled,)


def release(case: Case, what: b.Release) -> Happenings:
    """Take a task back from the crew that has it."""
    if what.crew != case.job.crew:
        raise Refused("crew_not_on_task", task=case.job.id, crew=what.crew)
    _rising(case.outage, what.epoch)
    released = e.TaskReleased(
        task=case.job.id,
        crew=what.crew,
        epoch=what.epoch,
        reason=what.reason,
        ordered_by=what.ordered_by,
    )
    return (released,)


def acknowledge(case: Case, _what: a.Acknowledge) -> Happenings:
    """Take the order."""
    return (e.TaskAcknowledged(task=case.job.id),)


def refuse(case: Case, what: a.Refuse) -> Happenings:
    """Give the order back with a reason; the next plan knows it."""
    return (e.TaskRefused(task=case.job.id, crew=case.job.crew or "", reason=what.reason),)


def depart(case: Case, _what: a.Depart) -> Happenings:
    """Set out."""
    return (e.SetOut(task=case.job.id),)
