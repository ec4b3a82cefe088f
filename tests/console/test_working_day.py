"""The dispatcher's part of a working day, on a whole installation with every process running."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.browser_pages import is_built
from relight.bench.territory import MORNING
from relight.rehearsal import rehearsal
from relight.settings import Settings
from relight.token import issue
from store.engine import connect
from store.tables.territory import ServicePointRow
from tests.console.conftest import WIDE, OpenTab, Tab
from tests.console.town import settle_town

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(600), pytest.mark.xdist_group("browser"),
    pytest.mark.soak,
]  # fmt: skip
RATE = 12.0
"""House minutes are five real seconds: alerts come while one waits."""
ON_THE_MAP_S = 2.0
MACHINE = 30.0
"""How much slower than a dispatcher's own the machine may be that runs the tests."""
WHILE_MS = 90_000


@dataclass
class Town:
    """The installation, and what is said to it beside the browser."""

    settings: Settings
    http: httpx.Client
    homes: list[str]

    def report(self, nth: int, **said: Any) -> str:
        """Report from one of the homes; return the outage."""
        body = {"channel": "phone", "place": {"service_point_id": self.homes[nth]}, **said}
        told = self.http.post("/v1/reports", json=body)
        assert told.status_code == 201, told.text
        return str(told.json()["outage"]["id"])

    def outage(self, outage: str) -> dict[str, Any]:
        """Read an outage."""
        return dict(self.http.get(f"/v1/outages/{outage}").json())


@pytest.fixture(scope="module")
def town(land_file: Path) -> Iterator[Town]:
    """A town with crews on duty and a board that acts by itself."""
    if not is_built():
        pytest.skip("the pages are not built: make pages (needs Node 20.19 or later)")
    with rehearsal(
        house_epoch=MORNING, rate=RATE, watched=False,
        furnish=lambda settings: settle_town(settings, land_file),
    ) as stack:  # fmt: skip
        settings = stack.settings
        engine = connect(settings.database_url or "", connections=1, name="town")
        with Session(engine) as session:
            query = select(ServicePointRow.id).order_by(ServicePointRow.id)
            points = list(session.scalars(query))
        engine.dispose()
        token = issue(settings, "call_taker", "tara")
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=settings.api_url or "", headers=headers, timeout=60) as http:
            yield Town(settings, http, points[:: max(1, len(points) // 40)])


@pytest.fixture(scope="module")
def desk(town: Town, open_anywhere: OpenTab) -> Tab:
    """Dora at the dispatch desk, after the supervisor had the board only advise."""
    address = town.settings.api_url or ""
    sue = open_anywhere(address)
    sue.enter("dispatch", "sue")
    sue.page.locator("[data-mode]").first.click()
    dialog = sue.page.get_by_role("dialog")
    dialog.get_by_label("New mode").select_option("advise")
    dialog.get_by_label("Why").select_option("trial")
    dialog.get_by_role("button", name="Set").click()
    expect(sue.page.locator("[data-mode=advise]").first).to_be_visible(timeout=WHILE_MS)
    assert sue.faults == []
    sue.page.context.close()
    dora = open_anywhere(address, WIDE)
    dora.enter("dispatch")
    return dora


def row_of(tab: Tab, outage: str) -> Locator:
    return tab.page.locator(f"[role=row][data-outage='{outage}']")


def test_an_outage_is_on_the_map_soon_after_it_is_reported(town: Town, desk: Tab) -> None:
    desk.drawn()
    begun = time.monotonic()
    outage = town.report(0, hazards=["wire_down"])
    told = time.monotonic()
    expect(row_of(desk, outage)).to_be_visible()
    listed = time.monotonic()
    on_the_map = '.chart[data-drawn]:not([data-drawn="0"])'
    desk.page.wait_for_selector(on_the_map, timeout=WHILE_MS)
    drawn = time.monotonic()
    print(
        f"taken {told - begun:.2f} s, listed +{listed - told:.2f}, on the map +{drawn - told:.2f}"
    )

    assert drawn - told <= ON_THE_MAP_S * MACHINE
    assert desk.faults == []


def test_a_proposed_plan_is_looked_into_and_accepted(town: Town, desk: Tab) -> None:
    outages = [town.report(nth) for nth in (3, 7, 11, 15, 19, 23)]
    page = desk.page
    page.keyboard.press("p")
    accept = page.locator("[data-accept=all]:not(:disabled)").first
    expect(accept).to_be_visible(timeout=WHILE_MS)
    lines = page.locator("[data-line]")
    expect(lines.first).to_be_visible()
    page.locator("[data-line] button", has_text="Why").first.click()
    why = page.locator("[data-why-told]")
    expect(why).to_contain_text("As of")
    expect(why.get_by_text("as stop", exact=False).first).to_be_visible()
    desk.show("why")
    page.keyboard.press("Escape")
    desk.show("plan")
    for _ in range(6):
        # The board may plan anew meanwhile: then the order is refused, and one looks again.
        page.locator("[data-accept=all]:not(:disabled)").first.click(timeout=WHILE_MS)
        page.locator("[data-now]").click()
        page.wait_for_timeout(3_000)
        if any(task["crew"] for task in town.outage(outages[0])["tasks"]):
            break

    crews = [task["crew"] for each in outages for task in town.outage(each)["tasks"]]
    assert any(crews)
    page.keyboard.press("p")


def drag_until_priced(tab: Tab, row: Locator, lane: Locator) -> list[str]:
    """Hold a row over a crew until its price is told; what no plan knows yet is tried again."""
    page = tab.page
    priced = page.locator("[data-held] [data-price] li")
    for _ in range(10):
        box, onto = row.bounding_box(), lane.bounding_box()
        assert box is not None
        assert onto is not None
        page.mouse.move(box["x"] + 60, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
        page.mouse.move(onto["x"] + 400, onto["y"] + 14, steps=6)
        expect(priced.first).to_be_visible()
        if "arrives" in priced.first.inner_text():
            break
        page.keyboard.press("Escape")
        page.mouse.up()
        page.wait_for_timeout(3_000)
    return priced.all_inner_texts()


@pytest.fixture(scope="module")
def fresh(town: Town, desk: Tab) -> Locator:
    """A row of an outage that was just reported, alone in the queue."""
    outage = town.report(27)
    row = row_of(desk, outage)
    expect(row).to_be_visible()
    desk.page.locator("#search").fill(f"{town.outage(outage)['number']}")
    return row


def test_the_price_of_an_override_is_read_before_the_drop(
    town: Town, desk: Tab, fresh: Locator
) -> None:
    page = desk.page
    page.locator("[data-crewing=busy]").click()
    lane = page.locator(".lane").first
    said = drag_until_priced(desk, fresh, lane)
    desk.show("override")
    page.mouse.up()
    expect(page.locator("[data-undo]")).to_be_visible()
    crew = lane.get_attribute("data-drop-crew")
    page.keyboard.press("u")
    expect(page.locator("[data-undo]")).to_have_count(0)
    page.locator("[data-crewing=busy]").click()
    outage = fresh.get_attribute("data-outage") or ""

    assert any("points" in line or "no more than the plan" in line for line in said)
    assert crew not in [task["crew"] for task in town.outage(outage)["tasks"]]


def test_who_could_take_it_is_chosen_by_keys(town: Town, desk: Tab, fresh: Locator) -> None:
    page = desk.page
    fresh.click()
    page.locator("[data-count]").click()
    page.keyboard.press("a")
    give = page.locator("[data-give]")
    expect(give.nth(1)).to_be_visible()
    desk.show("who-could-take-it")
    other = give.nth(1).get_attribute("data-give")
    give.nth(1).press("Enter")
    page.locator("[data-now]").click()
    expect(fresh.locator(".icon.lock")).to_be_visible(timeout=WHILE_MS)
    outage = fresh.get_attribute("data-outage") or ""

    assert other in [task["crew"] for task in town.outage(outage)["tasks"]]


def test_a_lock_is_priced_set_and_lifted(town: Town, desk: Tab) -> None:
    page = desk.page
    chosen = page.locator("[role=row][aria-selected=true]")
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("range of time").check()
    expect(dialog.locator("[data-price] li").first).to_be_visible()
    dialog.locator("[data-set-lock]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".drawer .tag", has_text="range of time")).to_be_visible(timeout=WHILE_MS)
    page.keyboard.press("l")
    page.locator("[data-lift]").click()
    expect(chosen.locator(".icon.lock")).to_have_count(0, timeout=WHILE_MS)

    assert desk.faults == []


def test_an_alert_is_taken_over_where_its_outage_is_shown(town: Town, desk: Tab) -> None:
    page = desk.page
    page.locator("#search").fill("")
    page.locator("[data-figure=open]").click()
    page.locator("[data-figure=paged]").click()
    row = page.locator("[role=row][data-outage]").first
    expect(row).to_be_visible(timeout=WHILE_MS)
    row.click()
    taken = page.locator("[data-take-over]")
    expect(taken.first).to_be_visible()
    before = taken.count()
    desk.show("alert")
    taken.first.click()
    expect(page.locator(".toast", has_text="taken over")).to_be_visible()
    expect(taken).to_have_count(before - 1, timeout=WHILE_MS)

    assert desk.faults == []
