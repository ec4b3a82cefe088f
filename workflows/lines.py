"""The lines to running workflows, used by the mouth, the hands and the relay alike.

Every start goes through here, so that ids, queues and reuse rules exist once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    Interceptor,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from domain import ids
from domain.actions import Action
from domain.errors import Refused
from domain.opening import OutageOpening
from domain.outage import Outage, Stage
from workflows import messages as m
from workflows.archive import Archive
from workflows.callbacks import Callbacks
from workflows.dispatch_board import DispatchBoard
from workflows.outage_repair import OutageRepair

DISTRICT = SearchAttributeKey.for_keyword("RelightDistrict")
STAGE = SearchAttributeKey.for_keyword("RelightStage")
AREA_CLASS = SearchAttributeKey.for_keyword("RelightAreaClass")


# What the server is asked about all workflows, in its own language.
RUNNING = "ExecutionStatus = 'Running'"
STALLED = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'"
_OTHERWISE = "cause=WorkflowTaskFailedCauseNonDeterministicError"
UNDECIDED = f"TemporalReportedProblems = '{_OTHERWISE}' AND ExecutionStatus = 'Running'"
BOARDS = f"WorkflowType = '{DispatchBoard.__name__}' AND ExecutionStatus = 'Running'"

# The update was taken in, but its workflow ended before it was done.
_CUT_OFF = "AcceptedUpdateCompletedWorkflow"


class LineClosed(Exception):  # noqa: N818 - a state of the line, not a fault
    """The workflow has ended and takes nothing more."""


async def connect(
    address: str,
    namespace: str,
    *,
    interceptors: Sequence[Interceptor] = (),
    runtime: Runtime | None = None,
) -> Client:
    """Connect to Temporal with the one data converter every process uses."""
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=pydantic_data_converter,
        interceptors=interceptors,
        runtime=runtime,
    )


def _life(opening: OutageOpening) -> m.RepairStart:
    """Begin an outage, or go on where its rows stand when Temporal does not know it (any more).

    An outage that lived before must never begin anew: it would climb its rungs twice.
    """
    return m.RepairStart(opening=opening, state=opening.state)


def _attributes(opening: OutageOpening) -> TypedSearchAttributes:
    stage = Stage.PREDICTED if opening.state is None else opening.state.stage
    return TypedSearchAttributes(
        [
            SearchAttributePair(DISTRICT, opening.district),
            SearchAttributePair(STAGE, stage.value),
            SearchAttributePair(AREA_CLASS, opening.area_class.value),
        ]
    )


async def act_on_outage(
    client: Client, opening: OutageOpening, action: Action, *, patience: timedelta | None = None
) -> m.ActionAnswer:
    """Ask one action of an outage, starting its workflow when it does not run yet.

    Raises Refused when a rule says no, LineClosed when the outage's workflow has ended, and
    RPCError (also past `patience`) when the outcome is not known.
    """
    known = client.get_workflow_handle_for(OutageRepair.run, ids.outage_workflow(opening.outage))
    try:
        with plain_faults():
            # Nearly every outage runs already: all that a start needs would go for nothing.
            return await known.execute_update(
                OutageRepair.act, action, id=action.id, rpc_timeout=patience
            )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return await _begin_and_act(client, opening, action, patience)


async def _begin_and_act(
    client: Client, opening: OutageOpening, action: Action, patience: timedelta | None
) -> m.ActionAnswer:
    """Start the outage's workflow, unless it has ended, and ask the action in the same call."""
    start = WithStartWorkflowOperation(
        OutageRepair.run,
        _life(opening),
        id=ids.outage_workflow(opening.outage),
        task_queue=m.WORK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=_attributes(opening),
    )
    try:
        with plain_faults():
            return await client.execute_update_with_start_workflow(
                OutageRepair.act,
                action,
                start_workflow_operation=start,
                id=action.id,
                rpc_timeout=patience,
            )
    except WorkflowAlreadyStartedError as error:
        await _look_at(start)
        raise LineClosed(opening.outage) from error
    except RPCError as error:
        await _look_at(start)
        if error.status in (RPCStatusCode.ALREADY_EXISTS, RPCStatusCode.NOT_FOUND):
            raise LineClosed(opening.outage) from error
        raise


@contextmanager
def plain_faults() -> Iterator[None]:
    """Say what the library wraps: a refusal, or the fault of the line behind an open outcome."""
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise _refusal(error) from error
    except RPCTimeoutOrCancelledError as error:
        if isinstance(error.__cause__, RPCError):
            raise error.__cause__ from None
        raise


async def _look_at(start: WithStartWorkflowOperation[Any, Any]) -> None:
    """Look at how a start failed: the library keeps it there too, and complains if nobody does."""
    with suppress(Exception):
        async with asyncio.timeout(1):
            await start.workflow_handle()


def _refusal(error: WorkflowUpdateFailedError) -> Exception:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == _CUT_OFF:
        return LineClosed(str(cause))
    if isinstance(cause, ApplicationError) and cause.type:
        details = dict(cause.details[0]) if cause.details else {}
        pointer = details.pop("_pointer", None)
        return Refused(cause.type, pointer=pointer, **details)
    return error


async def report_to_outage(client: Client, opening: OutageOpening, *, revive: bool = False) -> None:
    """Signal the present tally of reports, starting the workflow when it does not run yet.

    Raises LineClosed when the outage's workflow has ended; with `revive` only when it ended as
    it should, not when it was terminated.
    """
    reuse = WorkflowIDReusePolicy.REJECT_DUPLICATE
    if revive:
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
    try:
        await client.start_workflow(
            OutageRepair.run,
            _life(opening),
            id=ids.outage_workflow(opening.outage),
            task_queue=m.WORK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            search_attributes=_attributes(opening),
            start_signal="reported",
            start_signal_args=[opening.tally],
        )
    except WorkflowAlreadyStartedError as error:
        raise LineClosed(opening.outage) from error
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            raise LineClosed(opening.outage) from error
        raise


async def view_outage(client: Client, outage: str) -> Outage:
    """Ask a running outage for its state."""
    handle = client.get_workflow_handle_for(OutageRepair.run, ids.outage_workflow(outage))
    return await handle.query(OutageRepair.view)


async def start_callbacks(client: Client, start: m.CallbacksStart) -> None:
    """Start a callback campaign, or wake it when it runs; a campaign may run again."""
    await client.start_workflow(
        Callbacks.run,
        start,
        id=ids.callbacks_workflow(start.outage, start.restoration_no),
        task_queue=m.WORK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal="answered",
        start_signal_args=[],
    )


async def start_archive(client: Client, outage: str) -> None:
    """Start the archive pass of a closed outage; one that runs is left to it."""
    with suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            Archive.run,
            m.ArchiveAsk(outage=outage),
            id=ids.archive_workflow(outage),
            task_queue=m.WORK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


async def is_open(client: Client, workflow_id: str) -> bool:
    """Tell whether a workflow runs now."""
    told = await client.get_workflow_handle(workflow_id).describe()
    return told.status is WorkflowExecutionStatus.RUNNING
