"""`relight worker`: runs workflows and their hands, keeps the schedules, wakes the boards."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from activities.archive import ArchiveWork
from activities.board import BoardWork
from activities.callback_campaign import CallbackWork
from activities.hand_log import HandLog
from activities.outage import OutageWork, stir
from activities.regrouping import RegroupingWork
from activities.retention import RetentionWork
from relight.long_process import Process, reach_temporal, run_process
from relight.recover import recover_where_owed
from relight.road_engines import roads_of
from relight.schedules import keep_schedules
from relight.settings import SettingsRefused
from roads.choosing import Roads
from store import boards
from store.retention import Retention, RetentionRefused, read
from workflows.archive import Archive, ArchiveSweep
from workflows.callbacks import Callbacks
from workflows.dispatch_board import DispatchBoard
from workflows.messages import WORK_QUEUE
from workflows.outage_repair import OutageRepair
from workflows.retention import RetentionSweep

WORKFLOWS = [OutageRepair, DispatchBoard, Callbacks, Archive, ArchiveSweep, RetentionSweep]
THREADS = 16


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("worker")
    def worker_command() -> None:
        """Run workflows and activities until told to end."""
        run_process("worker", _run)


async def _run(process: Process) -> None:
    try:
        retention = read(process.settings.retention_file)
    except RetentionRefused as fault:
        raise SettingsRefused(str(fault)) from fault
    engine = process.database(THREADS, "worker")
    client = await reach_temporal(process)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="hands") as threads:
        roads = roads_of(process.settings)
        async with work_queue_worker(client, engine, threads, retention=retention, roads=roads):
            await keep_schedules(client)
            recovering = asyncio.create_task(recover_where_owed(client, engine))
            await wake_boards(client, engine)
            process.announce("worker")
            await process.ending.wait()
            recovering.cancel()


def work_queue_worker(
    client: Client,
    engine: Engine,
    threads: ThreadPoolExecutor,
    at_once: int = THREADS,
    *,
    retention: Retention | None = None,
    roads: Roads | None = None,
    runner: WorkflowRunner | None = None,
) -> Worker:
    """Build the worker of the work queue: every workflow, every hand but the planner's.

    Without `retention` the rules are those that come with Relight. Workflow code is watched by a
    sandbox where the tests give one as `runner`, not where outages wait for it.
    """
    return Worker(
        client,
        task_queue=WORK_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        activities=_hands(client, engine, retention or read(), roads),
        activity_executor=threads,
        max_concurrent_activities=at_once,
        interceptors=[HandLog()],
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


def _hands(
    client: Client, engine: Engine, retention: Retention, roads: Roads | None
) -> list[Callable[..., Any]]:
    outage, board = OutageWork(engine, client), BoardWork(engine, client, roads)
    regrouping = RegroupingWork(engine, client)
    callback, archive = CallbackWork(engine, client), ArchiveWork(engine, client)
    return [
        outage.project,
        outage.stir_board,
        outage.open_callbacks,
        outage.seal,
        outage.unseal,
        outage.start_archive,
        regrouping.hand_over,
        regrouping.absorb,
        regrouping.take_back,
        regrouping.take_out,
        board.nearest_for_danger,
        board.find_moves,
        board.task_holder,
        board.deliver,
        board.record_order,
        board.record_board,
        board.record_plan,
        board.lease_crew,
        callback.tally_campaign,
        callback.end_campaign,
        archive.archive_outage,
        archive.unarchived,
        RetentionWork(engine, retention).sweep,
    ]


async def wake_boards(client: Client, engine: Engine) -> None:
    """Start every district's board that does not run yet."""
    for district in await asyncio.to_thread(_districts, engine):
        await stir(engine, client, district)


def _districts(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return boards.districts(session)
