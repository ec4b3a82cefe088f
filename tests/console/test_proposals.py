"""A proposed plan on the page: who would be sent, and which crew would be told another time."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from activities.planning import Planning
from domain import actions as a
from domain.kinds import Mode, Role
from routing.receipt import Plan
from store import boards, documents, projection
from store.roster import ensure_shifts
from tests.console.conftest import House, OpenTab
from tests.store.builders import NOW, Life, a_draft, take
from workflows import messages as m

pytestmark = [
    pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("browser"),
]  # fmt: skip


HOME = "jp-f5-s3-t1-p1"


@pytest.fixture(scope="module")
def stale(house: House) -> str:
    """A task whose crew was told to come hours later than the proposed plan has it."""
    life = Life(house.engine, take(house.engine, a_draft(HOME), number=4001).outage_id)
    planning, task = Planning(house.engine), life.state.tasks[0].id

    def proposed(minute: int) -> Plan:
        now = NOW + timedelta(minutes=minute)
        with Session(house.engine) as session, session.begin():
            projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)
            boards.record_view(session, "jp", Mode.ADVISE, {})
            ensure_shifts(session, NOW, NOW + timedelta(days=1))
        brief = planning.whole(m.PlanAsk(district="jp", mode=Mode.ADVISE, now=now))
        stays.append({move.task for move in brief.moves if move.stays})
        with Session(house.engine) as session:
            made = documents.get(session, brief.plan or "", "plan")
        return Plan.model_validate_json(made or "")

    stays: list[set[str]] = []
    routes = proposed(1).routes
    crew = next(route.crew for route in routes for visit in route.visits if visit.task == task)
    late = a.Assign(task=task, crew=crew, epoch=90, eta=NOW + timedelta(hours=9))
    life.act(late, role=Role.BOARD, now=NOW)
    proposed(2)
    assert [task in each for each in stays] == [False, True]
    return task


@pytest.mark.parametrize(
    ("language", "said"), [("en-GB", "other time"), ("zh-CN", "另改时间")], ids=["en", "zh"]
)
def test_an_order_that_its_crew_keeps_at_another_time_is_a_line_of_its_own(
    stale: str, open_page: OpenTab, language: str, said: str
) -> None:
    tab = open_page(language=language)
    tab.enter("dispatch")
    tab.page.keyboard.press("p")
    line = tab.page.locator(f'[data-line="{stale}"]')

    expect(line.locator(".tag")).to_have_text(said)
    expect(line.locator("td").nth(3)).to_contain_text(" → ")
    expect(line.locator("td").nth(2)).not_to_contain_text("→")
    line.locator("input[type=checkbox]").check()
    expect(tab.page.locator("[data-accept=some]")).to_be_enabled()
    tab.shoot(f"other-time-{language}")
    assert tab.unsound() == []
    assert tab.faults == []
