"""Rules of work on site: arrival, danger, repair, supply coming back, the end of a task."""

from domain import actions as a
from domain import events as e
from domain.case import Case, Happenings, confirm
from domain.errors import Refused
from domain.field import proves_presence
from domain.kinds import TaskKind
from domain.moves import may_complete
from domain.outage import TaskState
from domain.work import TREES, field_completed, trees_found, uncut

_LOOKING = frozenset({TaskKind.ASSESS, TaskKind.MAKE_SAFE})


def arrive(case: Case, what: a.Arrive) -> Happenings:
    """Be on site; the position is the proof."""
    proven = proves_presence(what.position, case.outage.at, case.policy, case.outage.seen_at)
    return (*confirm(case.outage, "crew"), e.Arrived(task=case.job.id, proven=proven))


def contact_customer(case: Case, what: a.ContactCustomer) -> Happenings:
    """Tell the customer of the arrival, or that nobody was reached."""
    return (e.CustomerContacted(task=case.job.id, reached=what.reached),)


def assess(case: Case, _what: a.Assess) -> Happenings:
    """Look for the cause."""
    return (*confirm(case.outage, "crew"), e.AssessmentStarted(task=case.job.id))


def make_safe(case: Case, _what: a.MakeSafe) -> Happenings:
    """Remove or guard the danger; nobody need be sent for it any more."""
    outage = case.outage
    if not outage.danger:
        raise Refused("no_danger_open")
    unneeded = tuple(
        e.TaskCancelled(task=task.id, reason="made_safe")
        for task in outage.open_tasks
        if task.danger and task.state is TaskState.QUEUED
    )
    return (e.MadeSafe(task=case.job.id, hazards=outage.open_hazards), *unneeded)


def begin_work(case: Case, what: a.BeginWork) -> Happenings:
    """Begin repair: never before the danger is gone, never without the watch it needs."""
    if case.policy.work_of(case.job.kind).needs_safety_officer and not what.safety_officer:
        raise Refused("safety_officer_needed", pointer="/safety_officer")
    _no_danger(case)
    started = e.WorkStarted(task=case.job.id, safety_officer=what.safety_officer)
    return (*confirm(case.outage, "crew"), started)


def hold(case: Case, what: a.Hold) -> Happenings:
    """Wait, and say for what."""
    held = e.Held(task=case.job.id, reason=what.reason)
    return (held, *trees_found(case.outage, case.policy)) if what.reason == TREES else (held,)


def resume(case: Case, _what: a.Resume) -> Happenings:
    """Go on, unless a danger was reported meanwhile."""
    _no_danger(case)
    return (e.Resumed(task=case.job.id),)


def _no_danger(case: Case) -> None:
    if case.outage.danger and not case.job.danger:
        raise Refused("danger_still_open", hazards=sorted(case.outage.open_hazards))


def restore_part(case: Case, what: a.RestorePart) -> Happenings:
    """Bring some customers back; at least one stays off."""
    off = case.outage.customers_off
    if what.customers_back >= off:
        raise Refused("more_back_than_off", pointer="/customers_back", off=off)
    step = e.PartlyRestored(
        task=case.job.id,
        customers_back=what.customers_back,
        customers_off=off - what.customers_back,
    )
    return (*confirm(case.outage, "crew"), step)


def restore(case: Case, what: a.Restore) -> Happenings:
    """Bring supply back for everybody; never while danger is open."""
    outage = case.outage
    if outage.danger:
        raise Refused("danger_still_open", hazards=sorted(outage.open_hazards))
    restored = e.Restored(
        task=case.job.id,
        restoration_no=outage.restoration_no + 1,
        restored_at=max(case.occurred, outage.clock_start),
        temporary=what.temporary,
        resolution="temporary_repair" if what.temporary else "repaired",
    )
    return (*confirm(outage, "crew"), restored)


def complete(case: Case, what: a.Complete) -> Happenings:
    """Finish a task; the last one ends the field work, and only in the light.

    A crew that was to begin with this one and has not been sent is needed no more in the light, nor
    is one that was to cut trees for it. Trees that a look has found are cut before the repair.
    """
    outage, job = case.outage, case.job
    if not may_complete(outage, job):
        if job.danger and outage.danger:
            raise Refused("danger_still_open", hazards=sorted(outage.open_hazards))
        raise Refused("customers_still_off", off=outage.customers_off)
    done = e.TaskDone(task=job.id, cause=what.cause)
    idle = [t for t in outage.meeting_of(job) if t.state is TaskState.QUEUED and not outage.dark]
    idle += uncut(outage, job)
    unneeded = tuple(e.TaskCancelled(task=t.id, reason="work_done") for t in idle)
    gone = {job.id, *(t.id for t in idle)}
    others = [t for t in outage.open_tasks if t.id not in gone]
    ended: Happenings = (done, *unneeded)
    if what.cause == TREES and job.kind in _LOOKING:
        ended += trees_found(outage, case.policy, job)
    return ended if others else (*ended, *field_completed(outage))
