"""The way through some places: seconds and metres as they are told, and the line to draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from domain.errors import Refused
from roads.choosing import Roads, RoadsNow
from roads.engine import Drive
from roads.travel import Mark, RoadTravel
from routing.travel import GeodesicTravel, Place, Travel
from routing.travel_model import TravelModel

GEODESIC = "geodesic"
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Leg:
    """From one place to the next; a straight line says why it is one."""

    seconds: int
    metres: int
    line: Line
    straight: str | None


@dataclass(frozen=True)
class Way:
    """Legs, the engine that drove them, and why it is not a better one."""

    by: str
    reason: str | None
    legs: tuple[Leg, ...]


def way_through(
    roads: Roads, base: TravelModel, now: RoadsNow, at: datetime, places: Sequence[Place]
) -> Way:
    """Return the way through places in their order, by the roads of a moment if they can be had."""
    try:
        model = roads.model(base, now, at)
        return _driven(model, roads.travel_on(model), places)
    except Refused as problem:
        # A line on a map is worth less than an answer.
        model = base.model_copy(update={"fallback": problem.code})
        return _driven(model, GeodesicTravel(model), places)


def _driven(model: TravelModel, travel: Travel, places: Sequence[Place]) -> Way:
    by = model.roads.engine if model.roads else GEODESIC
    legs = tuple(_leg(travel, here, there) for here, there in pairwise(places))
    return Way(by, model.fallback, legs)


def _leg(travel: Travel, here: Place, there: Place) -> Leg:
    seconds, metres = travel.leg(here, there)
    ends = (here.lon, here.lat), (there.lon, there.lat)
    if not isinstance(travel, RoadTravel):
        return Leg(seconds, metres, ends, "no_roads")
    if not seconds:
        return Leg(seconds, metres, ends, None)
    mark = travel.mark(here, there)
    if mark is not Mark.ROAD:
        return Leg(seconds, metres, ends, mark.value)
    found: Drive | None = travel.pairs.engine.drive(here, there)
    if found is None:
        return Leg(seconds, metres, ends, Mark.CUT_OFF.value)
    line = (ends[0], *((round(lon, 6), round(lat, 6)) for lon, lat in found.path), ends[1])
    return Leg(seconds, metres, line, None)
