"""Whether a board should look again after something happened to an outage, and whom it frees."""

from collections.abc import Iterable

from domain.events import (
    BOARD_MATTERS,
    Happening,
    TaskCancelled,
    TaskDone,
    TaskRefused,
    TaskReleased,
)
from domain.outage import Outage


def stirs(before: Outage, after: Outage, kind: str) -> bool:
    """Tell whether a happening of this kind, which led from one state to the other, matters.

    One caller more who says what is known already changes no plan. Nor does a rung: it says that
    time has passed, which no plan is made from, and by the clock a board looks in any case. In a
    storm three stirs in four would be rungs.
    """
    if kind == "rung_climbed":
        return False
    if kind != "reports_taken":
        return kind in BOARD_MATTERS
    return _weight(before) != _weight(after)


def freed(after: Outage, happened: Iterable[Happening]) -> set[str]:
    """Return the crews that lost work by what happened; they may have other work all the same."""
    crews: set[str | None] = set()
    for what in happened:
        match what:
            case TaskReleased() | TaskRefused():
                crews.add(what.crew)
            case TaskDone() | TaskCancelled():
                crews |= {task.crew for task in after.tasks if task.id == what.task}
    return {crew for crew in crews if crew is not None}


def _weight(outage: Outage) -> tuple[object, ...]:
    """Return what reports can change of an outage's place in a plan."""
    return (
        outage.clock_start,
        outage.hazards,
        outage.cleared_hazards,
        outage.life_support,
        outage.key_class,
        outage.customers_off,
    )
