"""Rules of merging and splitting orders: who may give up reports, who may take them over."""

from domain import events as e
from domain import regrouping as r
from domain.case import Case, Happenings
from domain.errors import Refused
from domain.ids import task_id
from domain.intake import after_reports
from domain.outage import Outage, TaskState
from domain.regrouping_steps import absorbed, joined, split_off
from domain.work import work_needed


def merge(case: Case, what: r.Merge) -> Happenings:
    """Begin to hand the reports over to another order of the same cause."""
    if what.into == case.outage.id:
        raise Refused("merge_into_itself", pointer="/into")
    _unannounced(case.outage)
    return (r.MergeBegun(into=what.into),)


def split(case: Case, what: r.Split) -> Happenings:
    """Begin to take some reports out: they have another cause."""
    _unannounced(case.outage)
    if not (what.reports or what.transformers):
        raise Refused("split_takes_none", pointer="/reports")
    if case.outage.reports < 2:
        raise Refused("split_takes_all", pointer="/reports")
    return (r.SplitBegun(reports=what.reports, transformers=what.transformers),)


def _unannounced(outage: Outage) -> None:
    """Refuse for announced work, which is one order by itself."""
    if outage.planned_until is not None:
        raise Refused("planned_work_on", until=outage.planned_until.isoformat())


def absorb(case: Case, what: r.Absorb) -> Happenings:
    """Take over another order once: its reports, and the crews that are out for it.

    Work of the same kind that nobody has here is needed no more when a crew brings it along.
    """
    outage = case.outage
    if what.outage in outage.absorbed:
        return ()
    _unannounced(outage)
    if outage.regrouping is not None:
        raise Refused("regrouping_under_way", outage=outage.id)
    taken_over = r.Absorbed(
        outage=what.outage,
        reports=what.tally.reports,
        restorations=what.restorations,
        first_arrived_at=what.first_arrived_at,
    )
    joins = _joining(outage, what)
    taken = e.ReportsTaken(**dict(what.tally))
    kinds = {each.task_kind for each in joins}
    unneeded = tuple(
        e.TaskCancelled(task=task.id, reason="merged")
        for task in outage.open_tasks
        if task.state is TaskState.QUEUED and task.kind in kinds
    )
    told = absorbed(outage, taken_over)
    for each in joins:
        told = joined(told, each)
    told = _without(told, unneeded)
    return (taken_over, *joins, *unneeded, taken, *after_reports(told, taken, case.policy))


def _joining(outage: Outage, what: r.Absorb) -> tuple[r.TaskJoined, ...]:
    first = len(outage.tasks) + 1
    return tuple(
        r.TaskJoined(
            task=task_id(outage.id, number),
            origin=task.id,
            crew=task.crew or "",
            task_kind=task.kind,
            was=task,
        )
        for number, task in enumerate(what.tasks, start=first)
    )


def _without(outage: Outage, cancelled: tuple[e.TaskCancelled, ...]) -> Outage:
    """Return the outage as if some work were off the list already."""
    gone = {each.task for each in cancelled}
    over = {"state": TaskState.CANCELLED}
    tasks = tuple(t.model_copy(update=over) if t.id in gone else t for t in outage.tasks)
    return outage.model_copy(update={"tasks": tasks})


def note_merge(case: Case, what: r.NoteMerge) -> Happenings:
    """End the order that was taken over, or go on with it where the other refused."""
    outage = case.outage
    if outage.regrouping is None or outage.regrouping.into != what.into:
        raise Refused("nothing_to_do", action=what.kind)
    if what.refused is not None:
        return (r.MergeRefused(into=what.into, code=what.refused),)
    over = tuple(e.TaskCancelled(task=task.id, reason="merged") for task in outage.open_tasks)
    return (*over, r.Merged(into=what.into))


def note_split(case: Case, what: r.NoteSplit) -> Happenings:
    """Go on with the reports that are left; a danger that went with the others is theirs."""
    outage, left = case.outage, what.left
    if outage.regrouping is None or outage.regrouping.into is not None:
        raise Refused("nothing_to_do", action=what.kind)
    if what.into is None or left is None:
        return (r.SplitRefused(code=what.refused or "split_takes_none"),)
    off = r.SplitOff(
        outage=what.into,
        moved=what.moved,
        reports=left.reports,
        hazards=left.hazards,
        life_support=left.life_support,
        customers=left.customers,
        key_class=left.key_class,
    )
    after = split_off(outage, off)
    unneeded = tuple(
        e.TaskCancelled(task=task.id, reason="split_off")
        for task in after.open_tasks
        if task.danger and not after.danger and task.state is TaskState.QUEUED
    )
    return (off, *unneeded, *work_needed(_without(after, unneeded), case.policy))
