"""The end of a search: a count of solutions, and seconds of real time as a safety cap."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from routing.receipt import StopCause
from routing.snapshot import Stop


@dataclass
class Budget:
    """What is left of a search; the count decides, the clock only guards against hanging."""

    stop: Stop
    now: Callable[[], float] = monotonic
    solutions: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._began = self.now()

    @property
    def spent_s(self) -> float:
        """Return the real seconds since the search began."""
        return self.now() - self._began

    @property
    def left_s(self) -> float:
        """Return the real seconds until the safety cap."""
        return max(0.0, self.stop.wall_s - self.spent_s)

    @property
    def left_solutions(self) -> int:
        """Return how many solutions may still be looked at."""
        return max(0, self.stop.solutions - self.solutions)

    def over(self) -> bool:
        """Tell whether the safety cap is reached."""
        return self.left_s <= 0

    def cause(self) -> StopCause | None:
        """Return what ended the search, or None while it may go on."""
        if self.over():
            return StopCause.WALL_CAP
        return StopCause.SOLUTION_LIMIT if self.left_solutions == 0 else None
