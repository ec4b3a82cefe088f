"""Road travel behind the seam: what the search uses is what people are told, whatever the pair."""

import pytest

from domain.kinds import AreaClass
from roads.cache import Pairs
from roads.conditions import USUAL, Conditions
from roads.travel import ON_FOOT_KMH, Mark, RoadTravel
from routing.travel import GeodesicTravel, Place
from routing.travel_model import RoadModel, TravelModel
from tests.roads.conftest import Engines
from tests.roads.streets import FAR_AWAY, VALLEY_ROAD, VILLAGE, spot

URBAN, RURAL, REMOTE = AreaClass.URBAN, AreaClass.RURAL, AreaClass.REMOTE


def a_travel(
    engines: Engines,
    name: str = "graph",
    conditions: Conditions = USUAL,
    pace: dict[AreaClass, float] | None = None,
) -> RoadTravel:
    engine = engines.build(name, conditions)
    roads = RoadModel(engine=name, version=engine.version, data="x", pace=pace or {})
    return RoadTravel(TravelModel(kind="roads", roads=roads), roads, Pairs(engine))


def places() -> list[Place]:
    return [
        spot(0.3, 0)._replace(area_class=URBAN),
        spot(4, 2.6),
        spot(1.5, 1.5)._replace(area_class=RURAL),
        VILLAGE._replace(area_class=REMOTE),
        FAR_AWAY._replace(area_class=REMOTE),
        spot(0.3, 0),
    ]


@pytest.mark.parametrize("closed", [(), (VALLEY_ROAD,)])
def test_a_matrix_holds_the_legs(
    engines: Engines, engine_name: str, closed: tuple[int, ...]
) -> None:
    pace = {URBAN: 1.37, REMOTE: 0.9}
    travel = a_travel(engines, engine_name, Conditions(closed=closed), pace)
    seconds, metres = travel.matrix(places(), places())

    for row, origin in enumerate(places()):
        for column, target in enumerate(places()):
            told_s, told_m = travel.leg(origin, target)
            assert told_s <= seconds[row, column] <= told_s + 1
            assert metres[row, column] == pytest.approx(told_m, abs=max(2, told_m / 1000))


def test_the_pace_of_a_leg_is_that_of_both_ends(engines: Engines) -> None:
    here, there = spot(0, 3)._replace(area_class=URBAN), spot(4, 3)._replace(area_class=RURAL)
    usual = a_travel(engines).leg(here, there)[0]
    slow = a_travel(engines, pace={URBAN: 1.5, RURAL: 2.5}).leg(here, there)[0]

    assert slow == pytest.approx(2 * usual, abs=2)


def test_a_place_without_a_class_goes_at_the_pace_of_the_other(engines: Engines) -> None:
    travel = a_travel(engines, pace={URBAN: 3.0})
    usual = a_travel(engines).leg(spot(0, 3), spot(4, 3))[0]

    there = spot(4, 3)._replace(area_class=RURAL)
    assert travel.leg(spot(0, 3), there)[0] == pytest.approx(usual, abs=1)


def test_a_place_far_from_every_road_is_geodesic_and_marked(engines: Engines) -> None:
    travel = a_travel(engines)

    assert travel.mark(spot(0, 0), FAR_AWAY) is Mark.FAR
    assert travel.leg(spot(0, 0), FAR_AWAY) == GeodesicTravel(TravelModel()).leg(
        spot(0, 0), FAR_AWAY
    )


def test_a_village_that_is_cut_off_is_walked_to(engines: Engines) -> None:
    travel = a_travel(engines, "osrm", Conditions(closed=(VALLEY_ROAD,)))
    seconds, metres = travel.leg(spot(0, 3), VILLAGE)

    assert travel.mark(spot(0, 3), VILLAGE) is Mark.CUT_OFF
    assert seconds == pytest.approx(metres / ON_FOOT_KMH * 3.6, abs=2)


def test_two_tasks_at_one_place_are_no_drive_apart(engines: Engines) -> None:
    travel = a_travel(engines)
    beside = spot(10.5, 3)._replace(lat=spot(10.5, 3).lat + 0.001)

    assert travel.leg(beside, beside) == (0, 0)
    assert travel.matrix([beside], [beside])[0][0, 0] == 0


def test_the_receipt_names_engine_data_and_what_is_different(engines: Engines) -> None:
    usual, slow = a_travel(engines), a_travel(engines, pace={URBAN: 2.0})

    assert usual.version.startswith(f"roads/graph-1/{engines.data.digest[:12]}/")
    assert usual.version != slow.version
