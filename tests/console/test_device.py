"""The device that is open, where workflows run: seen on the map, said, corrected."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import text

from relight.servers.temporal import TemporalServer
from tests.conftest import MakeDatabase
from tests.console.conftest import WALL, WIDE, OpenTab, Tab
from tests.console.living import DISPATCHER, Town, a_town

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(300), pytest.mark.xdist_group("browser"),
]  # fmt: skip
WHILE_MS = 90_000
SWITCHES = """
INSERT INTO devices (id, kind, name, section_id, tie_section_id, normally_open, at)
SELECT 'sw-' || s.id, CASE WHEN s.parent_section_id IS NULL THEN 'breaker' ELSE 'switch' END,
    upper(s.id), s.id, NULL, false, ST_StartPoint(s.path)
FROM sections s WHERE s.id LIKE 'jp-%'
"""


@pytest.fixture(scope="module")
def town(
    make_database: MakeDatabase, temporal_dev: TemporalServer, land_file: Path
) -> Iterator[Town]:
    """A running installation with a device at the head of every section."""
    with a_town(make_database(demo=True), temporal_dev, 1.0, land_file) as opened:
        with opened.engine.begin() as connection:
            connection.execute(text(SWITCHES))
        yield opened


def dialog_of(tab: Tab) -> Locator:
    tab.page.wait_for_selector("[data-devices=yes]")
    return tab.page.get_by_role("dialog")


def drawn(tab: Tab) -> Locator:
    """The small map, after it has drawn what was asked last."""
    place = tab.page.locator(".device-map .chart")
    tab.page.wait_for_selector('.device-map .chart[data-idle]:not([data-idle="0"])')
    return place


def confirm(tab: Tab) -> None:
    """Say it, and do not wait for the ten seconds in which it could be taken back."""
    tab.page.locator("[data-confirm-device]").click()
    tab.page.locator(".toast [data-now]").click()


def story(town: Town, outage: str) -> list[str]:
    told = town.http.get(f"/v1/outages/{outage}/timeline", headers=DISPATCHER).json()
    return [line["sentence"] for line in told["items"] if line["kind"] == "device_confirmed"]


def test_a_device_is_found_on_the_map_confirmed_and_corrected_with_what_is_below_it(
    town: Town, open_anywhere: OpenTab
) -> None:
    outage = town.report("jp-f1-s2-t1-p1")
    other = town.report("jp-f1-s4-t5-p1")
    tab = open_anywhere(town.address, WIDE)
    tab.enter(f"dispatch?outage={outage}")
    tab.page.locator("[data-action=confirm_device]").click()
    dialog = dialog_of(tab)
    expect(dialog.locator("input:checked")).to_have_value("jp-f1-s2-t1")
    expect(drawn(tab)).to_have_attribute("data-dark", "jp-f1-s2-t1")
    expect(drawn(tab)).to_have_attribute("data-section", "")
    expect(drawn(tab)).to_have_attribute("data-offered", re.compile("sw-jp-f1-s1"))
    tab.shoot("device-suspected")
    # A click on the mark of the breaker chooses it, and all below it is drawn before it is said.
    click_mark(tab, "sw-jp-f1-s1")
    expect(dialog.locator("input[name=device]:checked")).to_have_value("sw-jp-f1-s1")
    expect(drawn(tab)).to_have_attribute("data-section", re.compile("jp-f1-s1 jp-f1-s2 jp-f1-s3"))
    below = dialog.locator(f"[data-below='{other}'] input")
    below.check()
    tab.show("device")
    found = tab.unsound()
    confirm(tab)
    expect(tab.page.locator(".drawer .facts")).to_contain_text("sw-jp-f1-s1", timeout=WHILE_MS)
    expect(tab.page.locator(".drawer .story")).to_contain_text("breaker JP-F1-S1 is open")
    wide = town.outage(outage)
    merged = wait_for(tab, town, other, status="merged")
    tab.shoot("device-confirmed")
    correct(tab)
    narrow = town.outage(outage)

    assert merged["merged_into"] == outage
    assert wide["customers_off"] == wide["customers"] > narrow["customers"]
    assert wide["at"] != narrow["at"]
    assert len(story(town, outage)) == 2
    assert found == []
    assert tab.faults == []


def correct(tab: Tab) -> None:
    """Say that not the breaker but the switch below it is open."""
    tab.page.locator("[data-action=confirm_device]").click()
    dialog = dialog_of(tab)
    expect(dialog.locator("[data-candidate='sw-jp-f1-s1']")).to_contain_text("confirmed")
    expect(dialog.locator("[data-confirm-device]")).to_be_disabled()
    dialog.locator("[data-candidate='sw-jp-f1-s2'] input").check()
    expect(drawn(tab)).to_have_attribute("data-section", re.compile("^jp-f1-s2 jp-f1-s3"))
    confirm(tab)
    expect(tab.page.locator(".drawer .facts")).to_contain_text("sw-jp-f1-s2", timeout=WHILE_MS)


def click_mark(tab: Tab, device: str) -> None:
    """Click where the map draws a device; the page says where that is."""
    at = tab.page.evaluate(
        "id => JSON.parse(document.querySelector('.device-map .chart').dataset.places)[id]", device
    )
    tab.page.locator(".device-map canvas").click(position={"x": at[0], "y": at[1]})


def wait_for(tab: Tab, town: Town, outage: str, **wanted: str) -> dict:
    """Wait until the rows of an outage say so."""
    for _ in range(300):
        told = town.outage(outage)
        if wanted.items() <= told.items():
            return told
        tab.page.wait_for_timeout(100)
    raise AssertionError(f"{outage} is not {wanted}")


def test_keys_alone_choose_a_device_and_it_can_be_taken_back(
    town: Town, open_anywhere: OpenTab
) -> None:
    outage = town.report("jp-f2-s2-t1-p1")
    tab = open_anywhere(town.address, WALL, "dark", "zh-CN")
    tab.enter(f"dispatch?outage={outage}")
    tab.page.wait_for_selector("[data-action=confirm_device]")
    tab.page.keyboard.press("d")
    dialog = dialog_of(tab)
    dialog.locator("input:checked").focus()
    tab.page.keyboard.press("ArrowDown")
    expect(dialog.locator("input:checked")).to_have_value("sw-jp-f2-s2")
    expect(drawn(tab)).to_have_attribute("data-section", re.compile("^jp-f2-s2 "))
    tab.page.wait_for_timeout(500)
    tab.shoot("device-dark-zh")
    found = tab.unsound()
    tab.page.locator("[data-confirm-device]").focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("[data-undo]")
    tab.page.keyboard.press("u")
    tab.page.wait_for_selector("[data-undo]", state="detached")

    assert town.outage(outage)["device"] is None
    assert found == []
    assert tab.faults == []


@pytest.mark.parametrize(
    ("name", "may"), [("dora", True), ("audrey", False)], ids=["dispatcher", "auditor"]
)
def test_who_may_not_say_it_sees_it_all_the_same(
    town: Town, open_anywhere: OpenTab, name: str, may: bool
) -> None:
    outage = town.report("jp-f5-s2-t1-p1")
    tab = open_anywhere(town.address, WIDE, "dark" if may else "light", "en-GB")
    tab.enter(f"dispatch?outage={outage}", name)
    tab.page.wait_for_selector(f"[data-detail='{outage}']")
    tab.page.keyboard.press("d")
    dialog = dialog_of(tab)
    expect(dialog.locator("[data-holds]")).to_contain_text("customers off")
    tab.page.wait_for_timeout(500)
    tab.shoot(f"device-{name}")

    assert dialog.locator("[data-confirm-device]").count() == int(may)
    assert tab.unsound() == []


def test_a_call_takers_desk_draws_the_confirmed_part_and_later_calls_join_it(
    town: Town, open_anywhere: OpenTab
) -> None:
    outage = town.report("jp-f6-s1-t1-p1")
    said = {"kind": "confirm_device", "network_device": "sw-jp-f6-s1", "id": "said-by-dora"}
    told = town.http.post(f"/v1/outages/{outage}/actions", json=said, headers=DISPATCHER)
    assert told.status_code == 200, told.text
    tab = open_anywhere(town.address, WIDE)
    wait_for(tab, town, outage, device="sw-jp-f6-s1")
    tab.enter("incoming", "tara")
    tab.page.get_by_role("combobox").fill("jp-f6-s3-t2-p4")
    tab.page.get_by_role("option").first.wait_for()
    tab.page.keyboard.press("Enter")
    joins = tab.page.locator("[data-near].joins")
    expect(joins).to_have_attribute("data-near", outage)
    expect(tab.page.locator(".dark-told")).to_contain_text("JP-F6-S1")
    expect(tab.page.locator(".place-map .chart")).to_have_attribute(
        "data-section", re.compile("jp-f6-s")
    )
    tab.page.wait_for_timeout(500)
    tab.shoot("incoming-map-section")

    assert tab.faults == []
