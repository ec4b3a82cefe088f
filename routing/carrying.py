"""Parts that crews carry: counted, used up along a route, and not filled again within a plan.

What a human gave to a crew is loaded first; other work has what that leaves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from routing.receipt import Code, CrewReason
from routing.snapshot import Crew, Snapshot, Task

Taken = Mapping[str, int]


def short_of(task: Task, crew: Crew, taken: Taken | None = None) -> CrewReason | None:
    """Return what a crew has too little of for a task, once others have taken theirs, or None.

    A crew whose parts nobody counts lacks none.
    """
    if not task.parts or crew.parts is None:
        return None
    for name, needed in sorted(task.parts.items()):
        left = max(0, crew.parts.get(name, 0) - (taken or {}).get(name, 0))
        if needed > left:
            params: dict[str, str | int | float]
            params = {"missing": name, "needed": needed, "left": left}
            return CrewReason(crew=crew.id, code=Code.PARTS, params=params)
    return None


class Stock:
    """What the crews of a snapshot carry, and who has a claim on it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._needs = {task.id: task.parts for task in snapshot.tasks if task.parts}
        self._given: dict[str, set[str]] = {}
        for task in snapshot.tasks if self._needs else ():
            if task.parts and task.lock is not None and task.lock.crew is not None:
                self._given.setdefault(task.lock.crew, set()).add(task.id)

    def taken(self, crew: str, route: Iterable[str]) -> Taken:
        """Return what a crew's route and a human's choices for it use up, by part."""
        found = Counter[str]()
        for name in {*route, *self._given.get(crew, ())} if self._needs else ():
            found.update(self._needs.get(name, {}))
        return found

    def short_of(self, task: Task, crew: Crew, route: Iterable[str]) -> CrewReason | None:
        """Return what is missing for one more task on a crew's route; never for a human's choice.

        Whether the task is on the route already makes no difference.
        """
        if not task.parts or task.id in self._given.get(crew.id, ()):
            return None
        return short_of(
            task, crew, self.taken(crew.id, (each for each in route if each != task.id))
        )
