"""Districts are planned in processes that may hang or die: the others go on, and a plan comes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest
from sqlalchemy import Engine
from temporalio.client import Client

from domain.kinds import Mode
from relight.planner_process import plan_queue_worker
from relight.planning_desks import Desk, DeskLost, PlanFailed, PlanningDesks, desks_wanted
from relight.settings import load_settings
from tests.conftest import DEMO_NOW
from tests.house import House, running_house
from tests.store.builders import a_draft
from workflows import messages as m

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]
PLACES = {"jp": "jp-f1-s1-t1-p1", "yl": "yl-f1-s1-t1-p1"}


@contextmanager
def desks_of(engine: Engine, number: int, cap_s: float = 60.0) -> Iterator[PlanningDesks]:
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(running=False, database_url=url, roads="geodesic")
    with PlanningDesks(settings, number, cap_s) as desks:
        yield desks
    assert all(not desk._process.is_alive() for desk in desks.desks)


@asynccontextmanager
async def planned_by(desks: PlanningDesks, engine: Engine, client: Client) -> AsyncIterator[House]:
    with ThreadPoolExecutor(2) as threads:
        async with (
            running_house(engine, client, DEMO_NOW, planner=False) as house,
            plan_queue_worker(client, desks.plan, threads),
        ):
            yield house


@contextmanager
def held(desk: Desk) -> Iterator[int]:
    """Stop a process where it stands, as one that hangs, and let go of it afterwards."""
    pid = desk.pid or 0
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def crews(house: House, district: str) -> Callable[[], list[str]]:
    query = (
        "SELECT t.crew_id FROM tasks t JOIN outages o ON o.id = t.outage_id"
        " WHERE o.district_id = :district AND t.crew_id IS NOT NULL"
    )
    return lambda: house.rows(query, district=district)


async def test_while_the_plan_of_one_district_hangs_another_district_is_planned(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    with desks_of(own_demo_engine, 2) as desks:
        first, second = desks.desks
        async with planned_by(desks, own_demo_engine, temporal_client) as house:
            with held(first), held(second):
                for place in PLACES.values():
                    house.report(a_draft(place))
                await house.until(lambda: first.busy and second.busy)  # both at the same time
                os.kill(second.pid or 0, signal.SIGCONT)
                served = await house.until(lambda: crews(house, "jp")() or crews(house, "yl")())
                still = first.busy
            for district in PLACES:
                await house.until(crews(house, district))

    assert still, "the first desk's plan came although its process stood still"
    assert served[0][:2] in PLACES


async def test_a_planning_process_killed_in_the_middle_loses_nothing_and_the_next_plan_comes(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    with desks_of(own_demo_engine, 1) as desks:
        (desk,) = desks.desks
        async with planned_by(desks, own_demo_engine, temporal_client) as house:
            with held(desk) as pid:
                house.report(a_draft(PLACES["jp"]))
                await house.until(lambda: desk.busy)
                os.kill(pid, signal.SIGKILL)
                await house.until(lambda: desk.pid != pid)
            unplanned = crews(house, "jp")()
            await house.until(crews(house, "jp"))

    assert unplanned == []


async def test_a_process_that_gives_no_answer_is_killed_and_replaced(
    own_demo_engine: Engine,
) -> None:
    ask = m.PlanAsk(district="jp", mode=Mode.AUTO, now=DEMO_NOW)
    with desks_of(own_demo_engine, 1, cap_s=1.0) as desks:
        (desk,) = desks.desks
        with held(desk) as pid, pytest.raises(DeskLost, match="no answer within"):
            await asyncio.to_thread(desks.plan, ask)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        await asyncio.to_thread(desk.wait_warm, 120.0)
        answered = await asyncio.to_thread(desks.plan, ask)

    assert answered == m.PlanBrief(plan=None)


async def test_a_process_that_died_idle_is_replaced_before_it_is_asked(
    own_demo_engine: Engine,
) -> None:
    ask = m.PlanAsk(district="jp", mode=Mode.AUTO, now=DEMO_NOW)
    with desks_of(own_demo_engine, 1) as desks:
        (desk,) = desks.desks
        os.kill(desk.pid or 0, signal.SIGKILL)
        desk._process.join()
        answered = await asyncio.to_thread(desks.plan, ask)

    assert answered == m.PlanBrief(plan=None)


async def test_a_failure_is_told_without_what_it_quotes_and_the_process_goes_on(
    own_engine: Engine,
) -> None:
    with own_engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outages RENAME TO hidden")
    ask = m.PlanAsk(district="Li Na", mode=Mode.AUTO, now=DEMO_NOW)
    with desks_of(own_engine, 1) as desks:
        pid = desks.desks[0].pid
        with pytest.raises(PlanFailed) as failure:
            await asyncio.to_thread(desks.plan, ask)
        after = desks.desks[0].pid

    assert "Li Na" not in str(failure.value)
    assert "42P01" in str(failure.value)
    assert after == pid


def test_there_is_a_process_for_each_core_unless_it_is_set() -> None:
    given = load_settings(running=False, planner_processes=3)

    assert desks_wanted(given) == 3
    assert desks_wanted(load_settings(running=False)) == len(os.sched_getaffinity(0))
