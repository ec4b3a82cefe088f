"""A network laid over a small town: sound, complete, cut as a utility cuts it, always the same."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.inspection import check
from territory.inspection.places import shape_of
from territory.land import NAMELESS, Land
from territory.layout import Layout, NoStreets, lay_network
from territory.layout.cuts import Piece, Tree, walked
from territory.network import Network
from tests.territory.tiny_land import a_land, spot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOMES = 9_000


@pytest.fixture(scope="module")
def land() -> Land:
    return a_land()


@pytest.fixture(scope="module")
def network(land: Land) -> Network:
    return lay_network(land, Layout(homes=HOMES), NOW)


def test_it_is_sound(network: Network) -> None:
    assert check(network) == []


def test_the_same_land_and_seed_give_the_same_network(land: Land, network: Network) -> None:
    assert lay_network(a_land(), Layout(homes=HOMES), NOW) == network
    assert lay_network(land, Layout(homes=HOMES, seed=2), NOW) != network


def test_it_is_as_large_as_it_was_asked_to_be(network: Network) -> None:
    supplied = Counter(row.transformer_id for row in network.service_points)

    assert len(network.service_points) == len(network.customers) >= HOMES
    assert len(network.substations) >= 2
    assert len(network.feeders) >= 20
    assert len(network.crews) >= 24
    assert set(supplied) == {row.id for row in network.transformers}
    assert max(supplied.values()) <= 120
    assert 40 < np.median(list(supplied.values())) < 120


def test_every_kind_of_device_stands_where_it_belongs(network: Network) -> None:
    roots = {row.id for row in network.sections if row.parent_section_id is None}
    heads = {row.section_id: row for row in network.devices if not row.normally_open}
    feeder = {row.id: row.feeder_id for row in network.sections}
    fused = {name for name, device in heads.items() if device.kind == "fuse"}

    assert {row.kind for row in network.devices} == {"breaker", "recloser", "switch", "fuse"}
    assert {name for name, row in heads.items() if row.kind == "breaker"} == roots
    assert len(roots) == len(network.feeders)
    assert not [row for row in network.sections if row.parent_section_id in fused
                and heads[row.id].kind in {"switch", "recloser"}]  # fmt: skip
    ties = [row for row in network.devices if row.normally_open]
    assert all(feeder[row.section_id] != feeder[row.tie_section_id or ""] for row in ties)
    tied = {feeder[name] for row in ties for name in (row.section_id, row.tie_section_id or "")}
    assert len(tied) > len(network.feeders) * 0.8


def test_a_line_begins_where_the_one_before_it_passes(network: Network) -> None:
    lines = {row.id: shapely.LineString(row.path) for row in network.sections}
    far = [
        (row.id, shapely.distance(shapely.Point(row.path[0]), lines[row.parent_section_id]))
        for row in network.sections
        if row.parent_section_id is not None
    ]
    longest = max(
        float(np.hypot(*(np.array(b) - np.array(a))))
        for row in network.sections
        for a, b in pairwise(row.path)
    )

    assert max(distance for _, distance in far) < 3e-5  # three metres
    assert longest < 0.1


def test_transformers_stand_at_their_line_and_near_their_homes(network: Network) -> None:
    lines = {row.id: shapely.LineString(row.path) for row in network.sections}
    at = {row.id: row.at for row in network.transformers}
    from_line = [shapely.distance(shapely.Point(row.at), lines[row.section_id])
                 for row in network.transformers]  # fmt: skip
    from_homes = [shapely.distance(shapely.Point(row.at), shapely.Point(at[row.transformer_id]))
                  for row in network.service_points]  # fmt: skip

    assert max(from_line) < 2e-4  # twenty metres
    assert np.quantile(from_homes, 0.95) < 6e-3


def test_areas_cover_the_district_once(network: Network) -> None:
    whole = shape_of(network.districts[0].area)
    parts = [shape_of(row.boundary) for row in network.service_areas]
    grids = [shape_of(row.boundary) for row in network.grids]

    assert {row.area_class for row in network.service_areas} == {"urban", "rural", "remote"}
    for some in (parts, grids):
        assert sum(part.area for part in some) == pytest.approx(whole.area, rel=1e-3)
        assert shapely.union_all(some).area == pytest.approx(whole.area, rel=1e-3)


def test_addresses_name_street_number_and_place_in_both_languages(network: Network) -> None:
    town = [row for row in network.service_points if "4 Cross, Dale" in row.address_en]

    assert town
    assert all("谷镇4横街" in row.address and row.address.endswith(("号", "室")) for row in town)
    assert len({row.address for row in network.service_points}) == len(network.service_points)
    assert len({row.address_en for row in network.service_points}) == len(network.service_points)


def test_crews_have_what_the_planner_asks_about(network: Network) -> None:
    skills = {skill for crew in network.crews for skill in crew.skills}
    licences = {name for crew in network.crews for name, _ in crew.licences}
    soon = NOW + timedelta(days=30)
    expiring = [
        crew
        for crew in network.crews
        if any(datetime.fromisoformat(expiry) < soon for _, expiry in crew.licences)
    ]
    # Shifts turn crew by crew, so crews n, n + 3, ... work together.
    turns = [{crew.depot_id for crew in network.crews[turn::3]} for turn in range(3)]  # fmt: skip

    assert skills == {"repair", "switching", "cable", "live_line"}
    assert {thing for crew in network.crews for thing in crew.kit} == {
        "bucket_truck", "tree_saw", "cable_fault_locator", "generator_truck",
    }  # fmt: skip
    assert {part for crew in network.crews for part, _ in crew.parts} >= {"fuse", "pole"}
    assert all(count > 0 for crew in network.crews for _, count in crew.parts)
    assert licences == {"low_voltage", "high_voltage"}
    assert 0 < len(expiring) < len(network.crews) / 4
    assert turns[0] == turns[1] == turns[2] == {row.id for row in network.depots}
    assert {member.part for member in network.crew_members} == {
        "leader", "safety_officer", "member",
    }  # fmt: skip


def test_there_are_key_customers_of_each_class_and_homes_that_need_supply(
    network: Network,
) -> None:
    assert {row.key_class for row in network.customers} == {None, "special", "1", "2", "temporary"}
    assert sum(row.life_support for row in network.customers) > 10
    assert not [row for row in network.customers if row.life_support and row.key_class]


def test_the_ids_of_the_small_demo_exist_here_too(network: Network) -> None:
    assert "jp-f1-s2-t1-p1" in {row.id for row in network.service_points}


def test_a_land_without_houses_names_or_places_gets_a_network_too(land: Land) -> None:
    bare = replace(
        land,
        surfaces=(),
        settlements=(),
        streets=tuple(replace(street, names=NAMELESS) for street in land.streets),
    )
    network = lay_network(bare, Layout(), NOW)

    assert check(network) == []
    assert network.service_points[0].address.startswith("江坪区")


def test_a_land_without_streets_is_refused(land: Land) -> None:
    with pytest.raises(NoStreets):
        lay_network(replace(land, streets=()), Layout(), NOW)


def test_streets_that_lead_nowhere_bring_no_home_off_the_network(land: Land) -> None:
    island = replace(land.streets[0], id=5000, nodes=(7001, 7002),
                     path=(spot(-900, -900), spot(-800, -900)))  # fmt: skip
    network = lay_network(replace(land, streets=(*land.streets, island)), Layout(), NOW)

    assert check(network) == []


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=30))
def test_a_walk_passes_every_branch_by_steps_of_the_tree(parents: list[int]) -> None:
    below: dict[int, list[int]] = {}
    for node, above in enumerate(parents, 1):
        below.setdefault(above % node, []).append(node)
    nodes = list(range(len(parents) + 1))
    way = walked(Piece(None, "breaker", 0, nodes), Tree(below, {}, {}, {}))
    steps = {(a, b) for a, children in below.items() for b in children}

    assert set(way) == set(nodes)
    assert all((a, b) in steps or (b, a) in steps for a, b in pairwise(way))
    assert max(Counter(frozenset(step) for step in pairwise(way)).values(), default=0) <= 2
