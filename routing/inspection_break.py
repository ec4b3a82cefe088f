"""Whether crews have the breaks that are due: whole, between their work, and in their hours."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from routing.inspection_fitness import sets_out
from routing.inspection_hold import frozen_tasks, urgent_tasks
from routing.receipt import Fault, Hold, Route, Violation, Visit
from routing.snapshot import Crew, Snapshot, Task

SECOND = timedelta(seconds=1)


def break_faults(snapshot: Snapshot, routes: list[Route]) -> Iterator[Violation]:
    """Yield breaks that are left out, cut into by work, or outside their hours."""
    crews = {crew.id: crew for crew in snapshot.crews}
    tasks = {task.id: task for task in snapshot.tasks}
    first = frozen_tasks(snapshot) | urgent_tasks(snapshot)
    patient = {task.id for task in snapshot.tasks if task.id in first or _goes_first(task)}
    for route in routes:
        crew = crews[route.crew]
        visits = [visit for visit in route.visits if visit.task in tasks]
        if route.taken is None:
            if crew.due_break is not None and visits and _still_on_shift(crew, visits, snapshot.at):
                yield Violation(fault=Fault.BREAK_MISSED, crew=crew.id)
            continue
        if _cut(crew, route, visits, snapshot.at):
            yield Violation(fault=Fault.BREAK_CUT, crew=crew.id)
        elif _outside(crew, route, visits, patient, snapshot.at):
            yield Violation(fault=Fault.BREAK_HOURS, crew=crew.id)


def _goes_first(task: Task) -> bool:
    """Tell whether a break waits for plain work: for a human's hour, and for other crews."""
    return task.meeting is not None or (task.lock is not None and task.lock.start is not None)


def _still_on_shift(crew: Crew, visits: Sequence[Visit], at: datetime) -> bool:
    done = max(visits[-1].finish_at, sets_out(crew, at))
    return crew.due_break is not None and max(done, crew.due_break.earliest) < crew.shift_end


def _cut(crew: Crew, route: Route, visits: Sequence[Visit], at: datetime) -> bool:
    """Tell whether a break is too short, begins before the crew does, or has work in it."""
    told = route.taken
    if told is None or crew.due_break is None:
        return False
    short = told.end_at - told.start_at != timedelta(seconds=crew.due_break.length_s)
    held = [visit for visit in visits if visit.hold is Hold.FROZEN]
    others = visits[len(held) :]
    busy = any(v.depart_at < told.end_at and v.finish_at > told.start_at for v in others)
    soonest = max([sets_out(crew, at), *(visit.finish_at for visit in held[-1:])])
    return short or busy or told.start_at < soonest


def _outside(
    crew: Crew, route: Route, visits: Sequence[Visit], patient: set[str], at: datetime
) -> bool:
    """Tell whether a break begins too soon or too late, or is not had as soon as it may be.

    Too late is right where work that goes first, or getting ready, ran over.
    """
    told, due = route.taken, crew.due_break
    if told is None or due is None:
        return told is not None
    before = [visit for visit in visits if visit.finish_at <= told.start_at]
    free = max([sets_out(crew, at), *(visit.finish_at for visit in before[-1:])])
    late = told.start_at > due.latest
    excused = not before or before[-1].task in patient or sets_out(crew, at) > due.latest
    dawdled = told.start_at > max(free, due.earliest) + SECOND
    return told.start_at < due.earliest or dawdled or (late and not excused)
