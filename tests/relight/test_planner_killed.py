"""The planner killed in the middle of a plan: danger gets the nearest qualified crew without it."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from domain.ids import board_workflow
from relight.readiness import is_ready
from relight.settings import CODE, as_environment, load_settings
from store import projection
from tests.conftest import DEMO_NOW
from tests.house import House, running_house
from tests.store.builders import a_draft

pytestmark = [pytest.mark.anyio, pytest.mark.servers, pytest.mark.timeout(240)]
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


@contextmanager
def a_planner(engine: Engine, client: Client, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`relight planner`, a process of its own as in an installation."""
    settings = load_settings(
        running=False,
        state_dir=home,
        database_url=engine.url.render_as_string(hide_password=False),
        temporal_address=client.service_client.config.target_host,
        temporal_namespace=client.namespace,
        planner_processes=2,
        roads="geodesic",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "relight", "planner"],
        cwd=CODE,
        env=os.environ | as_environment(settings),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def a_planned_house(
    engine: Engine, client: Client, home: Path
) -> AsyncIterator[tuple[House, subprocess.Popen[bytes]]]:
    with a_planner(engine, client, home) as planner:
        async with running_house(engine, client, DEMO_NOW, planner=False) as house:
            await house.until(lambda: is_ready(home / "run", "planner", planner.pid))
            yield house, planner


def planning_processes(parent: int) -> list[int]:
    """List the processes in which a planner plans."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            line = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in line:
            found.append(int(status.parent.name))
    return found


async def plans_under_way(client: Client) -> int:
    board = await client.get_workflow_handle(board_workflow("jp")).describe()
    return sum(
        each.activity_type.name == "plan_district" and each.state == STARTED
        for each in board.raw_description.pending_activities
    )


async def test_danger_is_answered_though_the_planner_was_killed_while_it_planned(
    own_demo_engine: Engine, temporal_client: Client, tmp_path: Path
) -> None:
    async with a_planned_house(own_demo_engine, temporal_client, tmp_path) as (house, planner):
        processes = planning_processes(planner.pid)
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)  # so that the plan is surely under way when it dies
        ordinary = house.report(a_draft("jp-f1-s1-t1-p1")).outage_id
        while not await plans_under_way(temporal_client):
            await house.until(lambda: True)
        planner.kill()
        planner.wait()
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        danger = house.report(a_draft("jp-f2-s2-t1-p1", hazards=["wire_down"])).outage_id
        await house.until(
            lambda: house.rows(
                "SELECT crew_id FROM tasks WHERE outage_id = :o AND crew_id IS NOT NULL", o=danger
            )
        )
        awaited = await plans_under_way(temporal_client)
        events = house.ask(projection.events_of, danger)
        kept = house.rows("SELECT count(*) FROM plan_runs")
        untouched = house.state(ordinary)

    given = [event.what for event in events if event.what.kind == "task_assigned"]
    assert len(processes) == 2
    assert awaited == 1, "the board still waits for the plan that died"
    assert [each.plan for each in given] == [None]
    assert kept == [0]
    assert untouched is not None
    assert all(task.crew is None for task in untouched.tasks)
