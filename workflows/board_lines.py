"""The lines to the boards: a stir, an order, a look."""

from datetime import timedelta
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from domain import ids
from workflows import messages as m
from workflows.dispatch_board import DispatchBoard
from workflows.lines import DISTRICT, plain_faults


async def stir_board(client: Client, district: str) -> bool:
    """Tell a district's board that something changed; False when it does not run."""
    handle = client.get_workflow_handle(ids.board_workflow(district))
    try:
        await handle.signal(DispatchBoard.stir)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def _of_board(district: str) -> dict[str, Any]:
    return {
        "id": ids.board_workflow(district),
        "task_queue": m.WORK_QUEUE,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        "search_attributes": TypedSearchAttributes([SearchAttributePair(DISTRICT, district)]),
    }


async def start_board(client: Client, start: m.BoardStart) -> None:
    """Start a district's board where its rows stand, or stir the one that runs."""
    await client.start_workflow(
        DispatchBoard.run,
        start,
        **_of_board(start.district),
        start_signal="stir",
        start_signal_args=[],
    )


async def order_board(
    client: Client,
    start: m.BoardStart,
    order: m.Order,
    *,
    patience: timedelta | None = None,
) -> m.OrderTaken:
    """Give a board an order, starting the board when needed; raises Refused or RPCError."""
    operation = WithStartWorkflowOperation(
        DispatchBoard.run,
        start,
        **_of_board(start.district),
    )
    with plain_faults():
        return await client.execute_update_with_start_workflow(
            DispatchBoard.order,
            order,
            start_workflow_operation=operation,
            id=order.id,
            rpc_timeout=patience,
        )


async def view_board(client: Client, district: str) -> m.BoardView:
    """Ask a board how it stands."""
    handle = client.get_workflow_handle_for(DispatchBoard.run, ids.board_workflow(district))
    return await handle.query(DispatchBoard.view)
