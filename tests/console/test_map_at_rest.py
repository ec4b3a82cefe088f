"""The map of the dispatch desk draws when what it shows has changed, and rests otherwise.

Without a graphics card each frame takes a tenth of a second, in which nobody's keys are heard.
"""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.console.conftest import House, OpenTab

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
COUNTED = """
window.__drawn = 0;
const drawing = WebGL2RenderingContext.prototype;
const drawElements = drawing.drawElements;
drawing.drawElements = function (...given) {
  window.__drawn += 1;
  drawElements.apply(this, given);
};
"""
TOP = "[role=row][data-outage] >> nth=0"
RESTED_MS = 2_500
"""Longer than the longest pause between two drawings."""


def test_the_map_draws_only_what_differs(house: House, open_page: OpenTab) -> None:
    tab = open_page()
    tab.page.add_init_script(COUNTED)
    tab.enter("dispatch")
    tab.drawn()
    tab.page.wait_for_timeout(RESTED_MS)
    outage = tab.page.locator(TOP).get_attribute("data-outage")

    def change(values: str) -> int:
        """Change the outage on top, wait until the queue shows it, return what the map drew."""
        before = tab.page.evaluate("window.__drawn")
        said = 7_000 + before
        row = f"seq = seq + 1, customers_affected = {said}, {values}"
        with house.engine.begin() as line:
            line.execute(text(f"UPDATE outages SET {row} WHERE id = '{outage}'"))
        expect(tab.page.locator(f"[data-outage={outage}]")).to_contain_text(f"{said} customers")
        tab.page.wait_for_timeout(RESTED_MS)
        return int(tab.page.evaluate("window.__drawn")) - before

    assert change("report_count = report_count + 1") == 0
    assert change("at = ST_Translate(at, 0.001, 0)") > 0
    assert tab.faults == []
