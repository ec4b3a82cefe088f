"""The map beside the call taker's form: a place by a click or by keys, and what is dark there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import text

from tests.console.conftest import WALL, WIDE, House, OpenTab, Tab
from tests.console.test_incoming import find
from tests.store.builders import NOW

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(240), pytest.mark.xdist_group("browser"),
]  # fmt: skip
HOME, KNOWN = "jp-f3-s1-t2-p3", "jp-f4-s1-t1-p2"
APART = """
() => {
  const parts = [".call", ".place-map", "aside"].map((part) => document.querySelector(part));
  const boxes = parts.map((part) => part.getBoundingClientRect());
  return boxes.flatMap((a, n) => boxes.slice(n + 1).filter((b) => a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length;
}
"""


def canvas(tab: Tab) -> Locator:
    return tab.page.locator(".place-map canvas")


def settled(tab: Tab) -> Locator:
    """Wait until the map has drawn what was asked last; return its element."""
    tab.drawn()
    tab.page.wait_for_timeout(400)
    tab.drawn()
    return tab.page.locator(".place-map .chart")


def middle(tab: Tab) -> dict[str, Any]:
    box = canvas(tab).bounding_box()
    assert box is not None
    return {"x": box["width"] / 2, "y": box["height"] / 2}


def options(tab: Tab) -> Locator:
    return tab.page.get_by_role("option")


def test_a_click_on_the_map_offers_the_homes_around_it_and_enter_takes_the_nearest(
    open_page: OpenTab, house: House
) -> None:
    tab = open_page()
    tab.enter("incoming", "tara")
    find(tab, HOME)
    settled(tab)
    canvas(tab).click(position=middle(tab))
    expect(options(tab).first).to_contain_text(re.compile(r"\d+ m away"))
    expect(options(tab).last).to_contain_text("This point itself")
    expect(tab.page.get_by_role("combobox")).to_be_focused()
    offered = settled(tab).get_attribute("data-offered") or ""
    tab.shoot("incoming-map-offered")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(f"[data-place='{HOME}']")
    tab.page.wait_for_selector("[data-standing=yes]")

    assert HOME in offered.split()
    assert tab.unsound() == []
    assert tab.faults == []


def test_keys_alone_take_the_middle_of_the_map_or_typed_coordinates(
    open_page: OpenTab, house: House
) -> None:
    tab = open_page(WALL)
    tab.enter("incoming", "tara")
    find(tab, HOME)
    settled(tab)
    canvas(tab).focus()
    tab.page.keyboard.press("Enter")
    expect(options(tab).first).to_be_visible()
    typed = tab.page.get_by_role("combobox").input_value()
    tab.page.keyboard.press("Escape")
    canvas(tab).focus()
    tab.page.keyboard.press("ArrowRight")
    settled(tab)
    tab.page.keyboard.press("Enter")
    moved = tab.page.get_by_role("combobox")
    expect(moved).not_to_have_value(typed)
    lon, lat = (float(part) for part in typed.split(","))
    east = float(moved.input_value().split(",")[0])
    moved.fill(f"{lon}, {lat}")
    expect(options(tab).last).to_contain_text(typed)
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(f"[data-place='{HOME}']")

    assert east > lon
    assert tab.faults == []


def test_a_point_without_a_home_is_taken_as_it_is_and_reported(
    open_page: OpenTab, house: House
) -> None:
    tab = open_page()
    tab.enter("incoming", "tara")
    find(tab, HOME)
    with house.engine.connect() as connection:
        at = connection.execute(
            text("SELECT ST_X(at) AS lon, ST_Y(at) AS lat FROM service_points WHERE id = :home"),
            {"home": HOME},
        ).one()
    tab.page.get_by_role("button", name="Another place").click()
    box = tab.page.get_by_role("combobox")
    box.fill(f"{at.lat:.5f}, {at.lon:.5f}")
    expect(tab.page.locator(".search p")).to_contain_text(re.compile("longitude", re.IGNORECASE))
    box.fill(f"{at.lon + 0.0001:.5f}, {at.lat:.5f}")
    options(tab).last.click()
    tab.page.wait_for_selector("[data-place=point]")
    tab.page.wait_for_selector("[data-standing=yes]")
    tab.page.get_by_label("Caller's name").fill("Somebody on the road")
    tab.page.locator("[data-send]").click()
    tab.page.wait_for_selector("[data-taken]")
    with house.engine.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM reports WHERE reporter_name = 'Somebody on the road'")
        ).one()

    assert (row.service_point_id, row.transformer_id) == (None, "jp-f3-s1-t2")
    # What the browser notes of the swapped pair is the refusal that the test asked for.
    assert [fault for fault in tab.faults if "422" not in fault] == []


def test_what_the_report_would_join_is_drawn_and_others_on_demand(
    open_page: OpenTab, house: House
) -> None:
    tab = open_page(WALL)
    tab.enter("incoming", "tara")
    find(tab, KNOWN)
    joins = tab.page.locator("[data-near].joins")
    expect(joins.locator("[data-draw]")).to_have_attribute("aria-pressed", "true")
    expect(tab.page.locator(".dark-told")).to_contain_text("customers hang on it")
    outage = joins.get_attribute("data-near") or ""
    drawn = settled(tab)
    expect(drawn).to_have_attribute("data-outages", re.compile(outage))
    before = drawn.get_attribute("data-dark")
    tab.shoot("incoming-map-joins-wall")
    joins.locator("[data-draw]").click()
    expect(tab.page.locator(".dark-told")).to_have_count(0)
    expect(settled(tab)).to_have_attribute("data-dark", "")

    assert before == "jp-f4-s1-t1"
    assert tab.page.evaluate(APART) == 0
    assert tab.faults == []


def test_announced_work_is_marked_on_the_transformers_it_switches_off(
    open_page: OpenTab, house: House
) -> None:
    with house.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO planned_works (id, district_id, transformers, since, until, reason,"
                " notice, announced_by, announced_at) VALUES ('map-work', 'jp',"
                " '{jp-f3-s1-t2,jp-f3-s1-t3}', :since, :until, 'r', 'n', 'dora', :since)"
            ),
            {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=3)},
        )
    try:
        tab = open_page()
        tab.enter("incoming", "tara")
        find(tab, HOME)
        expect(settled(tab)).to_have_attribute("data-planned", re.compile("jp-f3-s1-t2"))
        tab.shoot("incoming-map-planned")

        assert tab.faults == []
    finally:
        with house.engine.begin() as connection:
            connection.execute(text("DELETE FROM planned_works WHERE id = 'map-work'"))


def test_the_map_is_put_away_with_a_key_and_stays_away(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("incoming", "tara")
    expect(canvas(tab)).to_be_visible()
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("m")
    expect(canvas(tab)).to_have_count(0)
    tab.shoot("incoming-map-shut")
    tab.page.reload()
    tab.page.wait_for_selector("[data-map-open]")
    shut = canvas(tab).count()
    tab.page.locator("[data-map-open]").click()
    expect(canvas(tab)).to_be_visible()

    assert shut == 0
    assert tab.faults == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (WALL, "dark"), (WIDE, "dark")])
def test_nobody_is_kept_out_and_nothing_lies_over_something_else(
    open_page: OpenTab, size: tuple[int, int], theme: str, language: str
) -> None:
    tab = open_page(size, theme, language)
    tab.enter("incoming", "sue")
    find(tab, KNOWN)
    settled(tab)
    tab.shoot(f"incoming-map-{size[0]}-{theme}-{language}")

    assert tab.page.evaluate(APART) == 0
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.unsound() == []
    assert tab.faults == []
