"""The lanes of intake: how many reports may be open in each, and the threads that take them.

Dispatching has threads and connections of its own beside these, so intake can never take them all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from anyio import CapacityLimiter
from starlette.types import Scope

MOST_OPEN = 256
"""Reports open at once in one lane: a street calling in the same moment, two seconds of waiting."""


class Lane(StrEnum):
    """Which way a report goes; nobody is turned away from danger."""

    DANGER = "danger"
    DESK = "desk"
    PUBLIC = "public"


class Lanes:
    """Counts the reports open in each lane, and holds the lane's threads."""

    def __init__(self, threads: int, most_open: int = MOST_OPEN) -> None:
        self.open = dict.fromkeys(Lane, 0)
        self.most_open = most_open
        self._threads = {
            Lane.DANGER: CapacityLimiter(max(1, threads // 12)),
            Lane.DESK: CapacityLimiter(max(1, threads // 6)),
            Lane.PUBLIC: CapacityLimiter(max(1, threads // 6)),
        }

    @contextmanager
    def taking(self, lane: Lane) -> Iterator[None]:
        """Count a report as open while it is taken."""
        self.open[lane] += 1
        try:
            yield
        finally:
            self.open[lane] -= 1

    def threads(self, lane: Lane) -> CapacityLimiter:
        """Return the threads in which a lane's reports are taken."""
        return self._threads[lane]

    def has_room(self, lane: Lane) -> bool:
        """Tell whether one more report may come in."""
        return lane is Lane.DANGER or self.open[lane] < self.most_open


def lane_of(scope: Scope) -> Lane:
    """Return the lane the gate let a report into."""
    return Lane(scope.get("lane", Lane.PUBLIC))
