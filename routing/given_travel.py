"""Travel by a matrix somebody gives: for instances that bring their own seconds."""

from collections.abc import Sequence

import numpy as np

from routing.travel import Place, Real, Whole

STEP = 1e-4  # degrees from one number's place to the next


def place_number(number: int) -> tuple[float, float]:
    """Return the degrees that stand for a row of the matrix."""
    return round(number * STEP, 6), 0.0


class GivenTravel:
    """Seconds between numbered places, as given; metres are not known and told as none."""

    version = "given/1"

    def __init__(self, seconds: Whole) -> None:
        self._seconds = seconds

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return the seconds of one leg."""
        return int(self._seconds[_number(origin), _number(target)]), 0

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return the seconds of every pair."""
        rows, columns = ([_number(place) for place in places] for places in (origins, targets))
        seconds = self._seconds[np.ix_(rows, columns)]
        return seconds, np.zeros(seconds.shape)


def _number(place: Place) -> int:
    return round(place.lon / STEP)
