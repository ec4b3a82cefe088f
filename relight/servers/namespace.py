"""The Temporal namespace: its retention and the search attributes the workflows set."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows import lines

# A closed outage must refuse a late retry for as long as anybody may still send one.
RETENTION = timedelta(days=30)
SEARCH_ATTRIBUTES: Mapping[str, "IndexedValueType.ValueType"] = {
    "RelightDistrict": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "RelightStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "RelightAreaClass": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
}

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class NamespaceState:
    """What a Temporal server says about our namespace."""

    exists: bool
    retention: timedelta
    missing_attributes: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether the workflows may run there."""
        return self.exists and self.retention >= RETENTION and not self.missing_attributes


async def read_namespace(address: str, namespace: str) -> NamespaceState:
    """Ask the server how the namespace stands."""
    client = await Client.connect(address, namespace=namespace, lazy=False)
    return await _read(client, namespace)


async def count_stuck(address: str, namespace: str) -> int:
    """Return how many workflows cannot go on because their own code fails."""
    client = await Client.connect(address, namespace=namespace)
    return (await client.count_workflows(lines.STALLED)).count


async def prepare_namespace(address: str, namespace: str) -> NamespaceState:
    """Register or mend the namespace until it is as the workflows need it."""
    client = await Client.connect(address, namespace=namespace)
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    state = await _read(client, namespace)
    if not state.exists:
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=namespace, workflow_execution_retention_period=retention
            )
        )
        state = await _seen(client, namespace)
    if state.retention < RETENTION:
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=namespace,
                config=NamespaceConfig(workflow_execution_retention_ttl=retention),
            )
        )
    if state.missing_attributes:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=namespace,
                search_attributes={
                    name: SEARCH_ATTRIBUTES[name] for name in state.missing_attributes
                },
            )
        )
    return await _read(client, namespace)


async def _seen(client: Client, namespace: str) -> NamespaceState:
    """Wait until a namespace just registered is seen by every part of the server."""
    for _ in range(150):
        state = await _read(client, namespace)
        if state.exists:
            return state
        await asyncio.sleep(0.2)
    return await _read(client, namespace)


async def _read(client: Client, namespace: str) -> NamespaceState:
    try:
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=namespace)
        )
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=namespace)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return NamespaceState(False, timedelta(0), tuple(SEARCH_ATTRIBUTES))
    known = set(listed.custom_attributes)
    return NamespaceState(
        exists=True,
        retention=described.config.workflow_execution_retention_ttl.ToTimedelta(),
        missing_attributes=tuple(name for name in SEARCH_ATTRIBUTES if name not in known),
    )


def ask(question: Coroutine[Any, Any, Answer], timeout_s: float = 60) -> Answer:
    """Run a coroutine to its end from plain code, also where an event loop already runs."""
    answers: list[Answer] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(asyncio.wait_for(question, timeout_s)))
        except BaseException as fault:  # noqa: BLE001 - raised again in the asking thread
            faults.append(fault)

    thread = threading.Thread(target=run, name="ask", daemon=True)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return answers[0]
