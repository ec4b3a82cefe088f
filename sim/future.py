"""What is still to happen: a heap of moments, each with what is done then."""

import heapq
from collections.abc import Callable
from datetime import datetime


class Future:
    """House time that jumps from one happening to the next; `now` never goes back."""

    def __init__(self, begins: datetime) -> None:
        self.now = begins
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = 0

    def at(self, moment: datetime, happens: Callable[[], None]) -> None:
        """Let something happen at a moment; what lies behind us happens now."""
        self._number += 1
        heapq.heappush(self._heap, (max(moment, self.now), self._number, happens))

    def run(self, until: datetime) -> None:
        """Let everything happen up to a moment, in its order."""
        while self._heap and self._heap[0][0] <= until:
            self.now, _, happens = heapq.heappop(self._heap)
            happens()

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left to happen."""
        return not self._heap
