"""Work that needs several crews at one place at one time: who begins together with whom."""

from collections.abc import Mapping

from routing.snapshot import Snapshot, Task

Partners = Mapping[str, tuple[str, ...]]


def gathered(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Return the tasks of every meeting that has more than one here."""
    found: dict[str, list[str]] = {}
    for task in snapshot.tasks:
        if task.meeting is not None:
            found.setdefault(task.meeting, []).append(task.id)
    return {name: tuple(mine) for name, mine in found.items() if len(mine) > 1}


def others_of(snapshot: Snapshot) -> Partners:
    """Return for every task of a meeting the others, which are for other crews."""
    return {
        each: tuple(other for other in mine if other != each)
        for mine in gathered(snapshot).values()
        for each in mine
    }


def partners_of(snapshot: Snapshot) -> Partners:
    """Return for every task of a meeting those it begins together with.

    Danger, and what danger waits for, begins as soon as one crew is there.
    """
    others = others_of(snapshot)
    if not others:
        return others
    urgent = urgent_of(snapshot)
    plain = {task: mine for task, mine in others.items() if task not in urgent}
    found = {task: tuple(other for other in mine if other in plain) for task, mine in plain.items()}
    return {task: mine for task, mine in found.items() if mine}


def urgent_of(snapshot: Snapshot) -> set[str]:
    """Return the dangerous tasks and all that they wait for."""
    tasks: dict[str, Task] = {task.id: task for task in snapshot.tasks}
    urgent: set[str] = set()
    fresh = {task.id for task in snapshot.tasks if task.danger}
    while fresh:
        urgent |= fresh
        fresh = {each for task in fresh for each in tasks[task].after if each in tasks} - urgent
    return urgent
