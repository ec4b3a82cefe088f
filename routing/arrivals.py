"""Which of its orders a crew must be told another time of, so that it drives as it is planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

NEWS = timedelta(minutes=10)
"""By so much a told time is off before it is told anew; by less a drive of half an hour strays."""


@dataclass
class _Stop:
    task: str
    planned: datetime
    told: datetime

    @property
    def off(self) -> timedelta:
        return abs(self.planned - self.told)


class Arrivals:
    """The stops of one crew in the order of its plan; it drives by the times it was told."""

    def __init__(self) -> None:
        """Begin without a stop."""
        self._stops: list[_Stop] = []
        self._news: list[_Stop] = []

    def give(self, task: str, planned: datetime) -> None:
        """Add a stop that the crew hears of now."""
        self._stops.append(_Stop(task, planned, planned))

    def keep(self, task: str, planned: datetime, told: datetime | None) -> None:
        """Add a stop that the crew was told of, by what time it was told, if any."""
        stop = _Stop(task, planned, planned if told is None else told)
        self._stops.append(stop)
        if told is None or stop.off > NEWS:
            self._tell(stop)

    def other_times(self) -> list[tuple[str, datetime]]:
        """Return what to tell: times that are off, and as few as put the stops in order."""
        while (wrong := self._out_of_order()) is not None:
            self._tell(wrong)
        return [(stop.task, stop.planned) for stop in self._news]

    def _tell(self, stop: _Stop) -> None:
        stop.told = stop.planned
        self._news.append(stop)

    def _out_of_order(self) -> _Stop | None:
        """Return the worse told of two stops that the crew would go to the wrong way round."""
        for first, then in pairwise(self._stops):
            worse = max(first, then, key=lambda stop: stop.off)
            if first.told >= then.told and worse.off:
                return worse
        return None
