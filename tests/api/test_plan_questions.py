"""Questions about a stored plan, asked over the wire: why, who else, and at what price."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.value import canonical_json
from routing.planner import plan
from routing.receipt import Plan
from routing.snapshot import FrozenStop, Snapshot
from store import documents, plan_runs
from store.plan_runs import PlanRun
from tests.api.callers import a_report, signed_in
from tests.conftest import DEMO_NOW
from tests.routing.builders import AT, a_crew, a_snapshot, a_task

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
DORA = signed_in("dispatcher", "dora")


def kept(engine: Engine, snapshot: Snapshot, before: Plan | None = None) -> str:
    """Keep a snapshot and its plan as the planner does, and return the plan's hash."""
    made = plan(snapshot, before)
    with Session(engine) as session, session.begin():
        documents.put(session, "snapshot", snapshot.digest(), snapshot.canonical(), DEMO_NOW)
        for each in (made, before):
            if each is not None:
                body = canonical_json(each.model_dump(mode="json", exclude={"wall_s"}))
                documents.put(session, "plan", each.digest(), body, DEMO_NOW)
        run = PlanRun(
            id=f"plan_{uuid4().hex}",
            district_id="jp",
            at=DEMO_NOW,
            mode="advise",
            snapshot_hash=snapshot.digest(),
            plan_hash=made.digest(),
            stop_cause=made.stop_cause.value,
            solver=made.solver,
            wall_ms=1,
            trigger="stir",
            status="proposed",
        )
        plan_runs.add(session, run, DEMO_NOW)
    return made.digest()


DAY = a_snapshot(
    a_task("out_1/t1", 3),
    a_task("out_2/t1", 4),
    a_task("out_3/t1", 1, skills=("cable",)),
    a_task("out_4/t1", 9),
    a_crew("near", 2),
    a_crew("far", 20),
    frozen={"far": (FrozenStop(task="out_4/t1", arrived_at=AT - timedelta(minutes=5)),)},
)


async def test_a_plan_tells_why_who_else_and_what_a_choice_costs(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    address = f"/v1/plans/{kept(demo, DAY)}"
    why = (await client.get(f"{address}/why?task=out_1/t1", headers=DORA)).json()
    left = (await client.get(f"{address}/why?task=out_3/t1", headers=DORA)).json()
    fit = (await client.get(f"{address}/fit?task=out_1/t1&best=1", headers=DORA)).json()
    asked = f"{address}/price?task=out_1/t1&crew=far"
    price = (await client.get(asked, headers=DORA | {"Accept-Language": "zh"})).json()
    runner = why["why"]["runners_up"][0]

    assert why["as_of"] == left["as_of"] == fit["as_of"] == "2026-03-02T01:00:00Z"
    assert why["why"]["chosen"]["crew"] == "near"
    assert runner["crew"] == "far"
    assert left["why"]["chosen"] is None
    assert "Lacks the skill cable." in " ".join(left["said"])
    assert [each["crew"] for each in fit["crews"]] == ["near", "far"]
    assert fit["crews"][0]["terms"]["total"] == pytest.approx(fit["crews"][0]["extra"], abs=0.01)
    assert fit["crews"][1]["terms"] is None
    assert price["choice"]["crew"] == "far"
    assert price["choice"]["terms"]["total"] == pytest.approx(runner["terms"]["total"], abs=0.01)
    assert "与计划相比" in price["said"][0]


async def test_an_order_is_called_by_its_number_a_crew_by_its_name_and_times_by_the_local_clock(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    told = await client.post("/v1/reports", json=a_report(), headers=signed_in("call_taker"))
    outage = told.json()["outage"]
    task = f"{outage['id']}/t1"
    work = a_task(task, 3, outage_id=outage["id"])
    plan_hash = kept(demo, a_snapshot(work, a_crew("jp-crew-01"), district="jp"))
    address = f"/v1/plans/{plan_hash}"
    why = (await client.get(f"{address}/why?task={task}", headers=DORA)).json()
    asked = f"{address}/price?task={task}&crew=jp-crew-01"
    price = (await client.get(asked, headers=DORA | {"Accept-Language": "zh"})).json()
    eta = datetime.fromisoformat(why["why"]["chosen"]["eta"])
    local = eta.astimezone(ZoneInfo("Asia/Shanghai"))

    assert why["said"][0].startswith(f"#{outage['number']} goes to ")
    assert f"arrives {local:%H:%M}" in why["said"][0]
    assert "jp-crew-01" not in " ".join([*why["said"], *price["said"]])
    assert f"{local:%H:%M}" in price["said"][0]


async def test_the_plan_before_counts_a_change_of_crew(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    address = f"/v1/plans/{kept(demo, DAY, before=plan(DAY))}"
    why = (await client.get(f"{address}/why?task=out_1/t1", headers=DORA)).json()["why"]

    assert why["changes_known"] is True
    assert why["runners_up"][0]["terms"]["changes"] == DAY.prices.change


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("why?task=out_9/t1", 404, "task_unknown"),
        ("fit?task=out_9/t1", 404, "task_unknown"),
        ("price?task=out_9/t1", 404, "task_unknown"),
        ("price?task=out_1/t1&crew=nobody", 422, "crew_unknown"),
        ("price?task=out_4/t1&crew=near", 409, "task_under_way"),
        (
            "price?task=out_1/t1&not_before=2026-03-02T03:00:00Z&not_after=2026-03-02T02:00:00Z",
            422,
            "hours_swapped",
        ),
        ("why", 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_answered_says_why(
    client: httpx.AsyncClient, demo: Engine, question: str, status: int, code: str
) -> None:
    answer = await client.get(f"/v1/plans/{kept(demo, DAY)}/{question}", headers=DORA)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_another_districts_plan_is_not_there(client: httpx.AsyncClient, demo: Engine) -> None:
    address = f"/v1/plans/{kept(demo, DAY)}"
    stranger = signed_in("dispatcher", districts=("yl",))
    asked = [f"{address}/{each}?task=out_1/t1" for each in ("why", "fit", "price")]
    heard = [(await client.get(each, headers=stranger)).status_code for each in asked]

    assert heard == [404, 404, 404]
