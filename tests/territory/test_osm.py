"""Reading map files: what is taken of them, and what is refused."""

import hashlib
from pathlib import Path

import pytest

from domain.errors import Refused
from relight.settings import CODE
from territory.generate import generate
from territory.land import Land, Names, Street
from territory.osm import read_land

SHARED = CODE.parent / "shared" / "data" / "osm"
NODES = "".join(
    f'<node id="{n}" version="1" lat="{lat}" lon="{lon}"/>'
    for n, (lon, lat) in enumerate(
        [(9.0, 47.0), (9.01, 47.0), (9.01, 47.01), (9.0, 47.01), (9.004, 47.004), (9.006, 47.004),
         (9.006, 47.006)],
        1,
    )
)  # fmt: skip


def tagged(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def way(number: int, nodes: list[int], **tags: str) -> str:
    told = {key.replace("__", ":"): value for key, value in tags.items()}
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{number}" version="1">{refs}{tagged(told)}</way>'


def a_map(folder: Path, *things: str, before: str = "") -> Path:
    file = folder / "plan.osm"
    head = '<?xml version="1.0"?><osm version="0.6">'
    file.write_text(f"{head}{before}{NODES}{''.join(things)}</osm>", encoding="utf-8")
    return file


def street_of(folder: Path, **tags: str) -> Street | None:
    spare = way(99, [1, 2], highway="service")
    land = read_land(a_map(folder, way(7, [1, 2, 3], **tags), spare))
    return next((each for each in land.streets if each.id == 7), None)


@pytest.mark.parametrize(
    ("highway", "kind"),
    [
        ("motorway_link", "motorway"), ("trunk", "trunk"), ("primary_link", "primary"),
        ("unclassified", "residential"), ("living_street", "residential"), ("track", "track"),
        ("service", "service"), ("footway", None), ("cycleway", None), ("proposed", None),
    ],
)  # fmt: skip
def test_streets_that_cars_drive_on_are_taken(
    tmp_path: Path, highway: str, kind: str | None
) -> None:
    found = street_of(tmp_path, highway=highway)

    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("tags", [{"access": "no"}, {"motor_vehicle": "no"}, {"area": "yes"}])
def test_a_street_shut_to_cars_is_not_taken(tmp_path: Path, tags: dict[str, str]) -> None:
    assert street_of(tmp_path, highway="residential", **tags) is None


@pytest.mark.parametrize(
    ("tags", "nodes", "oneway"),
    [
        ({}, (1, 2, 3), False),
        ({"oneway": "yes"}, (1, 2, 3), True),
        ({"oneway": "-1"}, (3, 2, 1), True),
        ({"junction": "roundabout"}, (1, 2, 3), True),
        ({"junction": "roundabout", "oneway": "no"}, (1, 2, 3), False),
    ],
)
def test_a_street_runs_the_way_it_may_be_driven(
    tmp_path: Path, tags: dict[str, str], nodes: tuple[int, ...], oneway: bool
) -> None:
    found = street_of(tmp_path, highway="primary", **tags)

    assert found is not None
    assert (found.nodes, found.oneway) == (nodes, oneway)
    assert len(found.path) == len(nodes)
    assert found.path[0] == ((9.0, 47.0) if nodes[0] == 1 else (9.01, 47.01))


@pytest.mark.parametrize(
    ("told", "kmh"),
    [("50", 50.0), ("30 mph", 48.3), ("none", None), ("CH:urban", None), ("0", None), ("９", 9.0)],
)
def test_speeds_are_read_in_kmh(tmp_path: Path, told: str, kmh: float | None) -> None:
    found = street_of(tmp_path, highway="primary", maxspeed=told)

    assert found is not None
    assert found.maxspeed_kmh == kmh


def test_names_have_three_forms(tmp_path: Path) -> None:
    tags = {"name": "Landstrasse", "name__en": "Country Road", "name__zh": "乡村路"}
    found = street_of(tmp_path, highway="primary", **tags)

    assert found is not None
    assert found.names == Names("Landstrasse", "Country Road", "乡村路")


def test_an_area_of_a_relation_keeps_its_holes(tmp_path: Path) -> None:
    relation = (
        '<relation id="5" version="1"><member type="way" ref="20" role="outer"/>'
        '<member type="way" ref="21" role="inner"/>'
        f"{tagged({'type': 'multipolygon', 'natural': 'water', 'name': 'See'})}</relation>"
    )
    ways = (way(7, [1, 2], highway="service"), way(20, [1, 2, 3, 4, 1]), way(21, [5, 6, 7, 5]))
    (lake,) = read_land(a_map(tmp_path, *ways, relation)).surfaces

    assert (lake.id, lake.kind, lake.names.local) == (-5, "water", "See")
    assert [len(ring) for ring in lake.polygons[0]] == [5, 4]


def test_an_area_whose_edge_crosses_itself_is_left_out(tmp_path: Path) -> None:
    ways = (way(7, [1, 2], highway="service"), way(20, [1, 2, 4, 3, 1], natural="water"))

    assert read_land(a_map(tmp_path, *ways)).surfaces == ()


def test_a_building_says_its_use_height_and_homes(tmp_path: Path) -> None:
    tags = {"building": "yes", "amenity": "hospital", "building__levels": "7",
            "building__flats": "x"}  # fmt: skip
    ways = (way(7, [1, 2], highway="service"), way(20, [1, 2, 3, 4, 1], **tags))
    (building,) = read_land(a_map(tmp_path, *ways)).surfaces

    assert (building.kind, building.use) == ("building", "hospital")
    assert (building.levels, building.flats) == (7, None)


def test_lines_and_places_are_taken(tmp_path: Path) -> None:
    place = (
        '<node id="50" version="1" lat="47.0" lon="9.0">'
        f"{tagged({'place': 'town', 'name': 'Vaduz', 'population': '5,696'})}</node>"
    )
    ways = (
        way(7, [1, 2], highway="service"),
        way(8, [2, 3], waterway="river"),
        way(9, [2, 3], waterway="stream", tunnel="culvert"),
        way(10, [3, 4], power="line"),
    )
    land = read_land(a_map(tmp_path, place, *ways))

    assert {(each.id, each.kind) for each in land.courses} == {(8, "river"), (10, "power_line")}
    (town,) = land.settlements
    assert (town.kind, town.at, town.population) == ("town", (9.0, 47.0), 5696)


def test_the_version_is_that_of_the_file_and_the_source_is_named(tmp_path: Path) -> None:
    file = a_map(tmp_path, way(7, [1, 3], highway="service"))
    land = read_land(file)

    assert land.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert land.attribution == "© OpenStreetMap contributors"
    assert (land.name, land.source) == ("plan", "plan.osm")
    assert land.bounds == (9.0, 47.0, 9.01, 47.01)


def test_the_bounds_a_file_states_are_kept(tmp_path: Path) -> None:
    stated = '<bounds minlat="46" minlon="8" maxlat="48" maxlon="10"/>'
    file = a_map(tmp_path, way(7, [1, 3], highway="service"), before=stated)

    assert read_land(file).bounds == (8.0, 46.0, 10.0, 48.0)


def refusal_of(file: Path) -> Refused:
    with pytest.raises(Refused) as refusal:
        read_land(file)
    return refusal.value


@pytest.mark.parametrize("name", ["photo.jpg", "map.osm.pbf", "map.osm", "map.pbf"])
@pytest.mark.parametrize("content", [b"", b"not a map", b"<html></html>", bytes(range(256)) * 40])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    refusal = refusal_of(file)

    assert refusal.code in {"land_unreadable", "land_without_streets"}
    assert refusal.params["file"] == str(file)
    assert "\n" not in refusal.params.get("problem", "")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    whole = tmp_path / "whole.osm.pbf"
    generate(1, whole, "small")
    file = tmp_path / "part.osm.pbf"
    file.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])

    assert refusal_of(file).code == "land_unreadable"


def test_a_map_without_streets_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    assert refusal_of(a_map(tmp_path, way(7, [1, 2], waterway="river"))).code == (
        "land_without_streets"
    )
    assert refusal_of(tmp_path / "none.osm.pbf").code == "land_file_missing"
    assert refusal_of(tmp_path).code == "land_file_missing"


def test_a_map_that_is_not_sorted_is_refused(tmp_path: Path) -> None:
    ways = (way(8, [1, 2], highway="service"), way(7, [1, 2], highway="service"))
    refusal = refusal_of(a_map(tmp_path, *ways))

    assert refusal.code == "land_unreadable"
    assert "out of order" in refusal.params["problem"]


@pytest.fixture(scope="module")
def liechtenstein() -> Land:
    file = SHARED / "liechtenstein-2021.osm.pbf"
    if not file.exists():
        pytest.skip("the shared extract of Liechtenstein is not here")
    return read_land(file)


def test_a_real_country_is_read_whole(liechtenstein: Land) -> None:
    towns = {each.names.local for each in liechtenstein.settlements if each.kind == "town"}
    buildings = [each for each in liechtenstein.surfaces if each.kind == "building"]

    assert "Vaduz" in towns
    assert len(liechtenstein.streets) > 4_000
    assert len(buildings) > 15_000
    assert any(len(polygon) > 1 for each in buildings for polygon in each.polygons)
