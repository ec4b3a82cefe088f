"""Travel between places: the seam for a road engine, and geodesic travel until there is one.

Two precisions, on purpose. geopy's geodesic takes about 0.2 ms a pair: fine for the few legs that
are told to people, a minute and a half for the matrix of a thousand tasks. The matrix uses
Lambert's formula on the same ellipsoid, a few metres off over these distances, and is rounded up
past that, so a told time is never later than the one the search relied on.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple, Protocol

import numpy as np
from geopy.distance import ELLIPSOIDS, geodesic
from numpy.typing import NDArray

from domain.errors import Refused
from domain.kinds import AreaClass
from routing.snapshot import Crew, Snapshot, Task
from routing.travel_model import TravelModel

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
MARGIN = 2e-5
_MAJOR_KM, _MINOR_KM, _FLATTENING = ELLIPSOIDS["WGS-84"]


class Place(NamedTuple):
    """A place in degrees; without an area class the other end of the leg decides the speed."""

    lon: float
    lat: float
    area_class: AreaClass | None = None


class Travel(Protocol):
    """Seconds and metres between places.

    A matrix entry is never less than the leg and at most about a second more.
    """

    @property
    def version(self) -> str:
        """Name the engine and its data, for the receipt."""

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return whole seconds and metres of one leg, as told to people."""

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return seconds and metres of every pair, as used by the search."""


def place_of(thing: Task | Crew) -> Place:
    """Return where a task or a crew is."""
    return Place(thing.lon, thing.lat, thing.area_class if isinstance(thing, Task) else None)


def travel_of(snapshot: Snapshot) -> Travel:
    """Return the engine a snapshot asks for, where that needs no road data."""
    if snapshot.travel.kind != "geodesic":
        raise Refused("travel_unknown", pointer="/travel/kind", kind=snapshot.travel.kind)
    return GeodesicTravel(snapshot.travel)


class GeodesicTravel:
    """Geodesic distance times circuity; each end of a leg sets the speed of its half."""

    def __init__(self, model: TravelModel) -> None:
        self._model = model
        self._pace = {area: 3.6 / speed for area, speed in model.speed_kmh.items()}

    @property
    def version(self) -> str:
        """Name the model, its version and numbers, and why no streets are driven."""
        name = f"{self._model.kind}/{self._model.version}/{self._model.digest()[:12]}"
        return f"{name} ({self._model.fallback})" if self._model.fallback else name

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return whole seconds and metres of one leg by geopy's geodesic."""
        metres = _metres(origin.lon, origin.lat, target.lon, target.lat) * self._model.circuity
        first, second = origin.area_class, target.area_class
        pace = (self._of(first or second) + self._of(second or first)) / 2
        return ceil(metres * pace), round(metres)

    def _of(self, area: AreaClass | None) -> float:
        return self._pace[area or AreaClass.URBAN]

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return seconds, rounded up past the error of the formula, and metres."""
        metres = _lambert_metres(origins, targets) * self._model.circuity
        rows, columns = self._paces(origins)[:, None], self._paces(targets)[None, :]
        rows, columns = (
            np.where(np.isnan(rows), columns, rows),
            np.where(np.isnan(columns), rows, columns),
        )
        pace = (rows + columns) / 2
        pace = np.where(np.isnan(pace), self._of(None), pace)
        seconds = np.ceil(metres * pace * (1 + MARGIN)).astype(np.int64)
        return seconds, metres

    def _paces(self, places: Sequence[Place]) -> Real:
        return np.array(
            [self._pace[at.area_class] if at.area_class else np.nan for at in places], dtype=float
        )


@lru_cache(maxsize=65_536)
def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(geodesic((lat, lon), (other_lat, other_lon)).meters)


def _lambert_metres(origins: Sequence[Place], targets: Sequence[Place]) -> Real:
    """Return distances by Lambert's formula: great circle on reduced latitudes, corrected."""
    here, there = _radians(origins), _radians(targets)
    with np.errstate(invalid="ignore", divide="ignore"):
        distances = _lambert(
            here[:, None, 0], here[:, None, 1], there[None, :, 0], there[None, :, 1]
        )
    return np.asarray(np.nan_to_num(distances), dtype=float)


def _lambert(lon: Any, lat: Any, other_lon: Any, other_lat: Any) -> Any:
    squash = 1 - _FLATTENING
    beta, other_beta = np.arctan(squash * np.tan(lat)), np.arctan(squash * np.tan(other_lat))
    chord = (
        np.sin((other_beta - beta) / 2) ** 2
        + np.cos(beta) * np.cos(other_beta) * np.sin((other_lon - lon) / 2) ** 2
    )
    sigma = 2 * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    mean, half = (beta + other_beta) / 2, (other_beta - beta) / 2
    x = (sigma - np.sin(sigma)) * (np.sin(mean) * np.cos(half) / np.cos(sigma / 2)) ** 2
    y = (sigma + np.sin(sigma)) * (np.cos(mean) * np.sin(half) / np.sin(sigma / 2)) ** 2
    return _MAJOR_KM * 1000 * (sigma - _FLATTENING / 2 * (x + np.nan_to_num(y)))


def _radians(places: Sequence[Place]) -> Real:
    return np.radians(np.array([(at.lon, at.lat) for at in places], dtype=float).reshape(-1, 2))
