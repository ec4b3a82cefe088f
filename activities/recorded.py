"""What a workflow's own history says was decided: read as it was recorded, nothing replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from domain.ids import outage_workflow
from workflows.messages import Batch, RepairStart

V = TypeVar("V")

_PROJECT = "project"


@dataclass(frozen=True)
class Told:
    """The number of the last event an outage's workflow asked to be written, and the batches."""

    seq: int
    batches: tuple[Batch, ...]


@dataclass(frozen=True)
class _Run:
    begun: int
    before: str
    batches: tuple[Batch, ...]


async def latest_run(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """Return the latest run of a workflow, or None when Temporal does not know it."""
    try:
        return await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def told(client: Client, outage: str, run_id: str, beyond: int) -> Told:
    """Read what an outage's runs decided, going back until event `beyond` is covered."""
    found: tuple[Batch, ...] = ()
    seq = 0
    while run_id:
        run = await _read(client, outage, run_id)
        found = run.batches + found
        seq = max(seq, run.begun, *(batch.state.seq for batch in run.batches))
        if run.begun <= beyond:
            break
        run_id = run.before
    return Told(seq, found)


async def _read(client: Client, outage: str, run_id: str) -> _Run:
    begun, before = 0, ""
    batches: list[Batch] = []
    handle = client.get_workflow_handle(outage_workflow(outage), run_id=run_id)
    async for event in handle.fetch_history_events():
        if event.HasField("workflow_execution_started_event_attributes"):
            started = event.workflow_execution_started_event_attributes
            before = started.continued_execution_run_id
            start = await _decode(client, started.input.payloads, RepairStart)
            begun = start.state.seq if start.state else 0
        elif _asks_to_project(event):
            asked = event.activity_task_scheduled_event_attributes
            batches.append(await _decode(client, asked.input.payloads, Batch))
    return _Run(begun, before, tuple(batches))


def _asks_to_project(event: HistoryEvent) -> bool:
    asked = event.activity_task_scheduled_event_attributes
    return asked.activity_type.name == _PROJECT


async def _decode(client: Client, payloads: Sequence[Payload], kind: type[V]) -> V:
    (value,) = await client.data_converter.decode(payloads, [kind])
    return value
