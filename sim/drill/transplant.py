"""Recorded outages moved onto the district of an installation.

Each keeps its offset from its town's centre, scaled, and is snapped to the nearest home.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sin, sqrt
from statistics import median

import numpy as np

from sim.drill.records import RecordedOutage

METRES_PER_DEGREE = 111_320.0
GOLDEN_ANGLE = pi * (3 - sqrt(5))
# Towns are laid out from the centre outwards by how many outages they had, this far at most.
TOWN_REACH_SHARE = 0.6
# Offsets within a town are shrunk to this share and never exceed the limit.
OFFSET_SCALE = 0.2
OFFSET_LIMIT_M = 4_000.0


@dataclass(frozen=True)
class Home:
    """A place in the district where somebody has supply; `at` is [lon, lat]."""

    service_point: str
    transformer: str
    section: str
    address: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Transplanted:
    """A recorded outage with the homes it darkens here, the nearest to its place first."""

    record: RecordedOutage
    homes: tuple[Home, ...]


def transplant(
    records: Sequence[RecordedOutage], homes: Sequence[Home], of_all: Iterable[RecordedOutage]
) -> list[Transplanted]:
    """Give every recorded outage its homes; `of_all` fixes where the towns lie."""
    grid = _Flat(homes)
    centres = _town_centres(of_all)
    seats = _town_seats(centres, grid.reach * TOWN_REACH_SHARE)
    found = []
    for record in records:
        lon, lat, _ = centres[record.municipality]
        east = (record.lon - lon) * METRES_PER_DEGREE * cos(radians(lat)) * OFFSET_SCALE
        north = (record.lat - lat) * METRES_PER_DEGREE * OFFSET_SCALE
        shrink = min(1.0, OFFSET_LIMIT_M / max(1.0, hypot(east, north)))
        seat = seats[record.municipality]
        first = grid.nearest(seat[0] + east * shrink, seat[1] + north * shrink)
        found.append(Transplanted(record, grid.spread(first, record.customers)))
    return found


def _town_centres(records: Iterable[RecordedOutage]) -> dict[str, tuple[float, float, int]]:
    """Return the median [lon, lat] of each town's outages, and how many there were."""
    towns: dict[str, list[RecordedOutage]] = {}
    for record in records:
        towns.setdefault(record.municipality, []).append(record)
    return {
        town: (median(r.lon for r in own), median(r.lat for r in own), len(own))
        for town, own in towns.items()
    }


def _town_seats(
    centres: dict[str, tuple[float, float, int]], reach: float
) -> dict[str, tuple[float, float]]:
    """Return metres east and north of the district's centre: busy towns in the middle."""
    ranked = sorted(centres, key=lambda town: (-centres[town][2], town))
    seats = {}
    for rank, town in enumerate(ranked):
        radius = reach * sqrt((rank + 0.5) / len(ranked))
        angle = GOLDEN_ANGLE * rank
        seats[town] = (radius * cos(angle), radius * sin(angle))
    return seats


class _Flat:
    """The homes in metres around their middle."""

    def __init__(self, homes: Sequence[Home]) -> None:
        self.lon = (min(h.at[0] for h in homes) + max(h.at[0] for h in homes)) / 2
        self.lat = (min(h.at[1] for h in homes) + max(h.at[1] for h in homes)) / 2
        # By id: of homes equally near, the first is taken.
        self.homes = sorted(homes, key=lambda home: home.service_point)
        self._at = np.array([self._metres(home) for home in self.homes])
        self._of: dict[tuple[str, str], list[Home]] = defaultdict(list)
        for home in self.homes:
            self._of["transformer", home.transformer].append(home)
            self._of["section", home.section].append(home)
        self.reach = max(hypot(east, north) for east, north in self._at)

    def _metres(self, home: Home) -> tuple[float, float]:
        east = (home.at[0] - self.lon) * METRES_PER_DEGREE * cos(radians(self.lat))
        return east, (home.at[1] - self.lat) * METRES_PER_DEGREE

    def nearest(self, east: float, north: float) -> Home:
        away = np.hypot(self._at[:, 0] - east, self._at[:, 1] - north)
        return self.homes[int(np.argmin(away))]

    def spread(self, first: Home, customers: int) -> tuple[Home, ...]:
        """Return the homes that go dark: of the transformer, and of the section when many."""
        own = self._of["transformer", first.transformer]
        if customers > len(own):
            own = self._of["section", first.section]
        x, y = self._metres(first)

        def away(home: Home) -> tuple[float, str]:
            east, north = self._metres(home)
            return hypot(east - x, north - y), home.service_point

        return tuple(sorted(own, key=away)[: max(1, customers)])
