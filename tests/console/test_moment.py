"""The story's slider moves a map and a queue, and a decision shows how the plans changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from relight.servers.temporal import TemporalServer
from tests.conftest import MakeDatabase
from tests.console.conftest import WALL, WIDE, OpenTab, Tab
from tests.console.living import Town, a_town

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(300), pytest.mark.xdist_group("browser"),
]  # fmt: skip
RATE = 30.0
WHILE_MS = 90_000


@dataclass
class Told:
    """A town in which something has happened: one order repaired, one before it, one during it."""

    town: Town
    before: str
    outage: str
    during: str


@pytest.fixture(scope="module")
def told(
    make_database: MakeDatabase, temporal_dev: TemporalServer, land_file: Path
) -> Iterator[Told]:
    """An outage that was repaired while others came."""
    with a_town(make_database(demo=True), temporal_dev, RATE, land_file) as town:
        before = town.report("jp-f3-s1-t1-p1", life_support=True)
        town.dispatched(before)
        outage = town.report("jp-f7-s1-t1-p1")
        town.dispatched(outage)
        during = town.report("jp-f5-s1-t1-p1")
        town.dispatched(during)
        town.repair(outage)
        yield Told(town, before, outage, during)


def _open(told: Told, open_anywhere: OpenTab, *looks: object) -> Tab:
    tab = open_anywhere(told.town.address, *looks)
    tab.enter(f"story/{told.outage}", "audrey")
    expect(tab.page.locator("[data-kind=restored]").first).to_be_visible(timeout=WHILE_MS)
    expect(tab.page.locator("[data-then]").first).to_be_visible(timeout=WHILE_MS)
    return tab


def _shown(page: Page) -> set[str]:
    """Return the outages of the queue, once the map has drawn the same moment."""
    at = page.locator(".then").get_attribute("data-at")
    page.wait_for_selector(f'.then .chart[data-at="{at}"]:not([data-idle="0"])')
    rows = page.locator("[data-then]").evaluate_all("rows => rows.map(row => row.dataset.then)")
    return set(rows)


def test_the_slider_moves_the_map_and_the_queue(told: Told, open_anywhere: OpenTab) -> None:
    tab = _open(told, open_anywhere)
    page = tab.page
    at_end = _shown(page)
    page.keyboard.press("Home")
    expect(page.locator(f"[data-then='{told.during}']")).to_have_count(0)
    at_begin = _shown(page)
    drawn = page.locator(".then .chart").get_attribute("data-drawn")
    own = page.locator(".row.own").get_attribute("data-then")
    tab.shoot("story-moment-begin")
    page.locator("#moment").focus()
    first = page.locator("[data-known]").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-known]")).not_to_have_text(first)
    expect(page.locator(".told > li")).to_have_count(2)
    page.locator("[data-play]").click()
    expect(page.locator(".told > li")).not_to_have_count(2)
    page.locator("[data-play]").click()
    page.locator(f"[data-then='{told.before}']").click()
    expect(page.locator(f"[data-then='{told.before}']")).to_have_attribute("aria-selected", "true")
    page.locator(".then .rows").press("Home")
    expect(page.locator("[data-then]").first).to_have_attribute("aria-selected", "true")

    assert at_end == {told.before, told.outage, told.during}
    assert at_begin == {told.before, told.outage}
    assert (drawn, own) == ("2", told.outage)
    assert tab.faults == []


def test_a_swept_slider_asks_little_and_shows_the_last(told: Told, open_anywhere: OpenTab) -> None:
    tab = _open(told, open_anywhere)
    page = tab.page
    _shown(page)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/moment?" in sent.url else None)
    most = int(page.locator("#moment").get_attribute("max") or "0")
    page.evaluate(
        """() => {
            const slider = document.getElementById("moment");
            for (let at = Number(slider.max); at >= 1; at--) {
                slider.value = at;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }"""
    )
    expect(page.locator(f"[data-then='{told.during}']")).to_have_count(0)
    swept = len(asked)
    page.keyboard.press("End")
    expect(page.locator(f"[data-then='{told.during}']")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator(f"[data-then='{told.during}']")).to_have_count(0)

    assert most > 5
    assert swept == 1
    assert len(asked) == swept
    assert tab.faults == []


def test_a_decision_shows_how_the_plans_changed(told: Told, open_anywhere: OpenTab) -> None:
    tab = _open(told, open_anywhere)
    page = tab.page
    turns = page.locator("[data-turns]").last
    turns.locator("summary").click()
    expect(turns.locator("[data-plans] tbody tr").first).to_be_visible()
    expect(turns.locator("tr.this")).to_have_count(1)
    tab.shoot("story-plans-light")

    assert re.search(r"\d\d:\d\d", turns.locator("tr.this").inner_text())
    assert tab.unsound() == []
    assert tab.faults == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (WALL, "dark")], ids=["1280", "1920"])
def test_the_moment_is_sound_by_day_and_by_night(
    told: Told, open_anywhere: OpenTab, size: tuple[int, int], theme: str, language: str
) -> None:
    tab = _open(told, open_anywhere, size, theme, language)
    page = tab.page
    _shown(page)
    page.locator("[data-roster] summary").click()
    page.locator("[data-turns] summary").first.click()
    expect(page.locator("[data-turns]").first.locator("tr.this")).to_be_visible()
    tab.shoot(f"story-moment-{size[0]}-{theme}-{language[:2]}")

    assert (tab.unsound(), tab.cut()) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.faults == []
