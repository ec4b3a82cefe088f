"""A crew's photo goes from its phone to whoever dispatches, tells the story or called back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import text

from tests.api.callers import signed_in
from tests.api.test_local_issuer import add_person
from tests.console.conftest import NARROW, WIDE, House, OpenTab, Tab
from tests.pictures import a_picture

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
DESK = signed_in("dispatcher", "dora")
_LEFT = "caches.open('relight.photos').then(box => box.keys()).then(keys => keys.length)"
NOTE = "Pole 14 is split below the cross-arm"
_OUTAGE = text("""
SELECT t.outage_id, t.id AS task, t.crew_id FROM tasks t
JOIN outages o ON o.id = t.outage_id
WHERE t.state = 'dispatched' AND o.closed_at IS NULL ORDER BY t.id LIMIT 1
""")


@pytest.fixture(scope="module")
def job(house: House) -> Any:
    """An order that a crew was sent to, and kim, who is that crew."""
    with house.engine.connect() as connection:
        found = connection.execute(_OUTAGE).one()
    add_person(house.engine, "kim", f"crew@*:{found.crew_id}")
    return found


def listed(house: House, outage: str) -> list[dict[str, Any]]:
    told = httpx.get(f"{house.address}/v1/outages/{outage}/photos", headers=DESK)
    return list(told.json()["items"])


def add(house: House, job: Any, colour: tuple[int, int, int], number: int, **said: Any) -> None:
    """Add a photo as the crew's phone does, beside the browser."""
    statement = {"device": "beside", "device_seq": number, "shows": "hazard", **said}
    kept = httpx.post(
        f"{house.address}/v1/outages/{job.outage_id}/photos",
        files={
            "photo": ("p.jpg", a_picture(colour)), "statement": (None, json.dumps(statement))
        },
        headers=signed_in("crew", "kim", crew=job.crew_id),
    )  # fmt: skip
    assert kept.status_code == 201, kept.text


def at_the_job(open_page: OpenTab, job: Any, theme: str, language: str) -> Tab:
    tab = open_page(NARROW, theme, language)
    tab.page.context.grant_permissions(["geolocation"])
    tab.page.context.set_geolocation({"longitude": 106.55, "latitude": 29.56})
    tab.open("/crew")
    tab.sign_in("kim")
    expect(tab.page.locator("[data-take-photo]")).to_be_visible()
    return tab


def choose(tab: Tab, file: Path) -> None:
    """Press the button and take a picture; the browser asks for a file instead of the camera."""
    with tab.page.expect_file_chooser() as chosen:
        tab.page.locator("[data-take-photo]").click()
    chosen.value.set_files(file)
    expect(tab.page.locator("[data-asking] img")).to_be_visible()


def small_targets(tab: Tab) -> list[str]:
    """Return what is too small for a thumb."""
    found = tab.page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([hidden])')]"
        ".filter(each => each.offsetParent !== null && each.getBoundingClientRect().height < 48)"
        ".map(each => each.outerHTML)"
    )
    return list(found)


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_crew_takes_a_photo_and_sees_that_it_was_kept(
    house: House, job: Any, open_page: OpenTab, tmp_path: Path, theme: str, language: str
) -> None:
    before = len(listed(house, job.outage_id))
    file = tmp_path / "IMG_0001.jpg"
    colour = (30 + 100 * (language == "zh-CN"), 90 + 100 * (theme == "dark"), 160)
    file.write_bytes(a_picture(colour, (3200, 2400)))
    tab = at_the_job(open_page, job, theme, language)
    choose(tab, file)
    tab.page.locator("[data-asking] input").fill(NOTE)
    tab.page.locator("[data-asking]").scroll_into_view_if_needed()
    tab.shoot(f"crew-photo-asked-{theme}")
    assert tab.unsound() == []
    assert small_targets(tab) == []
    tab.page.locator("[data-shows=temporary_repair]").click()
    expect(tab.page.locator(f"[data-photos='{before + 1}']")).to_be_visible()
    expect(tab.page.locator("[data-photo] img")).to_have_count(before + 1)
    tab.page.locator("[data-photos]").scroll_into_view_if_needed()
    tab.shoot(f"crew-photos-{theme}")
    kept = listed(house, job.outage_id)[-1]

    assert (kept["shows"], kept["note"], kept["task"]) == ("temporary_repair", NOTE, job.task)
    assert kept["at"]["coordinates"] == [106.55, 29.56]
    # Made smaller by the phone, and turned upright.
    assert (kept["width_px"], kept["height_px"]) == (1500, 2000)
    assert tab.page.locator("[data-waiting]").count() == 0
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert small_targets(tab) == []
    assert tab.unsound() == []
    assert tab.faults == []


def test_a_photo_that_did_not_arrive_is_sent_again_under_its_own_number(
    house: House, job: Any, open_page: OpenTab, tmp_path: Path
) -> None:
    before = len(listed(house, job.outage_id))
    file = tmp_path / "IMG_0002.jpg"
    file.write_bytes(a_picture((90, 20, 120)))
    tab = at_the_job(open_page, job, "light", "en-GB")
    lost = []

    def lose_the_answer(route: Route) -> None:
        """Let the photo arrive, and tear the line before the phone hears of it."""
        lost.append(route.fetch().status)
        route.abort()

    tab.page.route("**/photos", lambda route: posted(route, lose_the_answer))
    choose(tab, file)
    tab.page.locator("[data-shows=damage]").click()
    waiting = tab.page.locator("[data-waiting]")
    expect(waiting).to_contain_text("Not sent yet")
    tab.shoot("crew-photo-waits")
    # It outlives the page.
    tab.page.unroute_all()
    tab.page.route("**/photos", lambda route: posted(route, Route.abort))
    tab.page.reload()
    expect(waiting).to_contain_text("Not sent yet")
    tab.page.unroute_all()
    tab.page.locator("[data-photo-again]").click()
    expect(waiting).to_have_count(0)
    expect(tab.page.locator("[data-photo] img")).to_have_count(before + 1)

    assert lost == [201]
    assert len(listed(house, job.outage_id)) == before + 1
    assert tab.page.evaluate(_LEFT) == 0


def posted(route: Route, instead: Callable[[Route], None]) -> None:
    """Do something else with what is sent, and let reading pass."""
    if route.request.method == "POST":
        instead(route)
    else:
        route.continue_()


@pytest.mark.parametrize(
    ("theme", "language"), [("light", "en-GB"), ("dark", "zh-CN")], ids=["light", "dark"]
)
def test_a_dispatcher_sees_a_photo_arrive_and_opens_it_by_keys(
    house: House, job: Any, open_page: OpenTab, theme: str, language: str
) -> None:
    number = 100 if theme == "light" else 200
    add(house, job, (number, 60, 60), number)
    tab = open_page(WIDE, theme, language)
    tab.enter("dispatch")
    tab.page.goto(f"{house.address}/console/dispatch?outage={job.outage_id}")
    before = len(listed(house, job.outage_id))
    drawer = tab.page.locator(f"[data-detail='{job.outage_id}']")
    expect(drawer.locator("[data-photo] img")).to_have_count(before)
    add(house, job, (60, number, 60), number + 1, shows="damage", note=NOTE)
    expect(drawer.locator("[data-photo] img")).to_have_count(before + 1)
    last = drawer.locator("[data-photo]").last
    alt = f"照片：损坏。{NOTE}" if language == "zh-CN" else f"Photo: damage. {NOTE}"
    expect(last.locator("img")).to_have_attribute("alt", alt)
    last.scroll_into_view_if_needed()
    tab.shoot(f"drawer-photos-{theme}")
    assert tab.unsound() == []
    last.focus()
    tab.page.keyboard.press("Enter")
    large = tab.page.locator("[data-large]")
    expect(large.locator("img")).to_be_visible()
    expect(large).to_contain_text(NOTE)
    tab.shoot(f"photo-large-{theme}")
    assert tab.unsound() == []
    here = large.get_attribute("data-large")
    tab.page.keyboard.press("ArrowLeft")
    expect(large).not_to_have_attribute("data-large", here or "")
    tab.page.keyboard.press("Escape")
    expect(large).to_have_count(0)

    expect(last).to_be_focused()
    assert tab.faults == []


def test_the_story_tells_of_photos_where_they_came(
    house: House, job: Any, open_page: OpenTab
) -> None:
    add(house, job, (7, 7, 7), 300, shows="meter", note="seal cut")
    tab = open_page(WIDE, "dark", "en-GB")
    tab.enter("dispatch")
    tab.page.goto(f"{house.address}/console/story/{job.outage_id}")
    lines = tab.page.locator("[data-source=photo]")
    expect(lines.last).to_contain_text("added a photo: meter or seal")
    expect(lines.last.locator("img")).to_have_attribute("alt", "Photo: meter or seal. seal cut")
    lines.last.scroll_into_view_if_needed()
    tab.shoot("story-photos-dark")
    assert tab.unsound() == []
    lines.last.locator("button").click()
    expect(tab.page.locator("[data-large] img")).to_be_visible()

    assert tab.unsound() == []
    assert tab.faults == []
