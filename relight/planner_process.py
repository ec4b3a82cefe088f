"""`relight planner`: computes plans on a queue of its own, so that it may die alone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import typer
from temporalio.client import Client
from temporalio.worker import Worker

from activities.hand_log import HandLog
from activities.planner import PlannerWork
from relight.finish import before_finish
from relight.long_process import Process, reach_temporal, run_process
from relight.planning_desks import PlanningDesks, desks_wanted
from workflows import messages as m


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("planner")
    def planner_command() -> None:
        """Compute plans until told to end."""
        run_process("planner", _run)


async def _run(process: Process) -> None:
    client = await reach_temporal(process)
    at_once = desks_wanted(process.settings)
    desks = PlanningDesks(process.settings, at_once)
    before_finish(desks.close)
    await asyncio.to_thread(desks.__enter__)
    with ThreadPoolExecutor(at_once, thread_name_prefix="planner") as threads:
        async with plan_queue_worker(client, desks.plan, threads, at_once):
            process.announce("planner")
            await process.ending.wait()


def plan_queue_worker(
    client: Client,
    plan: Callable[[m.PlanAsk], m.PlanBrief],
    threads: ThreadPoolExecutor,
    at_once: int = 2,
) -> Worker:
    """Build the worker of the planner's queue; `plan` is asked for `at_once` districts."""
    return Worker(
        client,
        task_queue=m.PLAN_QUEUE,
        activities=[PlannerWork(plan).plan_district],
        activity_executor=threads,
        max_concurrent_activities=at_once,
        interceptors=[HandLog()],
        graceful_shutdown_timeout=timedelta(seconds=5),
    )
