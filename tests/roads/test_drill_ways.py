"""Crews of a drill follow the streets that an engine knows, in the time it tells."""

import pytest

from relight.drill_roads import by_road
from roads.cache import Pairs
from roads.travel import RoadTravel
from routing.travel import Place
from routing.travel_model import RoadModel, TravelModel
from sim.drill.ways import metres_apart, straight_way
from tests.roads.conftest import Engines
from tests.roads.streets import spot


@pytest.fixture
def travel(engines: Engines, engine_name: str) -> RoadTravel:
    engine = engines.build(engine_name)
    roads = RoadModel(engine=engine_name, version=engine.version, data="x")
    return RoadTravel(TravelModel(kind="roads", roads=roads), roads, Pairs(engine))


def test_a_way_passes_the_corners_of_the_streets(travel: RoadTravel) -> None:
    origin, target = spot(0, 0)[:2], spot(5, 5)[:2]
    way = by_road(travel)(origin, target, "urban")
    straight = metres_apart(origin, target)

    assert way.by == travel.pairs.engine.name
    assert (way.points[0], way.points[-1]) == (origin, target)
    assert len(way.points) > 3
    assert way.metres > 1.2 * straight
    assert way.seconds == travel.leg(Place(*origin), Place(*target))[0]


def test_a_place_without_streets_is_reached_straight(travel: RoadTravel) -> None:
    origin, target = spot(0, 0)[:2], (-30.0, -20.0)

    assert by_road(travel)(origin, target, "rural") == straight_way(origin, target, "rural")
