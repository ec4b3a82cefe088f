"""The dispatch desk on a morning with outages of every kind: one selection, figures that filter."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.console.conftest import WALL, WIDE, House, OpenTab
from tests.console.scene import HOW_FAR

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
OUTAGES = len(HOW_FAR) + 1

COVERED = """() => {
    const news = document.querySelector('.toast').getBoundingClientRect();
    return [...document.querySelectorAll('button, input, select, a, [role=row], .bar')]
        .filter((each) => !each.closest('.toast'))
        .filter((each) => {
            const box = each.getBoundingClientRect();
            return box.width > 0 && box.left < news.right && box.right > news.left
                && box.top < news.bottom && box.bottom > news.top;
        }).map((each) => each.outerHTML.slice(0, 90));
}"""
"""Which controls the first piece of news lies over."""


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(WIDE, "light", "en-GB"), (WALL, "dark", "zh-CN")],
    ids=["1280", "1920"],
)
def test_what_is_chosen_in_one_pane_is_chosen_in_all(
    open_page: OpenTab, size: tuple[int, int], theme: str, language: str
) -> None:
    tab = open_page(size, theme, language)
    tab.enter("dispatch")
    row = tab.page.locator("[role=row][data-outage]", has_text=re.compile("#1005"))
    row.click()
    drawer = tab.page.locator(".drawer")
    expect(drawer.locator("h2")).to_contain_text("#1005")
    expect(drawer.locator("[data-task]").first).to_be_visible()
    bar = tab.page.locator(".bar.chosen")
    expect(bar).to_have_count(1)
    tab.drawn()
    tab.shoot(f"dispatch-{size[0]}-{theme}")
    other = tab.page.locator(".bar").filter(has_text="#1003")
    other.click()
    expect(drawer.locator("h2")).to_contain_text("#1003")
    chosen = tab.page.locator("[role=row][aria-selected=true]")
    expect(chosen).to_contain_text("#1003")

    assert "outage=" in tab.page.url
    assert tab.cut() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.unsound() == []
    assert tab.faults == []


@pytest.mark.parametrize("size", [WIDE, WALL], ids=["1280", "1920"])
def test_a_fault_covers_no_control_and_what_comes_later_takes_its_place(
    open_page: OpenTab, size: tuple[int, int]
) -> None:
    tab = open_page(size)
    tab.enter("dispatch")
    tab.page.locator(".bar").filter(has_text="#1003").click()
    fault = tab.page.locator(".toast.fault")
    # Temporal is not there in this house.
    for _ in range(2):
        with tab.page.expect_response("**/actions"):
            tab.page.locator(".drawer [data-action=confirm]").click()
        expect(fault).to_have_count(1)
    tab.shoot(f"fault-{size[0]}")
    covered = tab.page.evaluate(COVERED)
    tab.page.locator(".drawer > header").get_by_role("button").last.click()
    without_drawer = tab.page.evaluate(COVERED)
    fault.get_by_role("button").click()

    expect(fault).to_have_count(0)
    assert covered == without_drawer == []


def test_every_figure_is_a_filter_and_nothing_is_cut_in_silence(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    count = tab.page.locator("[data-count]")
    expect(count).to_have_text(f"showing {OUTAGES} of {OUTAGES}")
    told: dict[str, int] = {}
    for name in ("unassigned", "risk", "broken"):
        figure = tab.page.locator(f"[data-figure={name}]")
        wanted = int(figure.locator("b").inner_text())
        figure.click()
        expect(count).to_have_text(f"showing {wanted} of {OUTAGES}")
        told[name] = wanted
        figure.click()
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("1013")
    expect(count).to_have_text(f"showing 1 of {OUTAGES}")
    tab.page.keyboard.press("Escape")
    expect(count).to_have_text(f"showing {OUTAGES} of {OUTAGES}")
    tab.page.locator("[data-crewing=free]").click()
    free = int(tab.page.locator("[data-crewing=free] b").inner_text())
    expect(tab.page.locator(".lane")).to_have_count(free)

    assert told["unassigned"] > 0
    assert told["risk"] > told["broken"] == 0


def test_the_queue_and_the_twin_of_the_timeline_are_worked_by_keys(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowDown")
    chosen = tab.page.locator("[role=row][aria-selected=true]")
    expect(chosen).to_have_count(1)
    second = chosen.get_attribute("aria-rowindex")
    tab.page.keyboard.press("t")
    listed = tab.page.locator("table tr[aria-current=true]")
    tab.page.keyboard.press("Home")
    first = tab.page.locator("[role=row][aria-selected=true]").get_attribute("aria-rowindex")
    expect(tab.page.get_by_role("region").locator("table")).to_contain_text("nothing planned")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator(".drawer")).to_have_count(0)

    assert (second, first) == ("3", "2")
    assert listed.count() <= 1
    assert tab.faults == []


def test_a_crew_shows_its_stops_and_its_way(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    with tab.page.expect_response("**/route?way=true"):
        tab.page.locator(".lane", has_text="#1003").locator(".crew-name").click()
    expect(tab.page.locator(".drawer")).to_contain_text("#1003")
    expect(tab.page.locator(".lane.chosen")).to_have_count(1)
    assert "crew=" in tab.page.url


def test_the_way_of_a_crew_is_read_anew_when_its_order_is_elsewhere(
    house: House, open_page: OpenTab
) -> None:
    tab = open_page()
    tab.enter("dispatch")
    with tab.page.expect_response("**/route?way=true"):
        tab.page.locator(".lane", has_text="#1003").locator(".crew-name").click()
    moved = text(
        "UPDATE outages SET at = ST_Translate(at, 0.001, 0), seq = seq + 1 WHERE number = 1003"
    )
    with tab.page.expect_response("**/route?way=true"), house.engine.begin() as line:
        line.execute(moved)

    assert tab.faults == []


def test_the_map_fills_its_pane_in_every_layout(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    tab.drawn()
    fills = """() => {
      const [place, map] = [".chart", ".chart canvas"]
        .map((each) => document.querySelector(each).getBoundingClientRect());
      return [Math.round(place.width - map.width), Math.round(place.height - map.height)];
    }"""
    sizes = [tab.page.locator(".chart").bounding_box()]
    tab.page.keyboard.press("m")
    tab.page.wait_for_timeout(1_000)
    sizes.append(tab.page.locator(".chart").bounding_box())

    assert sizes[0] != sizes[1]
    assert tab.page.evaluate(fills) == [0, 0]
    assert tab.faults == []
