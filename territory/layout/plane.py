"""Metres around the middle of a land: where lengths and areas are measured."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
import numpy.typing as npt

from territory.land import Bounds, Spot

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
METRES_PER_DEGREE = 111_320.0
DECIMALS = 6


@dataclass(frozen=True)
class Plane:
    """A flat picture of the land; good to a few parts in a thousand over a hundred kilometres."""

    lon: float
    lat: float

    @classmethod
    def of(cls, bounds: Bounds) -> "Plane":
        """Return the plane that touches the earth in the middle of some bounds."""
        return cls((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)

    @property
    def _scale(self) -> Array:
        return np.array([METRES_PER_DEGREE * cos(radians(self.lat)), METRES_PER_DEGREE])

    def metres(self, spots: Any) -> Array:
        """Return [east, north] of spots."""
        given = np.asarray(spots, dtype=float).reshape(-1, 2)
        found: Array = (given - np.array([self.lon, self.lat])) * self._scale
        return found

    def spots(self, places: Array) -> list[Spot]:
        """Return spots of places in metres, to a tenth of a metre."""
        degrees = np.round(places / self._scale + np.array([self.lon, self.lat]), DECIMALS)
        return [(lon, lat) for lon, lat in degrees.tolist()]

    def spot(self, place: Array) -> Spot:
        """Return the spot of one place in metres."""
        return self.spots(place.reshape(1, 2))[0]
