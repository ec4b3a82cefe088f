"""The console around its desks: who finds which, keys, looks, and that nobody is kept out."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables.work import OutageRow
from tests.console.conftest import PEOPLE, WIDE, House, OpenTab

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
HOME = {
    "dora": "dispatch", "tara": "incoming", "cal": "callbacks",
    "sue": "supervision", "audrey": "supervision", "adam": "dispatch",
}  # fmt: skip
SEEN_BY_A_SUPERVISOR = 6
SETTLED_MS = 600


def an_outage(house: House) -> str:
    with Session(house.engine) as session:
        return str(session.scalar(select(OutageRow.id).order_by(OutageRow.number)))


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_comes_to_the_desk_of_their_role(open_page: OpenTab, name: str) -> None:
    tab = open_page()
    tab.enter(name=name)
    desks = tab.page.locator(".desks a").count()

    assert tab.page.locator("[data-desk]").get_attribute("data-desk") == HOME[name]
    assert desks >= 2
    assert tab.faults == []


def test_a_desk_of_another_role_says_whose_it_is(open_page: OpenTab) -> None:
    tab = open_page()
    tab.open("/console/supervision")
    tab.sign_in("tara")
    expect(tab.page.get_by_text("not for your role (call taker)")).to_be_visible()


def test_keys_open_desks_and_their_own_list(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    tab.page.keyboard.press("g")
    tab.page.keyboard.press("e")
    expect(tab.page.locator("[data-desk=escalations]")).to_be_visible()
    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog")).to_contain_text("Everywhere")
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.page.go_back()
    expect(tab.page.locator("[data-desk=dispatch]")).to_be_visible()

    assert tab.faults == []


def test_looks_are_chosen_and_kept(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("crews")
    tab.page.locator("[data-settings]").click()
    tab.page.get_by_label("Colours").select_option("dark")
    tab.page.get_by_label("Lines").select_option("dense")
    tab.page.get_by_label("Language").select_option("zh")
    tab.page.reload()
    tab.page.wait_for_selector("[data-desk]")
    root = tab.page.locator("html")

    assert root.get_attribute("data-theme") == "dark"
    assert root.get_attribute("data-density") == "dense"
    assert root.get_attribute("lang") == "zh-CN"
    assert tab.page.locator(".desks").inner_text().split()[0] == "调度"


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_of_any_page(
    house: House, open_page: OpenTab, theme: str, language: str
) -> None:
    tab = open_page(WIDE, theme, language)
    tab.open("/console")
    found = {"stranger": tab.unsound()}
    tab.page.locator("button.chief").click()
    tab.page.locator("#name").wait_for()
    found["signing in"] = tab.unsound() + tab.cut()
    tab.enter(name="sue")
    for link in tab.page.locator(".desks a").all():
        link.click()
        desk = (link.get_attribute("href") or "").rsplit("/", 1)[-1]
        tab.page.wait_for_selector(f"[data-desk={desk}]")
        tab.page.wait_for_timeout(SETTLED_MS)
        found[desk] = tab.unsound() + tab.cut()
    tab.page.keyboard.press("?")
    found["keys"] = tab.unsound() + tab.cut()
    for page in (f"/console/story/{an_outage(house)}", "/map"):
        tab.open(page)
        tab.page.wait_for_selector("h1, .chart")
        tab.page.wait_for_timeout(SETTLED_MS)
        found[page] = tab.unsound() + tab.cut()

    assert len(found) == SEEN_BY_A_SUPERVISOR + 5
    assert {page: told for page, told in found.items() if told} == {}
    assert tab.faults == []


def test_the_clock_names_its_zone(open_page: OpenTab) -> None:
    tab = open_page()
    tab.enter("dispatch")
    said = tab.page.locator(".clock").inner_text()

    assert re.fullmatch(r"\d\d:\d\d:\d\d Asia/Shanghai", said)
