"""`relight worker`: runs workflows and their hands, keeps the schedules, wakes the boards."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.archive import ArchiveWork
from activities.board import BoardWork
from activities.callback_campaign import CallbackWork
from activities.outage import OutageWork, stir
from domain.ids import ARCHIVE_SWEEP
from relight.long_process import announce, reach_temporal, run_process
from relight.settings import Settings
from store import boards
from store.engine import connect
from workflows.archive import Archive, ArchiveSweep
from workflows.callbacks import Callbacks
from workflows.dispatch_board import DispatchBoard
from workflows.messages import WORK_QUEUE
from workflows.outage_repair import OutageRepair
from workflows.sandbox import runner

WORKFLOWS = [OutageRepair, DispatchBoard, Callbacks, Archive, ArchiveSweep]
THREADS = 16
SWEEP_EVERY = timedelta(minutes=10)
SWEEP_LIMIT = 200


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("worker")
    def worker_command() -> None:
        """Run workflows and activities until told to end."""
        run_process("worker", _run)


async def _run(settings: Settings, ending: asyncio.Event) -> None:
    engine = connect(settings.database_url or "", connections=THREADS, name="worker")
    client = await reach_temporal(settings, ending)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="hands") as threads:
        async with work_queue_worker(client, engine, threads):
            await _keep_sweep(client)
            await wake_boards(client, engine)
            announce(settings, "worker")
            await ending.wait()


def work_queue_worker(
    client: Client, engine: Engine, threads: ThreadPoolExecutor, at_once: int = THREADS
) -> Worker:
    """Build the worker of the work queue: every workflow, every hand but the planner's."""
    outage, board = OutageWork(engine, client), BoardWork(engine, client)
    callback, archive = CallbackWork(engine, client), ArchiveWork(engine, client)
    return Worker(
        client,
        task_queue=WORK_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=runner(),
        activities=[
            outage.project,
            outage.stir_board,
            outage.open_callbacks,
            outage.seal,
            outage.start_archive,
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
        ],
        activity_executor=threads,
        max_concurrent_activities=at_once,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def wake_boards(client: Client, engine: Engine) -> None:
    """Start every district's board that does not run yet."""
    for district in await asyncio.to_thread(_districts, engine):
        await stir(engine, client, district)


def _districts(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return boards.districts(session)


async def _keep_sweep(client: Client) -> None:
    """Keep the schedule that looks for histories an archive pass missed."""
    sweep = ScheduleActionStartWorkflow(
        ArchiveSweep.run, SWEEP_LIMIT, id=ARCHIVE_SWEEP, task_queue=WORK_QUEUE
    )
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=SWEEP_EVERY)])
    try:
        await client.create_schedule(ARCHIVE_SWEEP, Schedule(action=sweep, spec=spec))
    except ScheduleAlreadyRunningError:
        return
    except RPCError as error:
        structlog.get_logger("relight").warning("no sweep schedule", error=str(error))
