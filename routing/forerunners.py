"""Which tasks may be begun, once those before them are finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from routing.snapshot import Task


def layers(tasks: Sequence[Task]) -> Iterator[set[str]]:
    """Yield ids in sets, each waiting only for those before; circles are left out."""
    known = {task.id for task in tasks}
    yield from peeled({task.id: known & set(task.after) for task in tasks})


def peeled(waiting: dict[Any, set[Any]]) -> Iterator[set[Any]]:
    """Yield what waits for nothing, then what waited only for that, and so on."""
    while ready := {task for task, before in waiting.items() if not before}:
        yield ready
        waiting = {task: before - ready for task, before in waiting.items() if task not in ready}
