"""A device that is said to be open: what hangs below it, and what an order's row says then."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.device import ConfirmDevice, DeviceKind
from domain.errors import Refused
from store import devices, network, outages, projection, tallies
from store.reading import devices as around
from store.reading import extents
from tests.store.builders import NOW, Life, a_draft, take

SWITCHES = """
INSERT INTO devices (id, kind, name, section_id, tie_section_id, normally_open, at)
SELECT 'sw-' || s.id, CASE WHEN s.parent_section_id IS NULL THEN 'breaker' ELSE 'switch' END,
    'Switch ' || s.id, s.id, NULL, false, ST_StartPoint(s.path)
FROM sections s WHERE s.id LIKE 'jp-f1-%'
"""
TIE = """
INSERT INTO devices (id, kind, name, section_id, tie_section_id, normally_open, at)
SELECT 'tie', 'switch', 'Tie', 'jp-f1-s2', 'jp-f2-s2', true, ST_StartPoint(path)
FROM sections WHERE id = 'jp-f1-s2'
"""


@pytest.fixture
def switched(own_demo_engine: Engine) -> Engine:
    """The demo's first feeder with a device at the head of every section."""
    with own_demo_engine.begin() as connection:
        connection.execute(text(SWITCHES))
        connection.execute(text(TIE))
    return own_demo_engine


def row(engine: Engine, outage: str) -> dict:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT *, ST_X(at) AS lon, ST_Y(at) AS lat FROM outages WHERE id = :outage"),
            {"outage": outage},
        )
        return dict(found.one()._mapping)


def say(engine: Engine, life: Life, device: str) -> None:
    """Confirm a device as the interface does, and write what follows."""
    with Session(engine) as session, session.begin():
        held = devices.held(session, life.state.id, device)
        life.act(ConfirmDevice(network_device=device, held=held))
        projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)


def below(engine: Engine, section: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(
            text("SELECT count(*) FROM service_points WHERE transformer_id LIKE :like"),
            {"like": f"{section}-%"},
        )


def test_a_device_holds_whoever_hangs_below_it_and_a_tie_holds_nobody(switched: Engine) -> None:
    outage = take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id
    with Session(switched) as session:
        whole = devices.held(session, outage, "sw-jp-f1-s1")
        part = devices.held(session, outage, "sw-jp-f1-s3")
        alone = devices.held(session, outage, "jp-f1-s2-t1")
        codes = []
        for wrong in ("tie", "nothing", "jp-f2-s1-t1"):
            with pytest.raises(Refused) as refusal:
                devices.held(session, outage, wrong)
            codes.append(refusal.value.code)

    assert (whole.kind, part.kind, alone.kind) == (
        DeviceKind.BREAKER, DeviceKind.SWITCH, DeviceKind.TRANSFORMER,
    )  # fmt: skip
    assert whole.customers > part.customers > alone.customers > 0
    assert codes == ["device_unknown", "device_unknown", "device_elsewhere"]


def test_the_row_follows_the_device_and_a_rebuild_says_the_same(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id)
    say(switched, life, "sw-jp-f1-s1")
    wide = row(switched, life.state.id)
    say(switched, life, "sw-jp-f1-s2")
    narrow = row(switched, life.state.id)
    with Session(switched) as session, session.begin():
        projection.rebuild(session, life.state.id, now=NOW)
    again = row(switched, life.state.id)

    assert (wide["device_id"], narrow["device_id"]) == ("sw-jp-f1-s1", "sw-jp-f1-s2")
    assert wide["customers_affected"] > narrow["customers_affected"] == life.state.customers
    assert set(narrow["dark_transformers"]) < set(wide["dark_transformers"])
    assert (narrow["lon"], narrow["lat"]) == (life.state.at.lon, life.state.at.lat)
    assert (wide["lon"], wide["lat"]) != (narrow["lon"], narrow["lat"])
    assert narrow["section_id"] == "jp-f1-s2"
    assert again == narrow


def test_a_call_from_below_a_confirmed_device_joins_its_order(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s1-t1-p1")).outage_id)
    far = a_draft("jp-f1-s4-t5-p1")
    apart = take(switched, far)
    say(switched, life, "sw-jp-f1-s1")
    joined = take(switched, a_draft("jp-f1-s3-t5-p1"))
    counted = row(switched, life.state.id)
    with Session(switched) as session:
        tally = tallies.of(session, [life.state.id])[life.state.id]

    assert apart.outage_id != life.state.id
    assert joined.outage_id == life.state.id
    assert counted["report_count"] == tally.reports == 2
    assert counted["customers_affected"] == tally.customers == life.state.customers


def test_devices_around_the_calls_are_told_with_the_orders_below_them(switched: Engine) -> None:
    outage = take(switched, a_draft("jp-f1-s1-t1-p1")).outage_id
    other = take(switched, a_draft("jp-f1-s4-t5-p1"))
    with Session(switched) as session:
        alone = around.of_outage(session, outage)
    take(switched, a_draft("jp-f1-s1-t2-p1"))
    with Session(switched) as session:
        several = around.of_outage(session, outage)

    assert [(each.id, each.where) for each in alone.items] == [
        ("jp-f1-s1-t1", "suspected"), ("sw-jp-f1-s1", "upstream"),
    ]  # fmt: skip
    assert (several.items[0].id, several.items[0].where) == ("sw-jp-f1-s1", "suspected")
    assert (several.calls, several.items[0].calls) == (2, 2)
    told = {each.id: [one.number for one in each.outages] for each in several.items}
    assert told["sw-jp-f1-s1"] == told["sw-jp-f1-s4"] == [other.outage_number]
    assert told["jp-f1-s1-t1"] == []
    assert {"sw-jp-f1-s2", "jp-f1-s1-t2"} <= set(told)


def test_the_part_that_a_device_darkens_is_drawn_for_any_of_the_feeder(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id)
    with Session(switched) as session:
        suspected = extents.of_outage(session, life.state.id)
        asked = extents.of_outage(session, life.state.id, "sw-jp-f1-s3")
        nowhere = extents.of_outage(session, life.state.id, "jp-f2-s1-t1")
    say(switched, life, "sw-jp-f1-s2")
    with Session(switched) as session:
        known = extents.of_outage(session, life.state.id)

    assert suspected is not None
    assert asked is not None
    assert known is not None
    assert nowhere is None
    assert (suspected.kind, suspected.device) == ("transformer", None)
    assert (asked.kind, asked.device, asked.device_name) == (
        "section", "sw-jp-f1-s3", "Switch jp-f1-s3",
    )  # fmt: skip
    assert known.device == "sw-jp-f1-s2"
    assert known.customers == life.state.customers > asked.customers
    lines = {each["id"] for each in known.features if each["properties"]["what"] == "section"}
    assert {"jp-f1-s2", "jp-f1-s3", "jp-f1-s4"} <= lines
    assert "jp-f1-s1" not in lines


def test_an_arrival_where_the_order_was_before_stays_proven(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s4-t5-p1")).outage_id)
    here = life.state.at
    say(switched, life, "sw-jp-f1-s1")
    with Session(switched) as session:
        kept = outages.opening(session, life.state.id)

    assert life.state.seen_at == (here,)
    assert row(switched, life.state.id)["state"]["seen_at"] == [here.model_dump()]
    assert kept is not None


def test_a_network_that_lacks_a_confirmed_device_is_not_put_in_place(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id)
    say(switched, life, "sw-jp-f1-s2")
    with Session(switched) as session:
        loaded = network.kept(session)
    fewer = tuple(each for each in loaded.devices if each.id != "sw-jp-f1-s2")
    lacking = replace(loaded, devices=fewer)
    with pytest.raises(Refused) as refusal:
        network.load(switched, lacking, NOW)

    assert refusal.value.code == "network_in_use"
    assert "sw-jp-f1-s2" in str(refusal.value)


@pytest.mark.parametrize("confirmed", [None, "jp-f1-s3-t1"])
def test_a_network_that_lacks_a_transformer_of_an_order_is_not_put_in_place(
    switched: Engine, confirmed: str | None
) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id)
    if confirmed is not None:
        say(switched, life, confirmed)
    wanted = confirmed or "jp-f1-s2-t1"
    with Session(switched) as session, session.begin():
        # The order's own transformer counts, also where no report names it any more.
        session.execute(text("UPDATE outages SET transformers = '{}'"))
        loaded = network.kept(session)
    lacking = replace(
        loaded,
        transformers=tuple(each for each in loaded.transformers if each.id != wanted),
        service_points=tuple(e for e in loaded.service_points if e.transformer_id != wanted),
    )
    with pytest.raises(Refused) as refusal:
        network.load(switched, lacking, NOW)

    assert f"transformers: {wanted}" in str(refusal.value)


def test_a_dispatcher_who_confirms_a_device_has_a_hand_in_the_order(switched: Engine) -> None:
    life = Life(switched, take(switched, a_draft("jp-f1-s2-t1-p1")).outage_id)
    say(switched, life, "sw-jp-f1-s2")
    with switched.connect() as connection:
        hands = connection.execute(
            text("SELECT subject, part FROM outage_hands WHERE outage_id = :outage"),
            {"outage": life.state.id},
        ).all()

    assert [tuple(hand) for hand in hands] == [("desk-1", "dispatcher")]
