"""Both road engines drive the same streets, and say so in the same numbers."""

import numpy as np
import pytest

from roads.conditions import Conditions
from roads.ways import metres_between
from tests.roads.conftest import Engines
from tests.roads.streets import STEP, VALLEY_ROAD, VILLAGE, spot

SOUTH_WEST, NORTH_EAST = spot(0, 0), spot(5, 5)
EASTWARD_M = float(metres_between(9.5, 47.1, 9.5 + STEP, 47.1))
NORTHWARD_M = float(metres_between(9.5, 47.1, 9.5, 47.1 + STEP))


def test_a_drive_follows_the_streets(engines: Engines, engine_name: str) -> None:
    drive = engines.build(engine_name).drive(SOUTH_WEST, NORTH_EAST)

    assert drive is not None
    assert drive.dm / 10 == pytest.approx(5 * EASTWARD_M + 5 * NORTHWARD_M, rel=0.01)
    path = np.array(drive.path)
    length = metres_between(path[:-1, 0], path[:-1, 1], path[1:, 0], path[1:, 1]).sum()
    assert length == pytest.approx(drive.dm / 10, rel=0.01)
    assert drive.path[0] == pytest.approx(SOUTH_WEST[:2], abs=1e-5)
    assert drive.path[-1] == pytest.approx(NORTH_EAST[:2], abs=1e-5)


def test_a_drive_takes_as_long_as_its_pair_in_a_table(engines: Engines, engine_name: str) -> None:
    engine = engines.build(engine_name)
    places = [spot(0.3, 0), spot(4, 2.6), spot(5, 4.5), spot(1, 5), VILLAGE]
    table = engine.table(places, places)

    for row, origin in enumerate(places):
        for column, target in enumerate(places):
            drive = engine.drive(origin, target)
            assert drive is not None
            assert drive.ms == table.ms[row, column]
            assert abs(drive.dm - table.dm[row, column]) <= 1
            assert engine.table([origin], [target]).ms[0, 0] == table.ms[row, column]


def test_a_column_is_that_of_the_whole_table(engines: Engines, engine_name: str) -> None:
    engine = engines.build(engine_name)
    places = [spot(0.3, 0), spot(4, 2.6), spot(5, 4.5), spot(5, 1.2), VILLAGE]
    whole = engine.table(places, places)

    for column, target in enumerate(places):
        assert (engine.table(places, [target]).ms[:, 0] == whole.ms[:, column]).all()


def test_a_one_way_street_is_not_driven_against(engines: Engines, engine_name: str) -> None:
    engine = engines.build(engine_name)
    south, north = spot(5, 1.2), spot(5, 1.8)
    told = engine.table([south, north], [south, north])

    assert told.dm[0, 1] / 10 == pytest.approx(0.6 * NORTHWARD_M, rel=0.05)
    assert told.dm[1, 0] > 3 * told.dm[0, 1]


def test_primary_roads_are_faster(engines: Engines, engine_name: str) -> None:
    told = engines.build(engine_name).table([spot(0, 0), spot(0, 3)], [spot(5, 0), spot(5, 3)])

    assert told.ms[1, 1] > 2 * told.ms[0, 0]


def test_a_closed_street_is_driven_round(engines: Engines, engine_name: str) -> None:
    origin, target = spot(0, 0), spot(4, 0)
    usual = engines.build(engine_name).drive(origin, target)
    closed = engines.build(engine_name, Conditions(closed=(100,))).drive(origin, target)

    assert usual is not None
    assert closed is not None
    assert closed.ms > usual.ms
    assert max(lat for _, lat in usual.path) < SOUTH_WEST.lat + 1e-6
    inner = [lat for lon, lat in closed.path if spot(0.9, 0).lon < lon < spot(3.9, 0).lon]
    assert min(inner) > SOUTH_WEST.lat + STEP / 2


def test_a_village_behind_a_closed_road_has_no_way(engines: Engines, engine_name: str) -> None:
    engine = engines.build(engine_name, Conditions(closed=(VALLEY_ROAD,)))
    told = engine.table([SOUTH_WEST], [VILLAGE])

    assert told.ms[0, 0] == -1 or told.off_targets[0] > 1000


def test_a_storm_slows_one_kind_of_road(engines: Engines, engine_name: str) -> None:
    slow = engines.build(engine_name, Conditions(slow={"secondary": 0.5}))
    usual = engines.build(engine_name)
    valley, far = spot(6.5, 3), spot(14.5, 3)

    ratio = slow.table([valley], [far]).ms[0, 0] / usual.table([valley], [far]).ms[0, 0]
    assert ratio == pytest.approx(2.0, abs=0.05)
    town = slow.table([spot(0, 3)], [spot(2, 3)]), usual.table([spot(0, 3)], [spot(2, 3)])
    assert town[0].ms[0, 0] == town[1].ms[0, 0]


def test_both_engines_agree_where_there_is_nothing_to_wait_for(engines: Engines) -> None:
    origins, targets = [spot(6.5, 3), spot(8, 3)], [spot(14.5, 3), spot(12, 3)]
    by_graph = engines.build("graph").table(origins, targets)
    by_osrm = engines.build("osrm").table(origins, targets)

    assert by_osrm.ms == pytest.approx(by_graph.ms, rel=0.03)
    assert by_osrm.dm == pytest.approx(by_graph.dm, rel=0.01)


def test_a_place_beside_the_road_is_told_its_distance(engines: Engines, engine_name: str) -> None:
    beside = spot(10.5, 3)._replace(lat=spot(10.5, 3).lat + 0.001)
    told = engines.build(engine_name).table([spot(0, 0)], [beside])

    assert told.off_targets[0] == pytest.approx(NORTHWARD_M / 2, rel=0.02)
