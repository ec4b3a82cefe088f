"""A network survives its files, and files that are wrong are told row by row."""

import json
from pathlib import Path

import pytest

from domain.words import LANGUAGES
from territory.files.reading import read_network
from territory.files.writing import write_features, write_tables
from tests.territory.tiny import a_network

WRITERS = {
    "tables": lambda place: write_tables(a_network(), place / "net"),
    "features": lambda place: write_features(a_network(), place / "net"),
    "net.geojson": lambda place: write_features(a_network(), place / "net.geojson"),
}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    write_tables(a_network(), tmp_path / "net")
    return tmp_path / "net"


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def told(place: Path) -> list[str]:
    faults = read_network(place).faults
    for fault in faults:
        assert all(fault.told(language) for language in LANGUAGES)
    return [
        f"{fault.origin.file}:{fault.origin.row} {fault.id} {fault.column} {fault.code}"
        for fault in faults
    ]


@pytest.mark.parametrize("form", WRITERS)
def test_a_network_is_read_again_as_it_was_written(form: str, tmp_path: Path) -> None:
    WRITERS[form](tmp_path)
    reading = read_network(tmp_path / (form if "." in form else "net"))

    assert reading.faults == []
    assert reading.network == a_network()


def test_tables_and_features_may_stand_side_by_side(tables: Path, tmp_path: Path) -> None:
    write_features(a_network(), tmp_path / "other")
    (tables / "grids.csv").unlink()
    (tmp_path / "other" / "grids.geojson").rename(tables / "grids.geojson")

    assert read_network(tables).network == a_network()


def test_a_table_may_come_from_a_spreadsheet(tables: Path) -> None:
    file = tables / "customers.csv"
    text = file.read_text().replace("\n", "\r\n").replace("true", "TRUE")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert read_network(tables).network == a_network()


def test_faults_of_reading_and_of_checking_are_told_together(tables: Path) -> None:
    replace(tables / "depots.csv", "106.5,29.5", "east,29.5")
    replace(tables / "sections.csv", "a3,d-a,a2", "a3,d-a,zz")
    replace(tables / "devices.csv", "true", "perhaps")

    assert told(tables) == [
        "depots.csv:2 d-depot at not_coordinates",
        "devices.csv:6 tie normally_open not_yes_or_no",
        "sections.csv:4 a3 parent_section_id unknown_reference",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("feeders.csv", "substation_id", "station",
         "feeders.csv:1 None substation_id column_missing"),
        ("sections.csv", '"LINESTRING (106.5 ', '"LINE (106.5 ',
         "sections.csv:2 a1 path wkt_broken"),
        ("sections.csv", '"LINESTRING (106.51 29.5, 106.52 29.5)"', "POINT (106.5 29.5)",
         "sections.csv:3 a2 path other_geometry"),
        ("grids.csv", '"MULTIPOLYGON', '"', "grids.csv:2 d-g boundary wkt_broken"),
        ("crews.csv", "fuse=12", "fuse=a dozen", "crews.csv:2 k parts part_without_count"),
        ("crews.csv", "=2027", " until 2027", "crews.csv:2 k licences licence_without_expiry"),
        ("customers.csv", "李娜", '"李娜', "customers.csv:3 None None table_broken"),
    ],
)  # fmt: skip
def test_a_spoilt_table_is_told_at_its_row(
    tables: Path, file: str, old: str, new: str, expected: str
) -> None:
    replace(tables / file, old, new)

    assert expected in told(tables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "net.geojson:1 None None json_broken"),
        ('\n{"features": [}', "net.geojson:2 None None json_broken"),
        ("[]", "net.geojson:1 None None no_features"),
        (json.dumps({"features": [{}, 7]}), "net.geojson:2 None kind kind_unknown"),
        (json.dumps({"features": [{"properties": {"kind": ["x"]}}]}),
         "net.geojson:1 None kind kind_unknown"),
        (json.dumps({"features": [{"properties": {"kind": "depots", "id": 7}}]}),
         "net.geojson:1 7 at geometry_missing"),
        (json.dumps({"features": [{"properties": {"kind": "depots", "id": "x"},
                                   "geometry": {"type": "Point", "coordinates": 7}}]}),
         "net.geojson:1 x at other_geometry"),
        (json.dumps({"features": [{"properties": {"kind": "grids", "id": "x"},
                                   "geometry": {"type": "MultiPolygon", "coordinates": [7]}}]}),
         "net.geojson:1 x boundary not_coordinates"),
        (json.dumps({"features": []}), "districts:1 None None nothing_of_kind"),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_told(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "net.geojson"
    file.write_text(text)

    assert expected in told(file)


def test_a_place_without_tables_or_with_a_strange_one_is_told(tmp_path: Path, tables: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "lines.csv").write_text("id\n")
    (tables / "grids.geojson").write_text("{}")
    (tables / "crews.csv").write_bytes(b"\xff\xfe\x00")

    assert told(tmp_path / "empty")[0].endswith("no_files")
    assert told(tmp_path / "lines.csv") == ["lines.csv:1 None None name_unknown"]
    assert {"grids.geojson:1 None None kind_twice", "crews.csv:1 None None not_utf8"} <= set(
        told(tables)
    )
