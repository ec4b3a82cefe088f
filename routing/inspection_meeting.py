"""Whether crews that must meet do: different crews, all of them, at one moment."""

from collections import defaultdict
from collections.abc import Iterator

from routing.inspection_fitness import is_humans_choice
from routing.inspection_hold import frozen_tasks, urgent_tasks
from routing.receipt import Fault, Route, Violation, Visit
from routing.snapshot import Crew, Snapshot, Task

Stand = tuple[Crew, Visit]


def meeting_faults(snapshot: Snapshot, routes: list[Route]) -> Iterator[Violation]:
    """Yield work of a meeting that one crew has twice, or that is not begun with all others.

    Danger, and what leads to it, waits for nobody; work under way is where it is.
    """
    named: dict[str, list[Task]] = defaultdict(list)
    for task in snapshot.tasks:
        if task.meeting is not None:
            named[task.meeting].append(task)
    if not named:
        return
    crews = {crew.id: crew for crew in snapshot.crews}
    stands = {v.task: (crews[route.crew], v) for route in routes for v in route.visits}
    frozen, urgent = frozen_tasks(snapshot), urgent_tasks(snapshot)
    for tasks in named.values():
        going = [task for task in tasks if task.id in stands]
        for task in going:
            crew, visit = stands[task.id]
            there = [each for each in going if stands[each.id][0] is crew]
            if len(there) > 1 and task.id not in frozen:
                kept = any(is_humans_choice(snapshot, each, crew) for each in there)
                yield Violation(fault=Fault.MEETING, crew=crew.id, task=visit.task, kept=kept)
        plain = [task for task in tasks if task.id not in urgent]
        yield from _apart(snapshot, plain, stands, frozen)


def _apart(
    snapshot: Snapshot, plain: list[Task], stands: dict[str, Stand], frozen: set[str]
) -> Iterator[Violation]:
    """Yield what is not begun together by those who are not there yet."""
    moving = [task for task in plain if task.id in stands and task.id not in frozen]
    lacking = any(task.id not in stands for task in plain)
    begun = [stands[task.id][1].start_at for task in plain if task.id in frozen & stands.keys()]
    starts = {stands[task.id][1].start_at for task in moving}
    last = max([*starts, *begun], default=None)
    for task in moving:
        crew, visit = stands[task.id]
        if lacking or visit.start_at != last:
            kept = is_humans_choice(snapshot, task, crew)
            yield Violation(fault=Fault.MEETING, crew=crew.id, task=task.id, kept=kept)
