"""The map page in a real browser: signing in, what is drawn, how fresh it is, in both languages."""

import pytest
from playwright.sync_api import expect

from tests.console.conftest import NARROW, WIDE, OpenTab
from tests.console.scene import HOW_FAR

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
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
