"""How wrong told arrivals are: what the rows count, and that crews drive by no engine's numbers."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from domain.kinds import AreaClass
from relight.bench import eta
from relight.bench.eta_legs import Leg
from roads.data import keep
from roads.graph import GraphRoads
from roads.ways import Ways
from routing.travel import Place
from sim.chance.streets import Streets
from tests.roads.streets import RING, VALLEY_ROAD, spot, write_map

HERE, THERE = spot(0, 0), spot(5, 4)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Ways:
    folder = tmp_path_factory.mktemp("land")
    return keep(write_map(folder / "town.osm.pbf"), folder / "roads").ways()


Took = Callable[..., float]


@pytest.fixture(scope="module")
def took(ways: Ways) -> Took:
    def drive(hour: int = 13, *, seed: int = 1, target: Place = THERE, **more: object) -> float:
        streets = Streets(ways, hour, seed, **more)  # type: ignore[arg-type]
        return streets.drive(HERE, target, Random(5)) or -1.0

    return drive


def test_the_same_seed_drives_the_same_and_another_does_not(took: Took) -> None:
    assert took() == took()
    assert took(seed=2) != took()


def test_streets_are_slower_when_they_are_full_and_in_a_storm(took: Took) -> None:
    assert took(3) < took(8)
    assert took(13) < took(13, slow={"residential": 0.3, "primary": 0.3})


def test_crews_take_longer_than_the_roads_are_long(ways: Ways, took: Took) -> None:
    free = GraphRoads(ways, "land").drive(HERE, THERE)

    assert free is not None
    assert took(8) > free.ms / 1000


def test_a_closed_street_is_driven_round_and_the_only_one_not_at_all(took: Took) -> None:
    village = spot(14, 3)

    assert took(target=village) > 0
    assert took(target=village, closed=[VALLEY_ROAD]) == -1
    assert took(closed=[100, 200]) > took(closed=[RING]) == took()


def test_every_street_has_habits_of_its_own_that_stay(ways: Ways) -> None:
    from sim.chance.streets import _habits

    habits = _habits(ways, 1, {})

    assert np.array_equal(habits, _habits(ways, 1, {}))
    assert len(np.unique(habits)) == len(np.unique(ways.way))


def test_the_rows_count_what_was_told_against_what_it_took() -> None:
    to = Place(106.5, 29.5, AreaClass.RURAL)
    legs = [Leg(HERE, to, 8, took) for took in (600.0, 1200.0, 1800.0)]
    told = {"geodesic": [1200, 1200, 1200], "roads": [660, 1260, 1740]}
    straight, roads = eta._rows("rural", lambda leg: leg.hour == 8, legs, told)

    assert straight["error_p50_min"] == 10.0
    assert straight["error_ratio"] == 1.0
    assert roads["error_p90_min"] == 1.0
    assert roads["bias_min"] == pytest.approx(1 / 3)
    assert str(roads["later_share"]).startswith("33.33 %")
    assert roads["error_ratio"] == pytest.approx(0.1)
    assert not list(eta._rows("storm", lambda leg: leg.slow, legs, told))


def test_a_drive_is_learned_from_as_the_phone_told_it() -> None:
    leg = Leg(HERE, Place(106.5, 29.5, AreaClass.URBAN), 8, 600.0)
    drive = leg.drive("Asia/Shanghai")

    assert (drive.ended_at - drive.began_at).total_seconds() == 600
    assert drive.began_at.hour == 0  # half past eight there
    assert drive.area_class == "urban"


def test_a_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    from tests.bench.test_commands import _bench

    told = _bench("eta", "--json", str(tmp_path / "none" / "all.json"))

    assert told.returncode == 2
    assert "all.json" in told.stderr
