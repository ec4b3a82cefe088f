"""The invented land: the same for a seed, connected, peopled, with one road into the valley."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from territory.generate import generate
from territory.land import Land, Street
from territory.osm import read_land


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Land:
    file = tmp_path_factory.mktemp("land") / "small.osm.pbf"
    generate(7, file, "small")
    return read_land(file)


def reached(streets: list[Street], start: int, *, backwards: bool = False) -> set[int]:
    """Return every node that can be driven to from a node, or from which it can be reached."""
    ways: dict[int, set[int]] = defaultdict(set)
    for street in streets:
        for one, two in zip(street.nodes, street.nodes[1:], strict=False):
            ahead = (two, one) if backwards else (one, two)
            ways[ahead[0]].add(ahead[1])
            if not street.oneway:
                ways[ahead[1]].add(ahead[0])
    seen, waiting = {start}, [start]
    while waiting:
        for node in ways[waiting.pop()] - seen:
            seen.add(node)
            waiting.append(node)
    return seen


def nodes_of(streets: list[Street]) -> set[int]:
    return {node for street in streets for node in street.nodes}


def valley_roads(land: Land) -> Iterator[Street]:
    return (each for each in land.streets if (each.names.en or "").endswith("Valley Road"))


def test_the_same_seed_gives_the_same_file_and_another_one_another(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.osm.pbf" for number in range(3)]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        generate(seed, file, "small")
    one, same, other = (file.read_bytes() for file in files)

    assert one == same
    assert one != other
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(each.name for each in files)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_street_can_be_reached_and_left(tmp_path: Path, seed: int) -> None:
    generate(seed, tmp_path / "small.osm.pbf", "small")
    streets = list(read_land(tmp_path / "small.osm.pbf").streets)
    every, start = nodes_of(streets), streets[0].nodes[0]

    assert reached(streets, start) == every
    assert reached(streets, start, backwards=True) == every


def test_one_road_leads_into_the_valley(small: Land) -> None:
    (road,) = valley_roads(small)
    blocked = road.nodes[len(road.nodes) // 4]
    left = [
        Street(each.id, each.kind, each.path, each.nodes)
        for each in small.streets
        if blocked not in each.nodes
    ]
    halves = [road.nodes[: road.nodes.index(blocked)], road.nodes[road.nodes.index(blocked) + 1 :]]
    left += [Street(-n, road.kind, road.path[:2], half) for n, half in enumerate(halves, 1)]

    assert road.nodes[-1] not in reached(left, road.nodes[0])
    assert nodes_of(left) - reached(left, road.nodes[0])


def test_there_is_everything_that_a_district_has(small: Land) -> None:
    kinds = {each.kind for each in small.streets}
    surfaces = {each.kind for each in small.surfaces}

    assert kinds >= {"motorway", "trunk", "primary", "secondary", "tertiary", "residential"}
    assert surfaces >= {
        "building", "water", "wood", "farmland", "grass", "residential", "industrial", "commercial",
    }  # fmt: skip
    assert {each.kind for each in small.courses} >= {"river", "stream", "railway"}
    assert {each.kind for each in small.settlements} == {"city", "town", "village", "hamlet"}
    assert any(each.oneway for each in small.streets if each.kind == "residential")
    assert sum(each.flats or 0 for each in small.surfaces) > 2_500


def test_every_street_of_a_settlement_has_a_name_in_both_languages(small: Land) -> None:
    named = [each.names for each in small.streets if each.names.local is not None]

    assert len(named) > 0.9 * len(small.streets)
    assert all(each.en and each.en.isascii() and each.zh == each.local for each in named)
    assert all(each.maxspeed_kmh and 20 <= each.maxspeed_kmh <= 120 for each in small.streets)


def test_everything_lies_within_the_bounds(small: Land) -> None:
    spots = [spot for street in small.streets for spot in street.path]
    spots += [each.at for each in small.settlements]
    box = small.bounds

    assert all(box.west <= lon <= box.east and box.south <= lat <= box.north for lon, lat in spots)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_map_is_nowhere_blank(tmp_path: Path, seed: int) -> None:
    generate(seed, tmp_path / "small.osm.pbf", "small")
    land = read_land(tmp_path / "small.osm.pbf")
    grounds = [
        shapely.Polygon(rings[0], rings[1:])
        for each in land.surfaces
        if each.kind != "building"
        for rings in each.polygons
    ]
    whole = shapely.box(*land.bounds)

    assert shapely.is_valid(grounds).all()
    assert shapely.union_all(grounds).intersection(whole).area > 0.99 * whole.area


def test_bridges_cross_the_river_and_nothing_else_does(small: Land) -> None:
    (river,) = (each for each in small.surfaces if each.names.en == "Jiangping River")
    water = shapely.Polygon(river.polygons[0][0])
    bridges = [each for each in small.streets if (each.names.en or "").endswith("Bridge")]
    over = [each for each in small.streets if shapely.LineString(each.path).intersects(water)]

    assert len(bridges) >= 5
    assert {each.id for each in bridges} <= {each.id for each in over}
    assert {each.kind for each in over} <= {
        "motorway", "trunk", "primary", "secondary", "tertiary",
    }  # fmt: skip


def test_some_buildings_serve_everybody(small: Land) -> None:
    uses = {each.use: each.names.en for each in small.surfaces if each.use and each.names.en}

    assert {"hospital", "school", "townhall", "fire_station", "clinic"} <= set(uses)


def test_an_invented_land_does_not_pass_for_a_real_one(small: Land) -> None:
    assert "OpenStreetMap" not in small.attribution
    assert "seed=7 size=small" in small.source
    assert small.name == "江坪 Jiangping"
