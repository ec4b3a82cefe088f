"""A whole installation at work, and what is said to it beside the browser."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Locator, expect

from relight.settings import Settings
from relight.token import issue
from tests.api.callers import repair_steps
from tests.console.conftest import Tab

WHILE_MS = 90_000


@dataclass
class WholeTown:
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

    def why(self, outage: str) -> list[str]:
        """Return what the latest plan says of the first task of an outage."""
        auditor = self.signed_in("auditor")
        seen = self.outage(outage)
        board = self.http.get(f"/v1/boards/{seen['district']}", headers=auditor).json()
        told = self.http.get(
            f"/v1/plans/{board['latest_plan']['plan_hash']}/why",
            params={"task": seen["tasks"][0]["id"]},
            headers=auditor,
        )
        return list(told.json().get("said", []))

    def signed_in(self, role: str, subject: str | None = None, **more: Any) -> dict[str, str]:
        """Return the header of somebody who speaks to the interface without a browser."""
        return {"Authorization": f"Bearer {issue(self.settings, role, subject, **more)}"}

    def repair(self, outage: str) -> None:
        """Do the work of the first task as the crew that has it."""
        seen = self.outage(outage)
        task = next(each for each in seen["tasks"] if each["crew"])
        phone = self.signed_in("crew", crew=task["crew"])
        for number, (kind, more) in enumerate(repair_steps(seen["at"]["coordinates"]), 1):
            said = {
                "id": uuid4().hex, "device": "phone", "device_seq": number, "kind": kind,
                "task": task["id"], **more,
            }  # fmt: skip
            told = self.http.post(f"/v1/outages/{outage}/actions", json=said, headers=phone)
            assert told.status_code == 200, told.text


def row_of(tab: Tab, outage: str) -> Locator:
    """Return the line of an outage in the queue."""
    return tab.page.locator(f"[role=row][data-outage='{outage}']")


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


def middle_of_the_map(tab: Tab) -> tuple[float, float]:
    """Bring what is chosen into the middle of the map; return where that is on the screen."""
    tab.page.keyboard.press("z")
    tab.page.wait_for_timeout(2_500)
    tab.drawn()
    box = tab.page.locator(".chart canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def take_a_call(tab: Tab, home: str) -> None:
    """Take a call about a wire that is down, with the keyboard."""
    tab.page.get_by_role("combobox", name="Find the home").fill(home)
    tab.page.get_by_role("option").first.wait_for()
    tab.page.keyboard.press("Enter")
    tab.page.locator("[data-hazard=wire_down]").check()
    tab.page.wait_for_selector("[data-standing=yes]")
    tab.page.keyboard.press("Control+Enter")
    tab.page.wait_for_selector("[data-taken]")


def only_advise(tab: Tab) -> None:
    """Let the first board only propose from now on, as a supervisor."""
    tab.page.locator("[data-mode]").first.click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("New mode").select_option("advise")
    dialog.get_by_label("Why").select_option("trial")
    dialog.get_by_role("button", name="Set").click()
    expect(tab.page.locator("[data-mode=advise]").first).to_be_visible(timeout=WHILE_MS)


def ask_who_could(tab: Tab, wanted: Locator) -> None:
    """Ask who could take what is chosen, until the answer has such a line.

    What no plan knows yet is asked for again.
    """
    for _ in range(10):
        tab.page.locator("[data-count]").click()
        tab.page.keyboard.press("a")
        expect(tab.page.locator("[data-give]").first).to_be_visible()
        if wanted.count():
            break
        tab.page.keyboard.press("Escape")
        tab.page.wait_for_timeout(3_000)


def take_the_next_call(tab: Tab) -> None:
    """Ask for the next call until there is one, half an hour after the light came on."""
    for _ in range(150):
        tab.page.keyboard.press("c")
        tab.page.wait_for_timeout(2_000)
        if tab.page.locator("[data-call]").count():
            break
