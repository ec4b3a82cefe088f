"""Tiles from real PostGIS, read as a map reads them."""

from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from store import tiles
from store.tables.land import CourseRow, LandRow, SettlementRow, StreetRow, SurfaceRow
from store.tables.territory import DeviceRow
from store.tile_layers import Kind
from store.tiles import Spot

AT = (106.55, 29.56)
"""The middle of the demo's city."""
NAMED = {"name": "江北路", "name_en": "North Road", "name_zh": "江北路"}


def around(lon: float, lat: float, zoom: int) -> Spot:
    from math import asinh, pi, radians, tan

    n = 2**zoom
    return Spot(zoom, int((lon + 180) / 360 * n), int((1 - asinh(tan(radians(lat))) / pi) / 2 * n))


def square(lon: float, lat: float, half: float) -> str:
    ring = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    corners = ",".join(f"{lon + half * x} {lat + half * y}" for x, y in ring)
    return f"SRID=4326;MULTIPOLYGON((({corners})))"


def street(number: int, kind: str, dy: float, **more: Any) -> dict[str, Any]:
    lon, lat = AT
    ends = f"{lon - 0.004} {lat + dy},{lon + 0.004} {lat + dy}"
    return {"id": number, "kind": kind, "oneway": False, "path": f"SRID=4326;LINESTRING({ends})",
            "name": None, "name_en": None, "name_zh": None, **more}  # fmt: skip


def lay_land(session: Session, lon: float = AT[0], lat: float = AT[1]) -> None:
    nameless = {"name": None, "name_en": None, "name_zh": None}
    session.execute(
        insert(LandRow),
        {"digest": "d1", "name": "Test", "source": "test", "attribution": "© somebody",
         "bounds": square(lon, lat, 0.1), "loaded_at": datetime(2026, 1, 1, tzinfo=UTC)},
    )  # fmt: skip
    session.execute(
        insert(StreetRow),
        [street(1, "primary", 0.0, **NAMED), street(2, "residential", 0.001),
         street(3, "service", 0.002)],
    )  # fmt: skip
    session.execute(
        insert(SurfaceRow),
        [
            {"id": 1, "kind": "water", "shape": square(lon, lat, 0.02), **nameless},
            {"id": 2, "kind": "wood", "shape": square(lon + 0.02, lat, 0.01), **nameless},
            {"id": 3, "kind": "building", "shape": square(lon, lat, 0.0002), **nameless},
        ],
    )
    session.execute(
        insert(CourseRow),
        {"id": 1, "kind": "river", "path": street(1, "", 0.003)["path"], **nameless},
    )
    session.execute(
        insert(SettlementRow),
        {"id": 1, "kind": "city", "at": f"SRID=4326;POINT({lon} {lat})", "population": 9,
         "name": "江坪", "name_en": "Jiangping", "name_zh": "江坪"},
    )  # fmt: skip


def read(session: Session, kind: Kind, spot: Spot, scope: list[str] | None = None) -> Any:
    return mapbox_vector_tile.decode(tiles.drawn(session, kind, spot, scope))


def kinds(layer: Any) -> set[str]:
    return {feature["properties"]["kind"] for feature in layer["features"]}


@pytest.fixture
def land(demo_session: Session) -> Session:
    lay_land(demo_session)
    return demo_session


def test_a_tile_of_the_land_has_every_layer_with_names_in_both_languages(land: Session) -> None:
    told = read(land, "land", around(*AT, 14))

    assert set(told) == {"roads", "buildings", "water", "landuse", "courses", "places"}
    assert kinds(told["roads"]) == {"primary", "residential", "service"}
    named = next(f for f in told["roads"]["features"] if f["properties"]["kind"] == "primary")
    assert named["properties"] == {"kind": "primary", **NAMED}
    (place,) = told["places"]["features"]
    assert place["properties"]["name_en"] == "Jiangping"
    assert place["properties"]["population"] == 9


def test_what_cannot_be_seen_from_afar_is_left_out(land: Session) -> None:
    told = read(land, "land", around(*AT, 8))

    assert kinds(told["roads"]) == {"primary"}
    assert "buildings" not in told
    assert kinds(told["places"]) == {"city"}


def test_pieces_of_one_street_are_one_line_so_that_its_name_fits(land: Session) -> None:
    lon, lat = AT
    more = f"SRID=4326;LINESTRING({lon + 0.004} {lat},{lon + 0.006} {lat})"
    land.execute(insert(StreetRow), street(9, "primary", 0.0, **NAMED) | {"path": more})
    told = read(land, "land", around(*AT, 13))
    (road,) = [f for f in told["roads"]["features"] if f["properties"]["kind"] == "primary"]

    assert road["geometry"]["type"] == "LineString"


def test_a_place_far_away_has_an_empty_tile(land: Session) -> None:
    assert tiles.drawn(land, "land", Spot(10, 0, 0)) == b""


def test_the_other_side_of_the_date_line_is_drawn_where_it_lies(session: Session) -> None:
    nameless = {"name": None, "name_en": None, "name_zh": None}
    session.execute(
        insert(SurfaceRow),
        {"id": 1, "kind": "water", "shape": square(-100.0, 40.0, 5.0), **nameless},
    )

    assert read(session, "land", Spot(4, 3, 6)) != {}
    assert read(session, "land", Spot(5, 31, 12)) == {}


def test_the_network_is_drawn_with_what_belongs_to_it(demo_session: Session) -> None:
    section = demo_session.scalar(text("SELECT min(id) FROM sections WHERE feeder_id = 'jp-f1'"))
    tie = demo_session.scalar(text("SELECT min(id) FROM sections WHERE feeder_id = 'jp-f2'"))
    demo_session.execute(
        insert(DeviceRow),
        {"id": "d1", "kind": "switch", "name": "S1", "section_id": section, "normally_open": True,
         "tie_section_id": tie, "at": f"SRID=4326;POINT({AT[0]} {AT[1]})"},
    )  # fmt: skip
    told = read(demo_session, "network", around(*AT, 13))

    assert {"areas", "feeders", "transformers", "devices"} <= set(told)
    assert told["devices"]["features"][0]["properties"] == {
        "id": "d1", "name": "S1", "kind": "switch", "normally_open": True
    }  # fmt: skip
    feeder = told["feeders"]["features"][0]["properties"]
    assert feeder["name_en"].startswith("Feeder")
    assert feeder["name_zh"].endswith("馈线")
    wide = read(demo_session, "network", around(*AT, 9))
    assert "substations" in wide
    assert "transformers" not in wide


def test_only_the_districts_of_the_scope_are_drawn(demo_session: Session) -> None:
    spot = around(*AT, 5)
    everything = read(demo_session, "network", spot)
    own = read(demo_session, "network", spot, ["yl"])

    assert {f["properties"]["district"] for f in everything["feeders"]["features"]} == {"jp", "yl"}
    assert {f["properties"]["district"] for f in own["feeders"]["features"]} == {"yl"}
    assert {f["properties"]["district"] for f in own["areas"]["features"]} == {"yl"}
    assert all(f["properties"]["id"].startswith("yl") for f in own["substations"]["features"])
    assert read(demo_session, "network", spot, []) == {}


def test_a_version_changes_with_what_is_drawn_and_only_then(own_demo_engine: Engine) -> None:
    with Session(own_demo_engine) as session:
        bare = tiles.versions(session)
        assert tiles.versions(session) == bare
        lay_land(session)
        with_land = tiles.versions(session)
        session.execute(text("UPDATE transformers SET name = 'X' WHERE id LIKE 'jp-f1-s1-t1'"))
        renamed = tiles.versions(session)

    assert with_land.land != bare.land
    assert with_land.network == bare.network
    assert renamed.land == with_land.land
    assert renamed.network != bare.network


def test_a_tile_holds_a_bounded_number_of_features(
    land: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MOST_FEATURES", 1)
    told = read(land, "land", around(*AT, 14))

    assert kinds(told["roads"]) == {"primary"}
