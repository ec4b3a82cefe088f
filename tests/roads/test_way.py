"""The way through places: lines along the streets, and why a leg is no road."""

from pathlib import Path

import pytest

from roads.choosing import Roads, RoadsNow
from roads.conditions import Conditions
from roads.data import RoadData
from roads.way import Way, way_through
from routing.travel import Place
from routing.travel_model import TravelModel
from tests.roads.streets import FAR_AWAY, VALLEY_ROAD, VILLAGE, spot
from tests.store.builders import NOW


def driven(roads: Roads, now: RoadsNow, *places: Place) -> Way:
    return way_through(roads, TravelModel(), now, NOW, places)


def test_a_way_follows_the_streets_in_the_order_of_its_stops(
    data: RoadData, roads_dir: Path, engine_name: str
) -> None:
    roads = Roads(roads_dir, "graph" if engine_name == "graph" else "auto")
    here, corner, village = spot(0, 1), spot(4, 3), VILLAGE
    way = driven(roads, RoadsNow(land=data.digest), here, corner, village)

    assert way.by in {engine_name, "graph"}
    assert [leg.straight for leg in way.legs] == [None, None]
    first, second = way.legs
    assert first.line[0] == (here.lon, here.lat)
    assert first.line[-1] == second.line[0] == (corner.lon, corner.lat)
    assert second.line[-1] == (village.lon, village.lat)
    assert len(first.line) > 3, "it turns at corners"
    assert min(leg.metres for leg in way.legs) > 0 < min(leg.seconds for leg in way.legs)


def test_a_leg_that_no_road_joins_is_straight_and_says_why(data: RoadData, roads_dir: Path) -> None:
    closed = RoadsNow(data.digest, Conditions(closed=(VALLEY_ROAD,)))
    way = driven(Roads(roads_dir, "graph"), closed, spot(0, 1), VILLAGE, FAR_AWAY, FAR_AWAY)

    assert [leg.straight for leg in way.legs] == ["cut_off", "far_from_roads", None]
    assert [len(leg.line) for leg in way.legs] == [2, 2, 2]
    assert way.legs[2].seconds == 0


@pytest.mark.parametrize(
    ("wish", "url", "land", "reason"),
    [
        ("geodesic", None, True, "wished"),
        ("auto", None, False, None),
        ("auto", "http://127.0.0.1:9", False, "server_silent"),
    ],
)
def test_without_roads_lines_are_straight_and_the_way_says_why(
    data: RoadData, roads_dir: Path, wish: str, url: str | None, *, land: bool, reason: str | None
) -> None:
    now = RoadsNow(land=data.digest if land else None)
    way = driven(Roads(roads_dir, wish, url), now, spot(0, 1), VILLAGE)

    assert (way.by, way.reason) == ("geodesic", reason)
    assert [leg.straight for leg in way.legs] == ["no_roads"]


def test_a_calibration_that_cannot_be_read_costs_nobody_the_answer(
    data: RoadData, tmp_path: Path
) -> None:
    (tmp_path / data.digest).symlink_to(data.place)
    (tmp_path / "calibration.toml").write_text("urban = 7")
    way = driven(Roads(tmp_path, "graph"), RoadsNow(data.digest), spot(0, 1), VILLAGE)

    assert (way.by, way.reason) == ("geodesic", "calibration_invalid")
    assert way.legs[0].straight == "no_roads"
