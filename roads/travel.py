"""Road travel behind the seam: an engine's tables, paced by area class, an answer for all pairs."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from math import ceil

import numpy as np
from numpy.typing import NDArray

from domain.kinds import AreaClass
from roads.cache import Leg, Pairs, key_of
from routing.travel import GeodesicTravel, Place, Real, Whole
from routing.travel_model import RoadModel, TravelModel

FAR_M = 2000.0
"""A place farther than this from every road is not driven to by road."""
ON_FOOT_KMH = 5.0
"""Where the road is cut off the rest of the way is walked."""


class Mark(StrEnum):
    """How a pair was measured."""

    ROAD = "road"
    FAR = "far_from_roads"
    CUT_OFF = "cut_off"


class RoadTravel:
    """Seconds and metres by road; a pair without a road is geodesic, and marked.

    From the place to the road and back it is geodesic too. Where no road leads from one to the
    other, most of all because it is closed, the way counts as walked.
    """

    def __init__(self, model: TravelModel, roads: RoadModel, pairs: Pairs) -> None:
        """Drive the roads of a model."""
        self._roads, self.pairs = roads, pairs
        speeds = model.model_dump(include={"circuity", "speed_kmh"})
        self._geodesic = GeodesicTravel(TravelModel(**speeds))
        walked = dict.fromkeys(AreaClass, ON_FOOT_KMH)
        self._walk = GeodesicTravel(TravelModel(circuity=model.circuity, speed_kmh=walked))
        self._off_s = {
            area: 3.6 / speed * model.circuity for area, speed in model.speed_kmh.items()
        }
        self._name = f"roads/{roads.version}/{model.digest()[:12]}"

    @property
    def version(self) -> str:
        """Name the engine, its data and the numbers of this moment."""
        return self._name

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return whole seconds and metres of one leg, as told to people."""
        if key_of(origin) == key_of(target):
            return 0, 0
        told = self.pairs.leg(origin, target)
        mark = self._mark(told)
        if mark is Mark.FAR:
            return self._geodesic.leg(origin, target)
        if mark is Mark.CUT_OFF:
            return self._walk.leg(origin, target)
        ms, dm, off_origin, off_target = told
        first, second = origin.area_class, target.area_class
        first, second = first or second, second or first
        pace = (self._pace(first) + self._pace(second)) / 2
        seconds = (
            ms * pace / 1000 + off_origin * self._slow(first) + off_target * self._slow(second)
        )
        return ceil(round(seconds, 6)), round(dm / 10 + off_origin + off_target)

    def mark(self, origin: Place, target: Place) -> Mark:
        """Tell how the leg between two places is measured."""
        return self._mark(self.pairs.leg(origin, target))

    @staticmethod
    def _mark(told: Leg) -> Mark:
        if max(told[2:]) > FAR_M:
            return Mark.FAR
        return Mark.CUT_OFF if told[0] < 0 else Mark.ROAD

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return seconds and metres of every pair; the seconds are those of the legs."""
        told = self.pairs.table(origins, targets)
        rows, columns = _classes(origins)[:, None], _classes(targets)[None, :]
        rows, columns = np.where(rows < 0, columns, rows), np.where(columns < 0, rows, columns)
        pace, slow = self._by_class(self._pace), self._by_class(self._slow)
        off, far = told.off_origins[:, None], told.off_targets[None, :]
        seconds = told.ms * ((pace[rows] + pace[columns]) / 2) / 1000
        seconds = seconds + off * slow[rows] + far * slow[columns]
        whole = np.ceil(np.round(seconds, 6)).astype(np.int64)
        metres = told.dm / 10 + off + far
        apart = np.maximum(off, far) > FAR_M
        self._fill(apart, self._geodesic, origins, targets, (whole, metres))
        self._fill((told.ms < 0) & ~apart, self._walk, origins, targets, (whole, metres))
        same = _keys(origins)[:, None] == _keys(targets)[None, :]
        return np.where(same, 0, whole), np.where(same, 0.0, metres)

    @staticmethod
    def _fill(
        where: NDArray[np.bool_],
        by: GeodesicTravel,
        origins: Sequence[Place],
        targets: Sequence[Place],
        into: tuple[Whole, Real],
    ) -> None:
        """Put the pairs that no road joins in."""
        rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
        if not len(rows):
            return
        seconds, metres = by.matrix(
            [origins[i] for i in rows.tolist()], [targets[i] for i in columns.tolist()]
        )
        part = np.ix_(rows, columns)
        into[0][part] = np.where(where[part], seconds, into[0][part])
        into[1][part] = np.where(where[part], metres, into[1][part])

    def _pace(self, area: AreaClass | None) -> float:
        return self._roads.pace.get(area or AreaClass.URBAN, 1.0)

    def _slow(self, area: AreaClass | None) -> float:
        """Return seconds a metre beside the road."""
        return self._off_s[area or AreaClass.URBAN]

    @staticmethod
    def _by_class(number: Callable[[AreaClass | None], float]) -> Real:
        # The last is that of a leg neither of whose ends has a class.
        return np.array([*(number(area) for area in AreaClass), number(None)], dtype=float)


def _classes(places: Sequence[Place]) -> Whole:
    order = {area: number for number, area in enumerate(AreaClass)}
    return np.array(
        [-1 if at.area_class is None else order[at.area_class] for at in places], dtype=np.int64
    )


def _keys(places: Sequence[Place]) -> NDArray[np.complex128]:
    return np.array([complex(*key_of(at)) for at in places])
