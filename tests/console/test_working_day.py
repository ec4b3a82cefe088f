"""A working day at the desks, on a whole installation with every process running."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.browser_pages import is_built
from relight.bench.territory import MORNING
from relight.rehearsal import rehearsal
from relight.token import issue
from store.engine import connect
from store.tables.territory import ServicePointRow
from tests.console import whole_town
from tests.console.conftest import WIDE, OpenTab, Tab
from tests.console.town import settle_town
from tests.console.whole_town import WHILE_MS, WholeTown

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(600), pytest.mark.xdist_group("browser"),
    pytest.mark.soak,
]  # fmt: skip
RATE = 12.0
"""House minutes are five real seconds: alerts come while one waits."""
ON_THE_MAP_S = 2.0
MACHINE = 30.0
"""How much slower than a dispatcher's own the machine may be that runs the tests."""


@pytest.fixture(scope="module")
def town(land_file: Path) -> Iterator[WholeTown]:
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
            yield WholeTown(settings, http, points[:: max(1, len(points) // 40)])


@pytest.fixture(scope="module")
def desk(town: WholeTown, open_anywhere: OpenTab) -> Tab:
    """Dora at the dispatch desk, after the supervisor had the board only advise."""
    address = town.settings.api_url or ""
    sue = open_anywhere(address)
    sue.enter("dispatch", "sue")
    whole_town.only_advise(sue)
    assert sue.faults == []
    sue.page.context.close()
    dora = open_anywhere(address, WIDE)
    dora.enter("dispatch")
    return dora


def test_a_call_is_taken_and_a_customer_reports_and_both_are_on_the_map_soon(
    town: WholeTown, desk: Tab, open_anywhere: OpenTab
) -> None:
    desk.drawn()
    tara = open_anywhere(town.settings.api_url or "", WIDE)
    tara.enter("incoming", "tara")
    whole_town.take_a_call(tara, town.homes[0])
    told = time.monotonic()
    expect(desk.page.locator("[role=row][data-outage]")).to_have_count(1)
    listed = time.monotonic()
    on_the_map = '.chart[data-drawn="{}"]'
    desk.page.wait_for_selector(on_the_map.format(1), timeout=WHILE_MS)
    drawn = time.monotonic()
    print(f"taken by the call taker, listed +{listed - told:.2f} s, on the map +{drawn - told:.2f}")
    said = {"channel": "app", "place": {"service_point_id": town.homes[31]}}
    customer = town.signed_in("customer", "wang")
    reported = town.http.post("/v1/reports", json=said, headers=customer)
    told = time.monotonic()
    desk.page.wait_for_selector(on_the_map.format(2), timeout=WHILE_MS)
    print(f"reported by the customer, on the map +{time.monotonic() - told:.2f} s")

    assert reported.status_code == 201, reported.text
    assert drawn - told <= ON_THE_MAP_S * MACHINE
    assert tara.faults == desk.faults == []
    tara.page.context.close()


def test_a_proposed_plan_is_looked_into_and_accepted(town: WholeTown, desk: Tab) -> None:
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

    desk.faults[:] = [each for each in desk.faults if "412" not in each]
    crews = [task["crew"] for each in outages for task in town.outage(each)["tasks"]]
    assert any(crews)
    page.keyboard.press("p")


@pytest.fixture(scope="module")
def fresh(town: WholeTown, desk: Tab) -> Locator:
    """A row of an outage that was just reported, alone in the queue."""
    outage = town.report(27)
    row = whole_town.row_of(desk, outage)
    expect(row).to_be_visible()
    desk.page.locator("#search").fill(f"{town.outage(outage)['number']}")
    return row


def test_the_price_of_an_override_is_read_before_the_drop(
    town: WholeTown, desk: Tab, fresh: Locator
) -> None:
    page = desk.page
    page.locator("[data-crewing=busy]").click()
    lane = page.locator(".lane").first
    said = whole_town.drag_until_priced(desk, fresh, lane)
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


def test_who_could_take_it_is_chosen_by_keys(town: WholeTown, desk: Tab, fresh: Locator) -> None:
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


def test_a_lock_is_priced_set_and_lifted(town: WholeTown, desk: Tab) -> None:
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


def test_a_crew_that_cannot_is_sent_all_the_same_and_that_is_kept_and_priced(
    town: WholeTown, desk: Tab
) -> None:
    page = desk.page
    outage = town.report(33)
    page.locator("#search").fill(f"{town.outage(outage)['number']}")
    row = whole_town.row_of(desk, outage)
    row.click()
    anyway = page.locator("tr.grey button[data-give]")
    whole_town.ask_who_could(desk, anyway)
    crew = anyway.first.get_attribute("data-give")
    expect(anyway.first).to_have_text("Assign all the same")
    anyway.first.click()
    page.locator("[data-now]").click()
    expect(row.locator(".icon.lock")).to_be_visible(timeout=WHILE_MS)
    for _ in range(30):
        if any("A dispatcher has given it to" in line for line in town.why(outage)):
            break
        page.wait_for_timeout(2_000)
    said = town.why(outage)
    assert crew in [each["crew"] for each in town.outage(outage)["tasks"]], said
    assert any("A dispatcher has given it to" in line for line in said), said


def test_work_is_dragged_to_a_crew_on_the_map_and_from_the_map(town: WholeTown, desk: Tab) -> None:
    page = desk.page
    outage = town.report(37)
    page.locator("#search").fill(f"{town.outage(outage)['number']}")
    row = whole_town.row_of(desk, outage)
    expect(row).to_be_visible()
    page.locator("[data-crewing=busy]").click()
    lane = page.locator(".lane").first
    crew = lane.get_attribute("data-drop-crew")
    lane.locator(".crew-name").click()
    middle = whole_town.middle_of_the_map(desk)
    box = row.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(*middle, steps=8)
    expect(page.locator("[data-held] [data-price] li").first).to_be_visible()
    name = lane.locator(".crew-name").inner_text()
    expect(page.locator("[data-held]")).to_contain_text(name)
    page.keyboard.press("Escape")
    page.mouse.up()

    row.click()
    page.mouse.move(*whole_town.middle_of_the_map(desk))
    page.mouse.down()
    onto = lane.bounding_box()
    assert onto is not None
    page.mouse.move(onto["x"] + 400, onto["y"] + 14, steps=8)
    expect(page.locator("[data-held] [data-price] li").first).to_be_visible()
    expect(page.locator("[data-held]")).to_contain_text(f"#{town.outage(outage)['number']}")
    page.mouse.up()
    expect(page.locator("[data-undo]")).to_be_visible()
    page.keyboard.press("u")
    page.locator("[data-crewing=busy]").click()

    assert crew not in [task["crew"] for task in town.outage(outage)["tasks"]]
    assert desk.faults == []


def test_an_alert_is_taken_over_where_its_outage_is_shown(town: WholeTown, desk: Tab) -> None:
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
    assert desk.cut() == []
    taken.first.click()
    expect(page.locator(".toast", has_text="taken over")).to_be_visible()
    expect(taken).to_have_count(before - 1, timeout=WHILE_MS)

    assert desk.faults == []


def test_a_customer_is_called_back_and_still_off_opens_the_order_again(
    town: WholeTown, desk: Tab, open_anywhere: OpenTab
) -> None:
    running = town.http.get("/v1/outages?live=true", headers=town.signed_in("auditor")).json()
    outage = next(
        each["id"] for each in running["items"] if any(task["crew"] for task in each["tasks"])
    )
    town.repair(outage)
    cal = open_anywhere(town.settings.api_url or "", WIDE)
    cal.enter("callbacks", "cal")
    card = cal.page.locator("[data-call]")
    whole_town.take_the_next_call(cal)
    expect(card).to_be_visible()
    cal.page.keyboard.press("o")
    expect(cal.page.locator("[data-ended=still_off]")).to_contain_text("reopened")
    row = whole_town.row_of(desk, outage)
    desk.page.locator("#search").fill(f"{town.outage(outage)['number']}")
    expect(row).to_be_visible(timeout=WHILE_MS)
    for _ in range(60):
        if town.outage(outage)["reopened"]:
            break
        cal.page.wait_for_timeout(500)

    assert town.outage(outage)["reopened"] == 1
    assert cal.faults == desk.faults == []
