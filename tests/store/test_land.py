"""The land in the database: whole, replaced whole, and left alone when something fails."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store import land as lands
from territory.generate import generate
from territory.land import (
    Bounds,
    Course,
    Land,
    Names,
    Settlement,
    Street,
    Surface,
)
from territory.osm import read_land

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SQUARE = ((9.0, 47.0), (9.01, 47.0), (9.01, 47.01), (9.0, 47.01), (9.0, 47.0))
HOLE = ((9.004, 47.004), (9.006, 47.004), (9.006, 47.006), (9.004, 47.004))
AWAY = tuple((lon + 0.1, lat) for lon, lat in HOLE)
BOW_TIE = ((9.0, 47.0), (9.01, 47.01), (9.01, 47.0), (9.0, 47.01), (9.0, 47.0))
MAIN = Names("主街", "Main Street", "主街")
SMALL = Land(
    name="plan", source="plan.osm", attribution="© somebody", digest="ab" * 32,
    bounds=Bounds(9.0, 47.0, 9.01, 47.01),
    streets=(Street(7, "primary", SQUARE[:3], (1, 2, 3), MAIN, True, 50.0),),
    surfaces=(
        Surface(-5, "water", ((SQUARE, HOLE),)),
        Surface(5, "wood", ((SQUARE,), (AWAY,))),
        Surface(6, "grass", ((BOW_TIE,),)),
    ),
    courses=(Course(8, "river", SQUARE[1:3], MAIN),),
    settlements=(Settlement(9, "town", (9.005, 47.005), MAIN, 5_696),),
)  # fmt: skip


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_everything_of_a_land_is_kept(own_engine: Engine) -> None:
    lands.load(own_engine, SMALL, NOW)

    assert rows(
        own_engine,
        "SELECT id, kind, name, name_en, name_zh, oneway, maxspeed_kmh, ST_AsText(path)"
        " FROM streets",
    ) == [
        (7, "primary", "主街", "Main Street", "主街", True, 50.0,
         "LINESTRING(9 47,9.01 47,9.01 47.01)")
    ]  # fmt: skip
    assert rows(
        own_engine,
        "SELECT id, ST_NumGeometries(shape), ST_NRings(shape), ST_IsValid(shape), ST_SRID(shape)"
        " FROM surfaces ORDER BY id",
    ) == [(-5, 1, 2, True, 4326), (5, 2, 2, True, 4326), (6, 2, 2, True, 4326)]
    assert rows(own_engine, "SELECT id, kind, ST_NPoints(path) FROM courses") == [(8, "river", 2)]
    assert rows(own_engine, "SELECT population, ST_X(at), ST_Y(at) FROM settlements") == [
        (5_696, 9.005, 47.005)
    ]


def test_what_is_said_of_the_land_is_read_back(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        assert lands.sheet(session) is None

    lands.load(own_engine, SMALL, NOW)

    with Session(own_engine) as session:
        assert lands.sheet(session) == (
            "plan", "plan.osm", "© somebody", "ab" * 32, SMALL.bounds, NOW,
        )  # fmt: skip
        assert lands.counts(session) == (1, 3, 1, 1)


def test_another_land_takes_the_place_of_the_one_before(own_engine: Engine) -> None:
    lands.load(own_engine, SMALL, NOW)
    lands.load(own_engine, replace(SMALL, digest="cd" * 32, surfaces=(), courses=()), NOW)

    with Session(own_engine) as session:
        assert lands.counts(session) == (1, 0, 0, 1)
        sheet = lands.sheet(session)

    assert sheet is not None
    assert sheet.digest == "cd" * 32


def test_a_load_that_fails_changes_nothing(own_engine: Engine) -> None:
    lands.load(own_engine, SMALL, NOW)
    twice = replace(SMALL, digest="cd" * 32, streets=SMALL.streets * 2)
    with pytest.raises(UniqueViolation):
        lands.load(own_engine, twice, NOW)

    with Session(own_engine) as session:
        assert lands.counts(session) == (1, 3, 1, 1)
        sheet = lands.sheet(session)

    assert sheet is not None
    assert sheet.digest == SMALL.digest


def test_until_the_last_row_is_in_the_old_land_is_seen(own_engine: Engine) -> None:
    lands.load(own_engine, SMALL, NOW)
    with Session(own_engine) as loading, loading.begin():
        lands.replace(loading, replace(SMALL, digest="cd" * 32, streets=()), NOW)
        with Session(own_engine) as session:
            assert lands.counts(session) == (1, 3, 1, 1)


def test_an_invented_land_fits_the_tables(own_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "small.osm.pbf"
    generate(1, file, "small")
    land = read_land(file)
    lands.load(own_engine, land, NOW)

    with Session(own_engine) as session:
        assert lands.counts(session) == (
            len(land.streets), len(land.surfaces), len(land.courses), len(land.settlements),
        )  # fmt: skip
    assert rows(own_engine, "SELECT count(*) FROM surfaces WHERE NOT ST_IsValid(shape)") == [(0,)]
