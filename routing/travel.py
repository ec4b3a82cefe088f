"""Travel between places: the seam for a road engine, and geodesic travel until there is one.

Two precisions, on purpose. geopy's geodesic takes about 0.2 ms a pair: fine for the few legs that
are told to people, a minute and a half for the matrix of a thousand tasks. The matrix uses
Lambert's formula on the same ellipsoid, a few metres off over these distances, and is rounded up
past that, so a told time is never later than the one the search relied on.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple, Protocol

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
BLOCK = 100_000  # pairs worked on at a time
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
        """Return seconds, rounded up past the error of the formula, and metres.

        Some rows at a time: what is worked on stays small however large the district is.
        """
        seconds = np.zeros((len(origins), len(targets)), dtype=np.int64)
        metres = np.zeros(seconds.shape)
        step = max(1, BLOCK // max(1, len(targets)))
        for first in range(0, len(origins), step):
            rows = slice(first, first + step)
            metres[rows] = _lambert_metres(origins[rows], targets) * self._model.circuity
            pace = self._pace_between(origins[rows], targets)
            seconds[rows] = np.ceil(metres[rows] * pace * (1 + MARGIN))
        return seconds, metres

    def _pace_between(self, origins: Sequence[Place], targets: Sequence[Place]) -> Real:
        rows, columns = self._paces(origins)[:, None], self._paces(targets)[None, :]
        rows, columns = (
            np.where(np.isnan(rows), columns, rows),
            np.where(np.isnan(columns), rows, columns),
        )
        pace = (rows + columns) / 2
        return np.where(np.isnan(pace), self._of(None), pace)

    def _paces(self, places: Sequence[Place]) -> Real:
        return np.array(
            [self._pace[at.area_class] if at.area_class else np.nan for at in places], dtype=float
        )


@lru_cache(maxsize=65_536)
def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(geodesic((lat, lon), (other_lat, other_lon)).meters)


def _lambert_metres(origins: Sequence[Place], targets: Sequence[Place]) -> Real:
    """Return distances by Lambert's formula: great circle on reduced latitudes, corrected.

    With places as points of the unit sphere only one inverse sine is needed for each pair.
    """
    here, there = _on_sphere(origins), _on_sphere(targets)
    chord = np.zeros((len(origins), len(targets)))
    for axis in range(3):
        chord += np.square(here[:, None, axis] - there[None, :, axis])
    chord = np.minimum(chord / 4, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma, sine = 2 * np.arcsin(np.sqrt(chord)), 2 * np.sqrt(chord * (1 - chord))
        x = np.square(here[:, None, 2] + there[None, :, 2]) / 4 * (sigma - sine) / (1 - chord)
        y = np.square(here[:, None, 2] - there[None, :, 2]) / 4 * (sigma + sine) / chord
        metres = _MAJOR_KM * 1000 * (sigma - _FLATTENING / 2 * (x + np.nan_to_num(y)))
    return np.asarray(np.nan_to_num(metres), dtype=float)


def _on_sphere(places: Sequence[Place]) -> Real:
    """Return places as points of the unit sphere, by their reduced latitudes."""
    lon, lat = _radians(places).T
    reduced = np.arctan((1 - _FLATTENING) * np.tan(lat))
    return np.stack(
        [np.cos(reduced) * np.cos(lon), np.cos(reduced) * np.sin(lon), np.sin(reduced)], axis=1
    )


def _radians(places: Sequence[Place]) -> Real:
    return np.radians(np.array([(at.lon, at.lat) for at in places], dtype=float).reshape(-1, 2))
