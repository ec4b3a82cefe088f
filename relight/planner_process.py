"""`relight planner`: computes plans on a queue of its own, so that it may die alone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import typer
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.worker import Worker

from activities.hand_log import HandLog
from activities.planner import PlannerWork
from relight.long_process import Process, reach_temporal, run_process
from relight.road_engines import roads_of
from roads.choosing import Roads
from routing.planner import warm_up
from workflows.messages import PLAN_QUEUE

AT_ONCE = 2


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("planner")
    def planner_command() -> None:
        """Compute plans until told to end."""
        run_process("planner", _run)


async def _run(process: Process) -> None:
    engine = process.database(AT_ONCE + 1, "planner")
    client = await reach_temporal(process)
    await asyncio.to_thread(warm_up)  # compiled before the first plan, not during it
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="planner") as threads:
        async with plan_queue_worker(client, engine, threads, roads_of(process.settings)):
            process.announce("planner")
            await process.ending.wait()


def plan_queue_worker(
    client: Client, engine: Engine, threads: ThreadPoolExecutor, roads: Roads | None = None
) -> Worker:
    """Build the worker of the planner's queue."""
    return Worker(
        client,
        task_queue=PLAN_QUEUE,
        activities=[PlannerWork(engine, roads).plan_district],
        activity_executor=threads,
        max_concurrent_activities=AT_ONCE,
        interceptors=[HandLog()],
        graceful_shutdown_timeout=timedelta(seconds=5),
    )
