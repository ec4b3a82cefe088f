"""The timeline shows when a crew has its break, and so does the list beside it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from activities.planning import Planning
from domain.kinds import Mode
from store import boards, policies
from tests.conftest import DEMO_NOW
from tests.console.conftest import House, OpenTab
from tests.house import a_policy
from workflows import messages as m

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip
BREAK = re.compile(r"break \d\d:\d\d–\d\d:\d\d")


def plan_with_breaks(engine: Engine) -> None:
    """Let a policy ask for a break of four hours, in shifts that begin now, and plan with it."""
    policy = a_policy()
    planning = policy.planning.model_copy(update={"break_min": 240, "break_after_hours": 0.0})
    with Session(engine) as session, session.begin():
        chosen = policies.keep(session, policy.model_copy(update={"planning": planning}))
        session.execute(text("UPDATE outages SET policy_hash = :hash"), {"hash": chosen})
        given = {"since": DEMO_NOW, "until": DEMO_NOW + timedelta(hours=8)}
        session.execute(text("DELETE FROM shifts"))
        session.execute(
            text(
                "INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)"
                " SELECT 'now ' || id, id, :since, :until, 36000 FROM crews"
            ),
            given,
        )
        boards.record_view(session, "jp", Mode.AUTO, {})
    Planning(engine).whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=DEMO_NOW))


def test_the_break_of_a_crew_is_drawn_and_listed(house: House, open_page: OpenTab) -> None:
    plan_with_breaks(house.engine)
    tab = open_page()
    tab.enter("dispatch")
    expect(tab.page.locator(".lane .rests").first).to_have_attribute("title", BREAK)
    tab.page.keyboard.press("t")
    table = tab.page.get_by_role("region").locator("table")
    expect(table).to_contain_text(BREAK)
    assert tab.faults == []
