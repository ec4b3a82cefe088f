"""What the streets do to a drive: queues by the hour, junctions, each street's own habits.

No road engine knows any of it. Speeds are those of traffic and not of a profile, and what is built
up is told from how dense the junctions are, not from the area classes that promises are made by.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import exp
from random import Random

import numpy as np
from numpy.typing import NDArray

from roads.conditions import Conditions
from roads.graph import GraphRoads
from roads.ways import KINDS, Real, Ways, Whole
from routing.travel import Place
from sim.chance import happens, stream

KMH = {
    "motorway": 98, "trunk": 78, "primary": 62, "secondary": 50, "tertiary": 42,
    "unclassified": 33, "residential": 24, "living_street": 9, "service": 12, "track": 10,
}  # fmt: skip
"""How fast the traffic is where nothing is in its way."""
MAIN = frozenset({"trunk", "primary", "secondary", "tertiary"})
RUSH = (
    0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.4, 0.9, 1.0, 0.6, 0.4, 0.5,
    0.6, 0.5, 0.4, 0.5, 0.7, 1.0, 0.9, 0.5, 0.3, 0.2, 0.1, 0.0,
)  # fmt: skip
"""How full the streets of a town are, by hour of the day."""
MAIN_LOST, OTHER_LOST, COUNTRY_LOST = 0.45, 0.25, 0.12
"""The share of its speed that a street loses when the streets are fullest."""
STREET_SPREAD, STORM_SPREAD = 0.12, 0.25
SIGNAL_S, RUSH_SIGNAL_S, JUNCTION_S = 10.0, 15.0, 3.0
DARK = range(6)
"""The hours at which signals are off."""
SETS_OUT_S = (20.0, 80.0)
"""Out of the yard, and a place to leave the car."""
OFF_ROAD_KMH = 8.0
CELL_M, BUILT_UP = 500.0, 8
"""A place is built up where a cell of this side has so many junctions."""


class Streets:
    """The streets of a land at one hour, as crews find them; crews know them and go their way."""

    def __init__(
        self,
        ways: Ways,
        hour: int,
        seed: int,
        *,
        closed: Collection[int] = (),
        slow: Mapping[str, float] | None = None,
    ) -> None:
        """Take the ways of a land; `slow` is the share of its speed each kind has in a storm."""
        arms = np.bincount(np.concatenate([ways.start, ways.end]), minlength=len(ways.node))
        town = _built_up(ways, arms)
        self._wait = _waits(ways, arms, town, hour)
        self._signal = self._wait > JUNCTION_S
        kmh = _free_kmh(ways, town, hour) * _habits(ways, seed, slow or {})
        seconds = ways.metres * 3.6 / kmh
        # Half of what a junction costs belongs to each of the streets one comes and goes by.
        seconds += (self._wait[ways.start] + self._wait[ways.end]) / 2
        driven = np.where(ways.metres > 0, ways.metres * 3.6 / np.maximum(seconds, 1e-6), kmh)
        conditions = Conditions(closed=tuple(sorted(closed)))
        self._roads = GraphRoads(replace(ways, kmh=driven), "streets", conditions)
        at = zip(ways.lon.tolist(), ways.lat.tolist(), strict=True)
        self._node = {spot: row for row, spot in enumerate(at)}

    def drive(self, origin: Place, target: Place, chance: Random) -> float | None:
        """Return the seconds one drive takes; None where no street leads there."""
        way = self._roads.drive(origin, target)
        if way is None:
            return None
        seconds = way.ms / 1000 + chance.uniform(*SETS_OUT_S)
        seconds += sum(self._roads.snap([origin, target]).off) * 3.6 / OFF_ROAD_KMH
        for row in self._passed(way.path):
            if self._signal[row]:
                seconds += _at_signal(float(self._wait[row]), chance)
        return float(seconds)

    def way(self, origin: Place, target: Place) -> list[int]:
        """Return the nodes a crew passes; none where no street leads there."""
        way = self._roads.drive(origin, target)
        return self._passed(way.path) if way else []

    def _passed(self, path: Collection[tuple[float, float]]) -> list[int]:
        return [self._node[spot] for spot in path if spot in self._node]


def _at_signal(mean_s: float, chance: Random) -> float:
    """Return what a signal costs this time, beside its mean."""
    return (chance.uniform(0, 4 * mean_s) if happens(chance, 0.5) else 0.0) - mean_s


def _built_up(ways: Ways, arms: Whole) -> NDArray[np.bool_]:
    """Tell of each node whether it lies in a town."""
    wide = 111_320.0 * np.cos(np.radians(ways.lat.mean()))
    column = np.floor(ways.lon * wide / CELL_M).astype(np.int64)
    row = np.floor(ways.lat * 111_320.0 / CELL_M).astype(np.int64)
    _, cell = np.unique(np.stack([column, row]), axis=1, return_inverse=True)
    return np.asarray(np.bincount(cell.ravel(), weights=arms >= 3)[cell.ravel()] >= BUILT_UP)


def _waits(ways: Ways, arms: Whole, town: NDArray[np.bool_], hour: int) -> Real:
    """Return the mean seconds each node costs: main roads meet at signals, in towns by day."""
    main = np.isin(ways.kind, [number for number, kind in enumerate(KINDS) if kind in MAIN])
    ends = np.concatenate([ways.start[main], ways.end[main]])
    main_arms = np.bincount(ends, minlength=len(ways.node))
    wait = np.where(arms >= 3, JUNCTION_S, 0.0)
    if hour in DARK:
        return wait
    signals = town & (arms >= 3) & (main_arms >= 3)
    return np.where(signals, SIGNAL_S + RUSH_SIGNAL_S * RUSH[hour], wait)


def _free_kmh(ways: Ways, town: NDArray[np.bool_], hour: int) -> Real:
    """Return how fast the traffic of an hour is."""
    plain = [kind.removesuffix("_link") for kind in KINDS]
    kmh = np.array([KMH[kind] for kind in plain], dtype=float)[ways.kind]
    lost = np.array([MAIN_LOST if kind in MAIN else OTHER_LOST for kind in plain])[ways.kind]
    lost = np.where(town[ways.start], lost, COUNTRY_LOST)
    return np.asarray(kmh * (1 - lost * RUSH[hour]), dtype=float)


def _habits(ways: Ways, seed: int, slow: Mapping[str, float]) -> Real:
    """Return each street's own share of speed: always the same, but in a storm another one."""
    share: dict[int, float] = {}
    for way, kind in zip(ways.way.tolist(), ways.kind.tolist(), strict=True):
        if way not in share:
            chance = stream(seed, "street", way)
            share[way] = exp(chance.gauss(0, STREET_SPREAD))
            if slow:
                told = slow.get(KINDS[kind].removesuffix("_link"), 1.0)
                share[way] *= min(1.0, told * exp(chance.gauss(0, STORM_SPREAD)))
    return np.array([share[way] for way in ways.way.tolist()])
