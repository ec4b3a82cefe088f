"""Which field work an outage owes, and how it is added or dropped."""

from domain import actions as a
from domain import events as e
from domain.case import Case, Happenings
from domain.errors import Refused
from domain.ids import task_id
from domain.kinds import MOST_CREWS, TaskKind
from domain.meeting import CallCrew
from domain.moves import may_call_crew
from domain.outage import Outage, Task, TaskState
from domain.parts import NeedParts, PartsNeeded
from domain.policy import Policy

TREES = "trees"
"""How a crew names trees on the line, as what work waits for and as the cause."""

MENDING = frozenset({TaskKind.REPAIR, TaskKind.MAKE_PERMANENT})


def work_needed(outage: Outage, policy: Policy) -> Happenings:
    """Return the tasks an outage lacks: make safe while danger is open, and a repair in the dark.

    A repair waits for the tasks that make its place safe, and for trees to be cut. Announced work
    needs no repair, unless there is danger: that is never announced.
    """
    happenings: list[e.Happening] = []
    open_kinds = {task.kind for task in outage.open_tasks}
    number = len(outage.tasks) + 1
    after = tuple(task.id for task in outage.open_tasks if task.danger)
    if outage.danger and not after:
        happenings.extend(_crews_added(outage, number, TaskKind.MAKE_SAFE, policy))
        number += len(happenings)
        after = tuple(task_id(outage.id, each) for each in range(len(outage.tasks) + 1, number))
    announced = outage.planned_until is not None and not outage.danger
    if outage.dark and not announced and TaskKind.REPAIR not in open_kinds:
        after += tuple(t.id for t in outage.open_tasks if t.kind is TaskKind.CUT_TREES)
        happenings.extend(_crews_added(outage, number, TaskKind.REPAIR, policy, after))
    return tuple(happenings)


def trees_found(outage: Outage, policy: Policy, done: Task | None = None) -> Happenings:
    """Return the work that trees on the line lead to: they are cut once it is safe; `done` is over.

    None under a policy that knows no such work, and none twice.
    """
    known = TaskKind.CUT_TREES in policy.work
    owed = any(task.kind is TaskKind.CUT_TREES for task in outage.open_tasks)
    if not known or owed or not outage.dark or outage.planned_until is not None:
        return ()
    after = tuple(t.id for t in outage.open_tasks if t.danger and t is not done)
    return _crews_added(outage, len(outage.tasks) + 1, TaskKind.CUT_TREES, policy, after)


def add_task(case: Case, what: a.AddTask) -> Happenings:
    """Add one more piece of work, e.g. for a second fault found on site."""
    outage = case.outage
    if outage.planned_until is not None:
        raise Refused("planned_work_on", until=outage.planned_until.isoformat())
    unknown = [item for item in what.after if outage.task(item) is None]
    if unknown:
        raise Refused("task_unknown", pointer="/after", tasks=unknown)
    number = len(outage.tasks) + 1
    return _crews_added(outage, number, what.task_kind, case.policy, what.after, what.work_s)


def call_crew(case: Case, _what: CallCrew) -> Happenings:
    """Ask for one more crew for the work a crew is on; it comes as soon as one can."""
    outage, job = case.outage, case.job
    if outage.planned_until is not None:
        raise Refused("planned_work_on", until=outage.planned_until.isoformat())
    if not may_call_crew(outage, job):
        raise Refused("crews_enough", most=MOST_CREWS)
    added = e.TaskAdded(
        task=task_id(outage.id, len(outage.tasks) + 1),
        task_kind=job.kind,
        skills=job.skills,
        licences=job.licences,
        work_s=job.work_s,
        danger=job.danger,
        meeting=job.meeting or job.id,
    )
    return (added,)


def need_parts(case: Case, what: NeedParts) -> Happenings:
    """Note what work uses up: the crew's own, or, of one that looks or makes safe, the repair."""
    job, mending = case.job, [t for t in case.outage.open_tasks if t.kind in MENDING]
    if job.kind not in MENDING and mending:
        job = mending[0]
    return (PartsNeeded(task=job.id, part=what.part, count=what.count),)


def _crews_added(
    outage: Outage,
    number: int,
    kind: TaskKind,
    policy: Policy,
    after: tuple[str, ...] = (),
    work_s: int | None = None,
) -> tuple[e.TaskAdded, ...]:
    """Return a task for each crew that work of a kind needs, the first by this number."""
    work, first = policy.work_of(kind), task_id(outage.id, number)
    return tuple(
        e.TaskAdded(
            task=task_id(outage.id, number + place),
            task_kind=kind,
            skills=work.skills,
            licences=work.licences,
            after=after,
            work_s=work_s or work.minutes * 60,
            danger=kind is TaskKind.MAKE_SAFE,
            meeting=first if work.crews > 1 else None,
            parts={} if place else work.parts,
            before=_waiting(outage, after) if kind is TaskKind.CUT_TREES else (),
        )
        for place in range(work.crews)
    )


def _waiting(outage: Outage, after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the repairs that wait for trees to be cut: all but those the cutting waits for."""
    first, fresh = set[str](), set(after)
    while fresh:
        first |= fresh
        tasks = [task for task in outage.tasks if task.id in fresh]
        fresh = {each for task in tasks for each in task.after} - first
    mending = (task for task in outage.open_tasks if task.kind in MENDING)
    return tuple(task.id for task in mending if task.id not in first)


def uncut(outage: Outage, gone: Task) -> tuple[Task, ...]:
    """Return the trees nobody need cut once this work is done too: the light is on without it."""
    mending = [t for t in outage.open_tasks if t.kind in MENDING and t.id != gone.id]
    if outage.dark or mending or gone.kind is not TaskKind.REPAIR:
        return ()
    queued = (t for t in outage.open_tasks if t.state is TaskState.QUEUED)
    return tuple(t for t in queued if t.kind is TaskKind.CUT_TREES)


def cancel_task(case: Case, what: a.CancelTask) -> Happenings:
    """Drop work nobody has begun; never the last that could bring the light back."""
    outage, job = case.outage, case.job
    if job.danger and outage.danger:
        raise Refused("danger_still_open", hazards=sorted(outage.open_hazards))
    others = [t for t in outage.open_tasks if t.id != job.id]
    if outage.dark and not others:
        raise Refused("customers_still_off", off=outage.customers_off)
    cancelled = e.TaskCancelled(task=job.id, reason=what.reason)
    return (cancelled,) if others else (cancelled, *field_completed(outage))


def field_completed(outage: Outage) -> Happenings:
    """Return the end of field work; callbacks that are through already have verified it."""
    if 0 < outage.restoration_no == outage.callbacks_finished:
        return (e.FieldCompleted(), e.Verified(how="callbacks"))
    return (e.FieldCompleted(),)
