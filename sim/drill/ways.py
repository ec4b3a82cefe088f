"""The way from place to place: the points a crew passes, how far it is and how long it takes.

What the streets really do to a drive is drawn here, where no planner can see it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import cos, hypot, radians
from random import Random

METRES_PER_DEGREE = 111_320.0
DETOUR = 1.3
SPEED_KMH = {"urban": 25.0, "rural": 45.0, "remote": 35.0}
OTHER_KMH = 30.0
# The spread of real drives around the time a map tells: traffic, gates, a missed turn.
SPREAD = 0.15

Spot = tuple[float, float]
"""A place as (lon, lat) in degrees."""


@dataclass(frozen=True)
class Way:
    """One way to drive; `by` names what it was taken from."""

    points: tuple[Spot, ...]
    seconds: float
    metres: float
    by: str


FindWay = Callable[[Spot, Spot, str], Way]
"""Finds the way from one place to another; the last word is the area class of the target."""


def straight_way(origin: Spot, target: Spot, area: str) -> Way:
    """Drive straight at the area's speed, with a share for bends."""
    metres = DETOUR * metres_apart(origin, target)
    seconds = metres / (SPEED_KMH.get(area, OTHER_KMH) / 3.6)
    return Way((origin, target), seconds, metres, "straight")


def delayed(way: Way, chance: Random) -> float:
    """Return the seconds a drive on this way really takes this time."""
    return way.seconds * chance.lognormvariate(0, SPREAD)


def spots_along(way: Way, number: int) -> list[Spot]:
    """Return so many places along a way, evenly by distance; the last is its end."""
    lengths = [metres_apart(a, b) for a, b in pairwise(way.points)]
    passed = list(accumulate(lengths, initial=0.0))
    return [
        _spot_at(way.points, passed, passed[-1] * share / number) for share in range(1, number + 1)
    ]


def _spot_at(points: tuple[Spot, ...], passed: list[float], metres: float) -> Spot:
    for index in range(1, len(points)):
        if metres < passed[index] or index == len(points) - 1:
            span = passed[index] - passed[index - 1]
            share = min(1.0, (metres - passed[index - 1]) / span) if span else 1.0
            (lon, lat), (to_lon, to_lat) = points[index - 1], points[index]
            return (
                round(lon + (to_lon - lon) * share, 6),
                round(lat + (to_lat - lat) * share, 6),
            )
    return points[-1]


def metres_apart(a: Spot, b: Spot) -> float:
    """Return metres between two near places, as on a flat map."""
    east = (b[0] - a[0]) * METRES_PER_DEGREE * cos(radians((a[1] + b[1]) / 2))
    return hypot(east, (b[1] - a[1]) * METRES_PER_DEGREE)
