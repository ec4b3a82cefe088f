"""The best engine there is drives, what it is not is said, and a plan is made again by the same."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.kinds import AreaClass
from domain.words import LANGUAGES, catalogue
from roads import osrm_programs
from roads.calibration import Calibration, as_toml
from roads.choosing import CALIBRATION, Choice, Roads, RoadsNow, Why
from roads.conditions import Conditions
from roads.data import RoadData, keep
from roads.engine import Table
from roads.travel import RoadTravel
from routing.inspection import broken, check
from routing.planner import plan
from routing.snapshot import Crew, Snapshot, read_snapshot
from routing.travel import Place, place_of
from routing.travel_model import TravelModel
from tests.roads.streets import VALLEY_ROAD, VILLAGE, spot
from tests.routing.builders import AT, SHORT, a_crew, a_task

BASE = TravelModel()
NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
osrm_only = pytest.mark.skipif(osrm_programs.why_not() is not None, reason="needs OSRM")


def a_snapshot_by(roads: Roads, now: RoadsNow) -> Snapshot:
    tasks = [spot(1, 1), spot(4, 2.5), spot(2, 4), spot(9, 3), VILLAGE]
    crews = [spot(0, 0), spot(5, 4)]
    return Snapshot(
        at=AT,
        district="d",
        tasks=tuple(
            a_task(f"t{number}", lon=at.lon, lat=at.lat, danger=number == 3)
            for number, at in enumerate(tasks)
        ),
        crews=tuple(
            a_crew(f"c{number}", lon=at.lon, lat=at.lat) for number, at in enumerate(crews)
        ),
        travel=roads.model(BASE, now, AT),
        stop=SHORT,
    )


def test_without_a_land_travel_is_what_it_was(tmp_path: Path) -> None:
    roads = Roads(tmp_path)

    assert roads.choose(RoadsNow()) == Choice("geodesic")
    assert roads.model(BASE, RoadsNow(), NOON) == BASE
    assert roads.model(BASE, RoadsNow(), NOON).canonical() == BASE.canonical()


def test_a_land_without_road_data_falls_back_and_says_so(tmp_path: Path) -> None:
    now = RoadsNow(land="0" * 64)

    assert Roads(tmp_path).choose(now) == Choice("geodesic", Why.NO_ROAD_DATA)
    assert Roads(tmp_path).model(BASE, now, NOON).fallback == "no_road_data"


@osrm_only
def test_osrm_drives_where_it_can(data: RoadData, roads_dir: Path) -> None:
    assert Roads(roads_dir).choose(RoadsNow(land=data.digest)) == Choice("osrm")


def test_below_its_python_the_graph_drives_and_says_why(
    data: RoadData, roads_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osrm_programs, "LEAST_PYTHON", (99, 0))
    now = RoadsNow(land=data.digest)
    model = Roads(roads_dir).model(BASE, now, NOON)

    assert model.roads is not None
    assert (model.roads.engine, model.fallback) == ("graph", "osrm_needs_python")


@osrm_only
def test_where_osrm_fails_the_graph_drives(map_file: Path, tmp_path: Path) -> None:
    data = keep(map_file, tmp_path)
    (data.place / "map.osm.pbf").write_bytes(b"garbage")

    assert Roads(tmp_path).choose(RoadsNow(land=data.digest)) == Choice("graph", Why.OSRM_FAILED)


def test_a_wish_is_followed(data: RoadData, roads_dir: Path) -> None:
    now = RoadsNow(land=data.digest)

    assert Roads(roads_dir, "graph").choose(now) == Choice("graph", Why.WISHED)
    assert Roads(roads_dir, "geodesic").choose(now) == Choice("geodesic", Why.WISHED)


def test_a_silent_server_is_done_without(data: RoadData, roads_dir: Path) -> None:
    roads = Roads(roads_dir, url="http://127.0.0.1:9")

    assert roads.choose(RoadsNow()) == Choice("geodesic", Why.SERVER_SILENT)
    assert roads.choose(RoadsNow(land=data.digest)).why is not None


@pytest.mark.parametrize("wish", ["auto", "graph"])
def test_a_plan_by_road_is_sound_and_made_again_by_others(
    data: RoadData, roads_dir: Path, wish: str
) -> None:
    now = RoadsNow(land=data.digest, conditions=Conditions(closed=(VALLEY_ROAD,)))
    here, elsewhere = Roads(roads_dir, wish), Roads(roads_dir)
    snapshot = a_snapshot_by(here, now)
    made = plan(snapshot, travel=here.travel(snapshot))
    stored = read_snapshot(snapshot.canonical())

    assert made.travel.startswith("roads/")
    assert broken(check(stored, made, travel=elsewhere.travel(stored))) == ()
    assert plan(stored, travel=elsewhere.travel(stored)).digest() == made.digest()


def test_a_closure_changes_the_travel_of_the_next_snapshot_only(
    data: RoadData, roads_dir: Path
) -> None:
    roads = Roads(roads_dir)
    before = a_snapshot_by(roads, RoadsNow(land=data.digest))
    closed = Conditions(closed=(100,))
    after = a_snapshot_by(roads, RoadsNow(land=data.digest, conditions=closed))
    ends = place_of(_crew_at(0, 0)), place_of(_crew_at(4, 0))

    assert roads.travel(after).leg(*ends)[0] > roads.travel(before).leg(*ends)[0]


def _crew_at(east: float, north: float) -> Crew:
    at = spot(east, north)
    return a_crew("c", lon=at.lon, lat=at.lat)


def test_the_hour_of_the_zone_sets_the_pace(map_file: Path, tmp_path: Path) -> None:
    data = keep(map_file, tmp_path)
    hours = tuple(2.0 if hour == 20 else 1.0 for hour in range(24))
    made = Calibration(factors={AreaClass.URBAN: hours})
    (tmp_path / CALIBRATION).write_text(as_toml(made))
    now = RoadsNow(land=data.digest, pace={AreaClass.URBAN: 0.5, AreaClass.RURAL: 0.8})
    model = Roads(tmp_path, zone="Asia/Shanghai").model(BASE, now, NOON)

    assert model.roads is not None
    assert model.roads.pace == {AreaClass.URBAN: 4.0, AreaClass.RURAL: 1.25}


def test_roads_that_are_not_here_are_refused(
    data: RoadData, roads_dir: Path, tmp_path: Path
) -> None:
    snapshot = a_snapshot_by(Roads(roads_dir, "graph"), RoadsNow(land=data.digest))

    with pytest.raises(Refused, match="roads_missing"):
        Roads(tmp_path).travel(snapshot)


def test_other_road_data_of_the_same_land_are_refused(data: RoadData, roads_dir: Path) -> None:
    snapshot = a_snapshot_by(Roads(roads_dir, "graph"), RoadsNow(land=data.digest))
    roads = snapshot.travel.roads
    assert roads is not None
    older = roads.model_copy(update={"version": "graph-0/older"})
    stored = snapshot.model_copy(
        update={"travel": snapshot.travel.model_copy(update={"roads": older})}
    )

    with pytest.raises(Refused, match="roads_missing"):
        Roads(roads_dir).travel(stored)


def test_one_new_task_is_one_row_and_one_column(
    data: RoadData, roads_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = Roads(roads_dir, "graph")
    snapshot = a_snapshot_by(roads, RoadsNow(land=data.digest))
    travel = roads.travel(snapshot)
    assert isinstance(travel, RoadTravel)
    engine, asked = travel.pairs.engine, list[tuple[int, int]]()
    whole = engine.table

    def listen(here: Sequence[Place], there: Sequence[Place]) -> Table:
        asked.append((len(here), len(there)))
        return whole(here, there)

    monkeypatch.setattr(engine, "table", listen)
    plan(snapshot, travel=travel)
    asked.clear()
    more = (*snapshot.tasks, a_task("new", lon=spot(3, 3).lon, lat=spot(3, 3).lat))
    grown = snapshot.model_copy(update={"tasks": more})
    plan(grown, travel=roads.travel(grown))

    searched = sum(not task.danger for task in grown.tasks)
    assert sorted(asked) == sorted([(1, searched), (searched - 1, 1), (len(grown.crews), 1)])


def test_every_reason_has_words() -> None:
    for lang in LANGUAGES:
        assert {f"roads.why.{why}" for why in Why} <= set(catalogue(lang))
