"""The map page in a real browser: signing in, what is drawn, how fresh it is, in both languages."""

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from roads.choosing import Roads
from roads.data import keep
from tests.api.test_local_issuer import add_person
from tests.conftest import DEMO_NOW
from tests.console.conftest import NARROW, WIDE, House, OpenTab, serving
from tests.console.scene import HOW_FAR, call, shut

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
WATCHDOG_MS = 45_000
"""Longer than two and a half heartbeats, and than the longest pause between two tries."""
OUTAGES = len(HOW_FAR) + 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_a_dispatcher_signs_in_and_sees_the_outages(
    open_page: OpenTab, size: tuple[int, int], theme: str
) -> None:
    tab = open_page(size, theme)
    tab.open()
    tab.sign_in()
    expect(tab.page.locator("[data-count]")).to_have_text(f"showing {OUTAGES} of {OUTAGES}")
    expect(tab.page.locator("[data-live=live]")).to_be_visible()
    tab.drawn()
    wide = tab.page.evaluate("document.documentElement.scrollWidth")
    tab.shoot(f"map-{size[0]}-{theme}")

    assert tab.page.url.endswith("/map")
    assert tab.page.locator("tr[data-outage]").count() == OUTAGES
    assert wide <= size[0], "nothing is to be scrolled sideways"
    assert "Asia/Shanghai" in tab.page.locator(".clock").inner_text()
    assert "OpenStreetMap" in tab.page.locator(".maplibregl-ctrl-attrib").inner_text() or (
        tab.page.locator(".maplibregl-ctrl-attrib").inner_text().strip() != ""
    )
    assert tab.faults == []


def test_everything_is_said_in_chinese_too(open_page: OpenTab) -> None:
    tab = open_page(NARROW, language="zh-CN")
    tab.open()
    tab.sign_in()
    expect(tab.page.locator("[data-count]")).to_have_text(f"显示 {OUTAGES} 项，共 {OUTAGES} 项")
    for name in ("队伍", "图例", "停电"):
        tab.page.get_by_role("tab", name=name).click()
        said = tab.page.locator(".panel").inner_text()
        assert not re.search(r"\b(waiting|crew|outage|showing|network)\b", said, re.IGNORECASE)
    tab.drawn()
    tab.shoot("map-390-zh")
    tab.page.locator("[data-language-switch]").click()
    expect(tab.page.get_by_role("tab", name="Outages")).to_be_visible()

    assert tab.faults == []


def test_a_new_outage_appears_by_itself_and_can_be_hidden(open_page: OpenTab, house: House) -> None:
    tab = open_page()
    tab.open()
    tab.sign_in()
    expect(tab.page.locator("[data-live=live]")).to_be_visible()
    before = tab.page.locator("tr[data-outage]").count()
    fresh = call(house.engine, "jp-f6-s3-t2-p1", 0, 1)
    row = tab.page.locator(f'tr[data-outage="{fresh}"]')
    expect(row).to_be_visible(timeout=15_000)
    row.get_by_role("button").click()
    expect(tab.page.locator(".detail h2")).to_contain_text("Outage")
    tab.page.get_by_role("tab", name="Legend").click()
    tab.shoot("map-1280-legend")
    tab.page.get_by_label("waiting for a crew").uncheck()
    tab.page.get_by_role("tab", name="Outages").click()
    said = tab.page.locator("[data-count]").inner_text()
    with house.engine.begin() as connection:
        connection.execute(
            text("UPDATE outages SET sealed_at = :at, closed_at = :at WHERE id = :id"),
            {"at": DEMO_NOW, "id": fresh},
        )

    shown, known = map(int, re.findall(r"\d+", said))
    assert known == before + 1
    assert shown < known
    assert not row.is_visible()
    assert tab.faults == []


def test_a_crew_shows_the_order_of_its_stops(open_page: OpenTab) -> None:
    tab = open_page()
    tab.open()
    tab.sign_in()
    tab.page.get_by_role("tab", name="Crews").click()
    busy = tab.page.locator("tr[data-crew]", has_text="on a task").first
    busy.get_by_role("button").click()
    expect(tab.page.locator("[data-way]")).to_contain_text("min of driving")
    expect(tab.page.locator("[data-way]")).to_contain_text("Dashed is not the road")
    tab.drawn()
    tab.shoot("map-1280-route")

    assert tab.faults == []


def test_a_crew_shows_its_way_along_the_roads(
    open_page: OpenTab, house: House, land_file: Path, tmp_path: Path
) -> None:
    keep(land_file, tmp_path)
    with serving(house.engine, roads=Roads(tmp_path, "graph")) as address:
        tab = open_page(address=address)
        tab.open()
        tab.sign_in()
        tab.page.get_by_role("tab", name="Crews").click()
        busy = tab.page.locator("tr[data-crew]", has_text="on a task").first
        with tab.page.expect_response("**/route?way=true") as asked:
            busy.get_by_role("button").click()
        way = asked.value.json()["way"]
        said = tab.page.locator("[data-way]").inner_text()
        tab.drawn()
        tab.shoot("map-1280-way")

    assert way["by"] == "graph"
    assert re.fullmatch(r"To all stops \(\d+\): [\d.]+ km, \d+ min of driving\..*", said)
    assert ("Dashed" in said) == any(leg["straight"] for leg in way["legs"])
    assert tab.faults == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_closed_streets_are_drawn_and_told_until_they_are_lifted(
    open_page: OpenTab, house: House, language: str
) -> None:
    chinese = language == "zh-CN"
    tab = open_page(NARROW if chinese else WIDE, language=language)
    tab.open()
    tab.sign_in()
    expect(tab.page.locator("[data-live=live]")).to_be_visible()
    tab.page.get_by_role("tab", name="道路" if chinese else "Roads").click()
    closed, slow, area = shut(house.engine, language)
    row = tab.page.locator(f'tr[data-closure="{closed}"]')
    expect(row).to_be_visible(timeout=15_000)
    expect(row).to_contain_text("封闭街道：1 条" if chinese else "streets closed: 1")
    told = tab.page.locator(f'tr[data-closure="{slow}"]')
    expect(told).to_contain_text("支路" if chinese else "slow: tertiary roads, 60 %")
    barred = tab.page.locator(f'tr[data-closure="{area}"]')
    expect(barred).to_contain_text("内部停止作业" if chinese else "nobody works in it")
    for each in (row, barred):
        each.get_by_role("button").click()
        expect(tab.page.locator('.chart:not([data-closed="0"])')).to_be_visible(timeout=30_000)
        tab.drawn()
        tab.shoot(f"map-{each.get_attribute('data-closure')}")
    with house.engine.begin() as connection:
        lifted = text(
            "UPDATE closures SET lifted_by = 'dora', lifted_at = :at WHERE id = ANY(:ids)"
        )
        connection.execute(lifted, {"at": DEMO_NOW, "ids": [closed, slow, area]})
    expect(row).to_have_count(0, timeout=15_000)
    expect(tab.page.locator('.chart[data-closed="0"]')).to_be_visible(timeout=30_000)

    assert tab.faults == []


def test_a_page_cut_off_says_so_and_comes_back_by_itself(open_page: OpenTab, house: House) -> None:
    held = socket.create_server(("127.0.0.1", 0))
    with serving(house.engine, line=held) as address:
        tab = open_page(address=address)
        tab.open()
        tab.sign_in()
        expect(tab.page.locator("[data-live=live]")).to_be_visible()
        tab.drawn()
        before = tab.page.locator("tr[data-outage]").count()
    lost = tab.page.locator("[data-live=disconnected]")
    expect(lost).to_be_visible(timeout=WATCHDOG_MS)
    expect(lost).to_contain_text("last news")
    tab.shoot("map-1280-disconnected")
    kept = tab.page.locator("tr[data-outage]").count()
    port = int(address.rsplit(":", 1)[1])
    with serving(house.engine, line=socket.create_server(("127.0.0.1", port))):
        expect(tab.page.locator("[data-live=live]")).to_be_visible(timeout=WATCHDOG_MS)
        again = tab.page.locator("tr[data-outage]").count()

    assert before == kept == again > 0


def test_a_silent_line_counts_as_cut_off(open_page: OpenTab) -> None:
    tab = open_page()
    tab.page.clock.install()
    tab.open()
    tab.sign_in()
    expect(tab.page.locator("[data-live=live]")).to_be_visible()
    tab.page.context.set_offline(True)
    # The line stays open and says nothing more: only the page's own watch can tell.
    tab.page.clock.fast_forward(WATCHDOG_MS)
    expect(tab.page.locator("[data-live=disconnected]")).to_be_visible()
    tab.page.context.set_offline(False)
    tab.page.clock.fast_forward(WATCHDOG_MS)
    expect(tab.page.locator("[data-live=live]")).to_be_visible()


def test_a_customer_is_told_that_the_map_is_not_for_them(open_page: OpenTab, house: House) -> None:
    add_person(house.engine, "carl", "customer@*")
    tab = open_page()
    tab.open()
    tab.sign_in("carl")
    expect(tab.page.get_by_text("Your sign-in as customer does not show it")).to_be_visible()

    assert tab.page.locator("tr[data-outage]").count() == 0


def test_whoever_signs_out_is_out(open_page: OpenTab) -> None:
    tab = open_page()
    tab.open()
    tab.sign_in()
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_role("button", name="Sign in")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_role("button", name="Sign in")).to_be_visible()

    assert tab.page.evaluate("sessionStorage.getItem('relight.tokens')") is None
