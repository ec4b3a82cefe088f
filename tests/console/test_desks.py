"""Escalations, crews and callbacks at their desks, on an installation whose workflows run."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from relight.servers.temporal import TemporalServer
from tests.api.test_local_issuer import add_person
from tests.conftest import MakeDatabase
from tests.console.conftest import NARROW, WALL, WIDE, OpenTab, Tab
from tests.console.living import DISPATCHER, Town, a_town

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(300), pytest.mark.xdist_group("browser"),
]  # fmt: skip
RATE = 120.0
"""Half an hour of the house, after which customers are called, is fifteen seconds."""
WHILE_MS = 90_000


@pytest.fixture(scope="module")
def town(make_database: MakeDatabase, temporal_dev: TemporalServer) -> Iterator[Town]:
    """A running installation in which somebody of each role may sign in."""
    with a_town(make_database(demo=True), temporal_dev, RATE) as town:
        yield town


def test_an_alert_is_taken_over_with_one_key(town: Town, open_anywhere: OpenTab) -> None:
    outage = town.report("jp-f1-s1-t1-p1", hazards=["wire_down"])
    number = town.outage(outage)["number"]
    tab = open_anywhere(town.address)
    tab.enter("escalations")
    line = tab.page.locator("tr[data-page]", has_text=f"#{number}").first
    expect(line).to_be_visible(timeout=WHILE_MS)
    line.locator("td").first.click()
    page = line.get_attribute("data-page")
    tab.show("escalations")
    tab.page.keyboard.press("a")
    expect(tab.page.locator(f"[data-page='{page}']")).to_have_count(0, timeout=WHILE_MS)
    told = town.http.get(f"/v1/outages/{outage}/timeline", headers=DISPATCHER).json()

    assert "rung_acknowledged" in {line["kind"] for line in told["items"]}
    assert tab.unsound() == []
    assert tab.faults == []


def next_call(tab: Tab) -> Locator:
    """Press the key for the next call until somebody is due; return the call."""
    card = tab.page.locator("[data-call]")
    for _ in range(45):
        tab.page.keyboard.press("c")
        tab.page.wait_for_timeout(2000)
        if card.count():
            break
    return card


def test_an_agent_asks_three_questions_with_one_key_each(
    town: Town, open_anywhere: OpenTab
) -> None:
    outage = town.report(
        "jp-f2-s1-t1-p1", reporter_name="Li Na", reporter_phone="19900000001", note="the lift too"
    )
    town.repair(outage)
    town.photograph(outage, "the fuse was burnt")
    tab = open_anywhere(town.address, WALL, "dark")
    tab.enter("callbacks", "cal")
    card = next_call(tab)
    expect(card).to_contain_text("Li Na")
    expect(card).to_contain_text(town.address_en("jp-f2-s1-t1-p1"))
    body = tab.page.locator("main").inner_text()
    tab.show("callback")
    assert tab.unsound() == []
    for key in "yny":
        tab.page.keyboard.press(key)
    tab.page.keyboard.press("Enter")
    ended = tab.page.locator("[data-ended=answered]")
    kept = ended.locator("[data-compared=commitment_kept]")
    expect(kept).to_contain_text("does not agree")
    expect(ended.locator("[data-photo] img")).to_have_attribute("alt", re.compile("fuse was burnt"))
    tab.show("callback-ended")

    assert "proven at" not in body
    assert "fuse was burnt" not in body
    expect(ended.locator("[data-compared=contacted_on_arrival]")).not_to_contain_text("agree")
    assert tab.unsound() == []
    assert tab.faults == []


def test_still_off_opens_the_order_again(town: Town, open_anywhere: OpenTab) -> None:
    outage = town.report("jp-f3-s1-t1-p1", reporter_name="Wang", reporter_phone="19900000002")
    town.repair(outage)
    tab = open_anywhere(town.address, WIDE, "light", "zh-CN")
    tab.enter("callbacks", "cal")
    card = next_call(tab)
    expect(card).to_contain_text("Wang")
    tab.shoot("callback-call-zh")
    tab.page.keyboard.press("o")
    expect(tab.page.locator("[data-ended=still_off]")).to_contain_text("重新打开")
    for _ in range(60):
        if town.outage(outage)["reopened"]:
            break
        tab.page.wait_for_timeout(500)

    assert town.outage(outage)["reopened"] == 1
    assert tab.unsound() == []
    assert tab.faults == []


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(WIDE, "light", "en-GB"), (WALL, "dark", "zh-CN")],
    ids=["1280", "1920"],
)
def test_crews_are_found_by_how_they_stand(
    town: Town, open_anywhere: OpenTab, size: tuple[int, int], theme: str, language: str
) -> None:
    tab = open_anywhere(town.address, size, theme, language)
    tab.enter("crews", "sue")
    rows = tab.page.locator("tr[data-crew]")
    whole = rows.count()
    tab.page.locator("[data-only=busy]").click()
    busy = rows.count()
    told = int(tab.page.locator("[data-only=busy] b").inner_text())
    tab.page.locator("[data-only=busy]").click()
    tab.page.keyboard.press("ArrowDown")
    expect(tab.page.locator("aside")).not_to_contain_text(re.compile("Loading|正在加载"))
    tab.shoot(f"crews-{size[0]}-{theme}")
    if size == WIDE:
        tab.show("crews")

    assert busy == told < whole
    assert re.search(r"\d+", tab.page.locator("[data-count]").inner_text())
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.unsound() == []
    assert tab.faults == []


def test_a_crew_goes_through_its_job_with_one_button(town: Town, open_anywhere: OpenTab) -> None:
    outage = town.report("jp-f4-s1-t1-p1", hazards=["wire_down"])
    crew, task = town.dispatched(outage)
    add_person(town.engine, "kim", f"crew@*:{crew}")
    lon, lat = town.outage(outage)["at"]["coordinates"]
    tab = open_anywhere(town.address, NARROW)
    tab.page.context.grant_permissions(["geolocation"])
    tab.page.context.set_geolocation({"longitude": lon, "latitude": lat})
    tab.open("/crew")
    tab.sign_in("kim")
    job = tab.page.locator(f"[data-job='{task}']")
    expect(job).to_contain_text("wire down", timeout=WHILE_MS)
    expect(job).to_contain_text(town.address_en("jp-f4-s1-t1-p1"))
    tab.show("crew-next-job")
    told_of = re.findall(r"Alert #(\d+)", tab.page.locator(".alerts").inner_text())
    assert len(told_of) == len(set(told_of)) > 0
    assert tab.unsound() == []
    for step in ("acknowledge", "depart", "arrive", "contact_customer", "make_safe"):
        button = job.locator(f"[data-step={step}]")
        expect(button).to_be_enabled(timeout=WHILE_MS)
        button.dblclick()
    expect(job.locator("[data-step=make_safe]")).to_have_count(0, timeout=WHILE_MS)
    tab.page.locator("[data-minutes='60']").click()
    expect(tab.page.locator(".news")).to_contain_text("estimate", timeout=WHILE_MS)
    tab.show("crew-at-work")
    timeline = town.http.get(f"/v1/outages/{outage}/timeline", headers=DISPATCHER).json()["items"]
    facts = [line for line in timeline if line["source"] == "fact"]
    numbers = [line["seq"] for line in facts]

    assert [line["kind"] for line in facts].count("arrive") == 1
    assert numbers == sorted(set(numbers))
    assert all(line["data"]["at"] for line in facts)
    assert town.outage(outage)["etr"] is not None
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert tab.unsound() == []
    assert tab.faults == []


def test_what_a_crew_states_without_a_line_arrives_by_itself_when_it_is_back(
    town: Town, open_anywhere: OpenTab
) -> None:
    outage = town.report("jp-f5-s1-t1-p1", hazards=["wire_down"])
    crew, task = town.dispatched(outage)
    add_person(town.engine, "lou", f"crew@*:{crew}")
    tab = open_anywhere(town.address, NARROW)
    tab.open("/crew")
    tab.sign_in("lou")
    job = tab.page.locator(f"[data-job='{task}']")
    kept = tab.page.locator(".kept")
    accept = job.locator("[data-step=acknowledge]")
    expect(accept).to_be_enabled(timeout=WHILE_MS)
    busy = {"status": 429, "json": {"code": "rate_limited", "detail": "Too many."}}
    tab.page.route("**/actions", lambda line: line.fulfill(**busy), times=1)
    accept.click()
    expect(kept).to_be_visible()
    tab.page.context.set_offline(True)
    tab.page.context.set_offline(False)
    expect(kept).to_have_count(0)
    expect(job.locator("[data-step=depart]")).to_be_enabled(timeout=WHILE_MS)
    tab.page.route("**/acknowledge", lambda line: line.fulfill(**busy), times=1)
    tab.page.locator("[data-take]").first.click()
    expect(tab.page.locator(".news.is-danger")).to_contain_text("Too many.")

    assert town.outage(outage)["tasks"][0]["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [
        (WIDE, "light", "en-GB"),
        (WALL, "dark", "zh-CN"),
        (WIDE, "light", "zh-CN"),
        (WIDE, "dark", "en-GB"),
    ],
)
def test_a_supervisor_sees_what_is_kept_and_what_does_not_agree(
    town: Town, open_anywhere: OpenTab, size: tuple[int, int], theme: str, language: str
) -> None:
    town.report("jp-f6-s1-t1-p1")
    tab = open_anywhere(town.address, size, theme, language)
    tab.enter("supervision", "sue")
    unsound: dict[str, list[str]] = {}
    for key, part in enumerate(("kept", "broken", "discrepancies", "ladders", "policies"), 1):
        tab.page.keyboard.press(str(key))
        sheet = tab.page.locator(f"[data-shown={part}]")
        expect(sheet).to_be_visible()
        expect(sheet).not_to_contain_text(re.compile("Loading|正在加载"))
        if part == "kept":
            expect(sheet.locator("[data-area]").first).to_be_visible()
            expect(sheet.locator("canvas")).to_be_visible()
        if part == "ladders":
            sheet.locator("[data-ladder] button").first.click()
            expect(sheet.locator(".opened")).not_to_contain_text(re.compile("Loading|正在加载"))
        tab.shoot(f"supervision-{part}-{size[0]}-{theme}")
        unsound[part] = tab.unsound() + tab.cut()
        if size == WIDE and (theme, language) == ("light", "en-GB"):
            tab.show(f"supervision-{part}")

    assert {part: told for part, told in unsound.items() if told} == {}
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.faults == []


def test_a_story_is_told_as_it_was_known(town: Town, open_anywhere: OpenTab) -> None:
    outage = town.report("jp-f7-s1-t1-p1")
    town.repair(outage)
    tab = open_anywhere(town.address)
    tab.enter(f"story/{outage}", "sue")
    told = tab.page.locator(".told > li")
    expect(tab.page.locator("[data-kind=restored]").first).to_be_visible(timeout=WHILE_MS)
    whole = told.count()
    tab.page.locator("[data-decision] summary").first.click()
    expect(tab.page.locator("[data-decision] li").first).to_be_visible()
    tab.show("story")
    tab.page.locator("[data-sort=decisions]").click()
    expect(tab.page.locator("[data-source=report]")).to_have_count(0)
    opened = tab.page.locator("[data-kind=task_assigned] [data-decision][open] li")
    expect(opened.first).to_be_visible()
    tab.page.locator("[data-sort=decisions]").click()
    tab.page.locator("#moment").fill("2")
    expect(told).to_have_count(2)
    tab.page.keyboard.press("Escape")
    tab.shoot("story-then")

    assert whole > 2
    assert tab.unsound() == []
    assert tab.faults == []
