"""`relight roads` as an operator meets it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from domain.kinds import AreaClass
from domain.place import Point
from relight.cli import build
from relight.settings import SettingsRefused
from roads.calibration import read_calibration
from roads.choosing import Roads
from roads.data import keep
from routing.snapshot import Snapshot
from routing.travel import Place
from routing.travel_model import RoadModel, TravelModel
from store import documents, drives, positions
from store.drives import Drive
from store.positions import Fix
from tests.roads.streets import spot, write_map
from tests.store.builders import NOW, a_draft, take

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
HERE, THERE = spot(0, 0), spot(5, 5)
CREW = "jp-crew-01"
LAND = text("""
INSERT INTO land (digest, name, source, attribution, bounds, loaded_at)
VALUES (:digest, 'town', 'test', 'none',
        ST_Multi(ST_MakeEnvelope(9.5, 47.1, 9.6, 47.2, 4326)), :now)
""")
FACT = text("""
INSERT INTO field_facts (id, outage_id, task_id, crew_id, subject, device, device_seq, action_id,
    kind, occurred_at, received_at, at, action, verdict)
VALUES (:id, :outage, 't1', :crew, 'c', :device, :number, :id, :kind, :when, :when,
    ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), '{}', :verdict)
""")


def roads(*words: str, **variables: str) -> Result:
    arguments = ["roads", *words]
    return CliRunner().invoke(build(arguments), arguments, env=variables)


@pytest.fixture
def outage(own_demo_engine: Engine) -> str:
    return take(own_demo_engine, a_draft()).outage_id


def tell(
    engine: Engine, outage: str, number: int, kind: str, after: timedelta, at: Place | None,
    *, device: str = "phone", crew: str = CREW, verdict: str = "accepted",
) -> None:  # fmt: skip
    said = {
        "id": f"{device}{number}", "outage": outage, "crew": crew, "device": device,
        "number": number, "kind": kind, "when": NOW + after, "verdict": verdict,
        "lon": at and at.lon, "lat": at and at.lat,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(FACT, said)


def drive(engine: Engine, outage: str, crew: str, begins: timedelta, took_s: float) -> None:
    """Let a crew of its own drive through the town."""
    ends = begins + timedelta(seconds=took_s)
    tell(engine, outage, 1, "depart", begins, HERE, device=crew, crew=crew)
    tell(engine, outage, 2, "arrive", ends, THERE, device=crew, crew=crew)


def made(engine: Engine) -> list[Drive]:
    with Session(engine) as session:
        return drives.made(session, NOW - MINUTE)


def point(place: Place) -> Point:
    return Point(lon=place.lon, lat=place.lat)


def test_a_drive_is_from_the_last_departure_to_the_next_arrival(
    own_demo_engine: Engine, outage: str
) -> None:
    tell(own_demo_engine, outage, 1, "depart", 0 * MINUTE, spot(9, 9))
    tell(own_demo_engine, outage, 2, "depart", 5 * MINUTE, HERE)
    tell(own_demo_engine, outage, 3, "arrive", 15 * MINUTE, THERE)
    tell(own_demo_engine, outage, 4, "depart", 20 * MINUTE, HERE)

    assert made(own_demo_engine) == [
        Drive(point(HERE), point(THERE), "urban", NOW + 5 * MINUTE, NOW + 15 * MINUTE)
    ]


def test_a_departure_without_a_place_is_where_the_crew_was_lately(
    own_demo_engine: Engine, outage: str
) -> None:
    tell(own_demo_engine, outage, 1, "depart", HOUR, None)
    tell(own_demo_engine, outage, 2, "arrive", HOUR + 9 * MINUTE, THERE)
    assert made(own_demo_engine) == []
    for age, place in ((20, spot(9, 9)), (3, HERE)):
        with Session(own_demo_engine) as session, session.begin():
            fix = Fix(point(place), NOW + HOUR - age * MINUTE, "gps")
            positions.add(session, CREW, [fix], NOW)

    assert [each.origin for each in made(own_demo_engine)] == [point(HERE)]


@pytest.mark.parametrize("weak", [{"device": "desk/dora"}, {"verdict": "refused"}])
def test_what_is_weak_or_refused_is_no_drive(
    own_demo_engine: Engine, outage: str, weak: dict[str, str]
) -> None:
    tell(own_demo_engine, outage, 1, "depart", 0 * MINUTE, HERE)
    tell(own_demo_engine, outage, 2, "arrive", 9 * MINUTE, THERE, **weak)

    assert made(own_demo_engine) == []


def installed(engine: Engine, tmp_path: Path) -> dict[str, str]:
    """Load the small town as the land and return the settings of it."""
    data = keep(write_map(tmp_path / "town.osm.pbf"), tmp_path / "roads")
    with engine.begin() as connection:
        connection.execute(LAND, {"digest": data.digest, "now": NOW})
    url = engine.url.render_as_string(hide_password=False)
    return {
        "RELIGHT_DATABASE_URL": url, "RELIGHT_STATE_DIR": str(tmp_path), "RELIGHT_ROADS": "graph",
        "RELIGHT_TIME_ZONE": "Asia/Shanghai",
    }  # fmt: skip


def test_drives_become_a_calibration_only_when_that_is_wanted(
    own_demo_engine: Engine, outage: str, tmp_path: Path
) -> None:
    variables = installed(own_demo_engine, tmp_path)
    travel = Roads(tmp_path / "roads", "graph").empty(next((tmp_path / "roads").glob("[!.]*")).name)
    assert travel is not None
    told_s, _ = travel.leg(HERE, Place(*THERE[:2], AreaClass.URBAN))
    for number in range(19):
        drive(own_demo_engine, outage, f"phone{number}", number * SECOND, 2 * told_s)
    few = roads("calibrate", "--days", "9999", **variables)
    file = tmp_path / "roads" / "calibration.toml"

    assert (few.exit_code, "19 drives" in few.stdout) == (0, True)
    assert "No area class has 20 drives" in few.stdout
    drive(own_demo_engine, outage, "phone", 30 * SECOND, 2 * told_s)
    drive(own_demo_engine, outage, "soon", 40 * SECOND, 30)
    told = roads("calibrate", "--days", "9999", **variables)

    assert "20 drives" in told.stdout
    assert "1 were left out because they took less than a minute" in told.stdout
    assert not file.exists()

    kept = roads("calibrate", "--days", "9999", "--write", **variables)
    assert (kept.exit_code, file.exists()) == (0, True)
    assert read_calibration(file).pace(9) == {AreaClass.URBAN: 2.0}


def test_without_roads_there_is_nothing_to_compare_with(
    own_demo_engine: Engine, tmp_path: Path
) -> None:
    url = own_demo_engine.url.render_as_string(hide_password=False)
    told = roads("calibrate", RELIGHT_DATABASE_URL=url, RELIGHT_STATE_DIR=str(tmp_path))

    assert isinstance(told.exception, SettingsRefused)
    assert "nothing to compare" in str(told.exception)


def planned_by(engine: Engine, **road_data: str) -> None:
    """Keep a snapshot that was made by some road data, and one that was made by none."""
    model = TravelModel(kind="roads", roads=RoadModel(engine="osrm", **road_data))
    with Session(engine) as session, session.begin():
        for travel in (model, TravelModel()):
            body = Snapshot(at=NOW, district="jp", travel=travel).canonical()
            documents.put(session, "snapshot", travel.digest(), body, NOW)


def test_what_nobody_uses_is_shown_and_removed_only_when_that_is_wanted(
    own_demo_engine: Engine, tmp_path: Path
) -> None:
    variables = installed(own_demo_engine, tmp_path)
    old = tmp_path / "roads" / "0123abcd"
    old.mkdir()
    (old / "map.osm.pbf").write_bytes(b"old")
    named = tmp_path / "roads" / "4567cdef"
    for program in ("osrm-1", "osrm-2"):
        (named / program).mkdir(parents=True)
    planned_by(own_demo_engine, data=named.name, version=f"osrm-1/{named.name}")
    shown = roads("show", **variables)

    assert shown.exit_code == 0, shown.output
    assert "the built-in road engine" in shown.stdout
    assert "RELIGHT_ROADS says so" in shown.stdout
    assert "Nobody uses 0123abcd" in shown.stdout
    assert old.is_dir()
    cleaned = roads("show", "--clean", **variables)
    assert "0123abcd is removed" in cleaned.stdout
    assert not old.exists()
    assert "4567cdef (0.0 MB) stays" in cleaned.stdout
    assert [each.name for each in named.iterdir() if each.name[0] != "."] == ["osrm-1"]
    assert "0123abcd" not in roads("show", **variables).stdout
