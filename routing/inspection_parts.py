"""Whether each crew carries what its whole route uses up."""

from collections import Counter
from collections.abc import Iterator, Sequence

from routing.inspection_fitness import is_humans_choice
from routing.receipt import Fault, Route, Violation, Visit
from routing.snapshot import Crew, Snapshot, Task


def parts_faults(snapshot: Snapshot, routes: list[Route]) -> Iterator[Violation]:
    """Yield every visit that asks for more of a part than its crew has left.

    What a human chose, and what is under way, is served first.
    """
    needs = {task.id: task for task in snapshot.tasks if task.parts}
    loads = {crew.id: crew for crew in snapshot.crews if crew.parts is not None}
    for route in routes:
        if route.crew not in loads or not needs:
            continue
        crew, asked = loads[route.crew], [v.task for v in route.visits if v.task in needs]
        kept = {name for name in asked if is_humans_choice(snapshot, needs[name], crew)}
        gone = Counter[str]()
        for name in [*filter(kept.__contains__, asked), *(n for n in asked if n not in kept)]:
            gone.update(needs[name].parts)
            over = [p for p in needs[name].parts if gone[p] > (crew.parts or {}).get(p, 0)]
            if over:
                yield Violation(
                    fault=Fault.PARTS,
                    crew=crew.id,
                    task=name,
                    kept=name in kept,
                    params={"missing": over[0]},
                )


def too_few(snapshot: Snapshot, task: Task, crew: Crew, held: Sequence[Visit]) -> bool:
    """Tell whether these visits, and what a human gave the crew, leave too few parts for a task."""
    if (
        crew.parts is None
        or not task.parts
        or (task.lock is not None and task.lock.crew == crew.id)
    ):
        return False
    first = {visit.task for visit in held}
    others = [
        each.parts
        for each in snapshot.tasks
        if each.id in first or (each.lock is not None and each.lock.crew == crew.id)
    ]
    return any(
        need > max(0, crew.parts.get(part, 0) - sum(each.get(part, 0) for each in others))
        for part, need in task.parts.items()
    )
