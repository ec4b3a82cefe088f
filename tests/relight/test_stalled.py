"""A run whose code decides otherwise than it did is counted as that, apart from other failures."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.temporal_line import TemporalLine
from relight.servers.temporal import TemporalServer
from workflows import lines

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@workflow.defn(name="Waiting")
class Waiting:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(timedelta(hours=1))


@workflow.defn(name="Waiting")
class WaitingOtherwise:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def look(self) -> None:
        """Make the run be decided again."""


def worker(client: Client, queue: str, kind: type) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[kind],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=0,
    )


async def test_a_run_that_cannot_be_decided_again_is_counted_as_that(
    temporal_client: Client, temporal_dev: TemporalServer
) -> None:
    line = TemporalLine(temporal_dev.address, temporal_dev.namespace)
    queue = name = f"waiting-{uuid4().hex}"
    before = await line.count(lines.STALLED, lines.UNDECIDED)
    async with worker(temporal_client, queue, Waiting):
        handle = await temporal_client.start_workflow("Waiting", id=name, task_queue=queue)
        for _ in range(200):
            if "TIMER_STARTED" in (await handle.fetch_history()).to_json():
                break
            await asyncio.sleep(0.05)
    async with worker(temporal_client, queue, WaitingOtherwise):
        await handle.signal("look")
        for _ in range(800):
            after = await line.count(lines.STALLED, lines.UNDECIDED)
            if after[1] > before[1]:
                break
            await asyncio.sleep(0.05)
    await handle.terminate()

    assert after == [before[0] + 1, before[1] + 1]
