"""The schedules an installation keeps in Temporal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from temporalio.service import RPCError

from domain.ids import ARCHIVE_SWEEP, RETENTION_SWEEP
from workflows.archive import ArchiveSweep
from workflows.messages import WORK_QUEUE
from workflows.retention import RetentionSweep

ARCHIVE_EVERY = timedelta(minutes=10)
ARCHIVE_LIMIT = 200
RETENTION_EVERY = timedelta(hours=1)


async def keep_schedules(client: Client) -> None:
    """Make the schedules that are not there yet; those that are stay as an operator left them."""
    await _keep(client, ARCHIVE_SWEEP, ArchiveSweep.run, [ARCHIVE_LIMIT], ARCHIVE_EVERY)
    await _keep(client, RETENTION_SWEEP, RetentionSweep.run, [], RETENTION_EVERY)


async def _keep(
    client: Client, name: str, run: Any, arguments: Sequence[Any], every: timedelta
) -> None:
    action = ScheduleActionStartWorkflow(run, args=arguments, id=name, task_queue=WORK_QUEUE)
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)])
    try:
        await client.create_schedule(name, Schedule(action=action, spec=spec))
    except ScheduleAlreadyRunningError:
        return
    except RPCError as error:
        log = structlog.get_logger("relight")
        log.warning("no schedule", schedule=name, error=str(error))
