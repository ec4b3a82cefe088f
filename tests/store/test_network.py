"""A network is loaded whole or not at all, and what is in use is never pulled from under it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.kinds import KeyClass
from store import network as networks
from store import places, stock
from territory.network import KINDS, Network
from tests.store.builders import NOW, a_draft, take, the_policy
from tests.territory.tiny import CREW, a_network, changed, without

pytestmark = pytest.mark.servers


def kept(engine: Engine) -> Network:
    with Session(engine) as session:
        return networks.kept(session)


def told(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def by_id(network: Network) -> dict[str, list[object]]:
    return {kind: sorted(network.rows(kind)) for kind in KINDS}


def test_a_network_is_kept_as_it_was_given(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)

    assert by_id(kept(own_engine)) == by_id(a_network())


def test_what_follows_from_the_rows_is_filled_in(own_engine: Engine) -> None:
    network = a_network()
    more = tuple(row._replace(id=f"{row.id}-more") for row in network.service_points[:2])
    networks.load(own_engine, replace(network, service_points=network.service_points + more), NOW)

    assert told(own_engine, "SELECT id, feeder_id, customers FROM transformers ORDER BY id") == [
        ("t1", "d-a", 2), ("t2", "d-a", 2), ("t3", "d-a", 1), ("t4", "d-b", 1),
    ]  # fmt: skip
    assert told(own_engine, "SELECT id, customers FROM sections ORDER BY id") == [
        ("a1", 2), ("a2", 2), ("a3", 1), ("b1", 1),
    ]  # fmt: skip
    assert told(own_engine, "SELECT crew_id, device FROM positions") == [("k", "depot")]


def test_crews_have_shifts_round_the_clock(own_engine: Engine) -> None:
    network = a_network()
    crews = tuple(network.crews[0]._replace(id=f"k{n}") for n in range(3))
    networks.load(own_engine, replace(network, crews=crews, crew_members=()), NOW)
    hours = [NOW + timedelta(hours=n) for n in range(24 * 13)]
    with Session(own_engine) as session:
        on_duty = [
            session.scalar(
                text("SELECT count(*) FROM shifts WHERE starts_at <= :at AND ends_at > :at"),
                {"at": at},
            )
            for at in hours
        ]

    assert min(count or 0 for count in on_duty) >= 1


def test_a_call_finds_its_place_in_it(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    with Session(own_engine) as session:
        place = places.locate(session, a_draft("p2"), the_policy())

    assert (place.transformer_id, place.section_id, place.feeder_id) == ("t2", "a2", "d-a")
    assert (place.district_id, place.grid_id, place.area_class) == ("d", "d-g", "urban")
    assert place.key_class == KeyClass("1")


def test_loading_it_again_changes_nothing(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    counts = "SELECT (SELECT count(*) FROM shifts), (SELECT count(*) FROM positions)"
    before = kept(own_engine), told(own_engine, counts)
    networks.load(own_engine, a_network(), NOW)

    assert (kept(own_engine), told(own_engine, counts)) == before


def test_a_better_network_takes_the_place_of_the_one_before(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE districts SET hotline = 'kept?'"))
    better = without(a_network(), "customers", "c2")
    better = changed(better, "transformers", "t1", section_id="b1", name="moved")
    networks.load(own_engine, better, NOW)

    assert by_id(kept(own_engine)) == by_id(better)
    assert told(own_engine, "SELECT feeder_id FROM transformers WHERE id = 't1'") == [("d-b",)]


def test_what_a_crew_told_of_its_parts_stands_when_a_network_comes_again(
    own_engine: Engine,
) -> None:
    networks.load(own_engine, a_network(), NOW)
    assert [crew.parts for crew in kept(own_engine).crews] == [CREW.parts]
    with Session(own_engine) as session, session.begin():
        stock.tell(session, CREW.id, {"fuse": 3}, by="wu", at=NOW)
    networks.load(own_engine, a_network(), NOW)

    assert [crew.parts for crew in kept(own_engine).crews] == [(("fuse", 3),)]


def test_a_district_keeps_the_policy_it_chose(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    with own_engine.begin() as connection:
        connection.execute(text("INSERT INTO policies VALUES ('h', 'n', '1', '{}')"))
        connection.execute(text("UPDATE districts SET policy_hash = 'h'"))
    networks.load(own_engine, changed(a_network(), "districts", "d", name_en="Vale"), NOW)

    assert told(own_engine, "SELECT name_en, policy_hash FROM districts") == [("Vale", "h")]


def test_what_open_outages_point_at_is_not_taken_away(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    take(own_engine, a_draft("p2"))
    poorer = without(without(a_network(), "customers", "c2"), "service_points", "p2")
    before = kept(own_engine)
    with pytest.raises(Refused) as refused:
        networks.load(own_engine, poorer, NOW)

    assert refused.value.code == "network_in_use"
    assert refused.value.params == {"missing": "service_points: p2"}
    assert kept(own_engine) == before


def test_a_network_with_the_same_ids_may_come_while_outages_are_open(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    take(own_engine, a_draft("p2"))
    better = changed(a_network(), "service_points", "p2", address_en="2 Plum Street")
    networks.load(own_engine, without(better, "devices", "tie"), NOW)

    assert [row.address_en for row in kept(own_engine).service_points if row.id == "p2"] == [
        "2 Plum Street"
    ]


def test_nothing_is_changed_when_loading_fails_half_way(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    before = kept(own_engine)
    orphan = changed(a_network(), "feeders", "d-b", substation_id="nowhere")
    with pytest.raises(Exception, match="nowhere"):
        networks.load(own_engine, orphan, NOW)

    assert kept(own_engine) == before


def test_crews_that_go_are_kept_off_duty_with_their_traces(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    other = changed(a_network(), "crews", "k", id="m")
    other = replace(other, crew_members=())
    networks.load(own_engine, other, NOW)

    assert [row.id for row in kept(own_engine).crews] == ["m"]
    assert told(own_engine, "SELECT id, active FROM crews ORDER BY id") == [
        ("k", False), ("m", True),
    ]  # fmt: skip
    assert told(own_engine, "SELECT DISTINCT crew_id FROM shifts") == [("m",)]

    networks.load(own_engine, a_network(), NOW)

    assert [row.id for row in kept(own_engine).crews] == ["k"]


def test_a_network_without_depots_lets_the_crews_go_too(own_engine: Engine) -> None:
    networks.load(own_engine, a_network(), NOW)
    bare = replace(a_network(), depots=(), crews=(), crew_members=())
    bare = changed(bare, "districts", "d", name_en="Vale")
    networks.load(own_engine, bare, NOW)

    assert by_id(kept(own_engine)) == by_id(bare)


def test_the_small_demo_gives_way_to_another_land(own_demo_engine: Engine) -> None:
    networks.load(own_demo_engine, a_network(), NOW)

    assert by_id(kept(own_demo_engine)) == by_id(a_network())
    assert Counter(told(own_demo_engine, "SELECT active FROM crews"))[(False,)] > 10
