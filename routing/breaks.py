"""A crew's break: when it is due, and what it does to the clock of a route.

A break is had between two tasks, where the crew stands, before it drives on. It is put off while
the next task is done in time for it, and had where the crew would wait as long all the same. So it
follows from the times of a route alone, and nobody has to look for its place.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.value import Value
from routing.moments import Moment, Told

DAY_S = 24 * 3600


class Break(Value):
    """A break a crew has not had yet: it begins from `earliest` to `latest`."""

    earliest: Told
    latest: Told
    length_s: int = Field(gt=0, le=DAY_S)

    @model_validator(mode="after")
    def _window_has_a_length(self) -> Self:
        if self.latest < self.earliest:
            raise PydanticCustomError("break_window", "latest lies before earliest")
        return self

    def due(self) -> "Due":
        """Return the break as the clock of a route counts it, in moments."""
        return Due(self.earliest, self.latest, timedelta(seconds=self.length_s))


class BreakTaken(Value):
    """When a crew has its break in a plan."""

    start_at: Moment
    end_at: Moment


class Due(NamedTuple):
    """A break still due, in any one unit of time: moments, or whole numbers since a moment."""

    earliest: Any
    latest: Any
    length: Any

    def over(self, free: Any) -> Any:
        """Return when the break would be over for who is free from then on."""
        return max(free, self.earliest) + self.length

    def had(self, free: Any, leaves: Any) -> bool:
        """Tell whether a crew that is free at one moment and leaves at another has had it."""
        return bool(self.over(free) <= leaves)


def still(due: Due | None, free: Any, leaves: Any) -> Due | None:
    """Return the break that is due after a pause of a crew, from when it is free to its leaving."""
    return None if due is None or due.had(free, leaves) else due


def begins(due: Due | None, free: Any, drive: Any, floor: Any, work: Any, *, hurried: bool) -> Any:
    """Return when a task begins, no sooner than its `floor`, the break before it if it must be.

    Who works past the latest moment has the break first; a `hurried` task comes before it.
    """
    start = max(free + drive, floor)
    if due is None or hurried or start + work <= due.latest:
        return start
    return max(due.over(free) + drive, floor)


def taken(due: Due, free: datetime, ends: datetime | None) -> BreakTaken | None:
    """Return the break of a crew that is free from a moment on; none where its shift is over."""
    begun = max(free, due.earliest)
    if ends is not None and begun >= ends:
        return None
    return BreakTaken(start_at=begun, end_at=due.over(free))
