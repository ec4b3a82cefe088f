"""Traces through Temporal: one outage is one trace, and what never ends is never one."""

from collections.abc import Mapping, Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import Link, SpanKind, Tracer, TraceState
from opentelemetry.util.types import Attributes
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.contrib.opentelemetry import TracingInterceptor

from workflows.dispatch_board import DispatchBoard

# A board runs for ever: a trace given to it would grow for ever.
ENDLESS = frozenset({DispatchBoard.__name__})


class CarriedTraces(TracingInterceptor):
    """The SDK's interceptor, which makes no span while replaying; boards are told no trace.

    An activity of a board begins a trace of its own.
    """

    def __init__(self, tracer: Tracer) -> None:
        """Make spans with one tracer."""
        super().__init__(tracer)

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Stand between the spans and the server."""
        return super().intercept_client(_Forgetting(next, self.header_key))


class _Forgetting(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, key: str) -> None:
        super().__init__(next)
        self._key = key

    def _without(self, headers: Mapping[str, Payload]) -> dict[str, Payload]:
        return {name: value for name, value in headers.items() if name != self._key}

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[object, object]:
        if input.workflow in ENDLESS:
            input.headers = self._without(input.headers)
        return await super().start_workflow(input)

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[object]:
        if input.start_workflow_input.workflow in ENDLESS:
            for part in (input.start_workflow_input, input.update_workflow_input):
                part.headers = self._without(part.headers)
        return await super().start_update_with_start_workflow(input)


class _NoLoneQuestions(Sampler):
    """Leaves out questions nobody's work asked, such as the relay's look every 0.2 s."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if kind is SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)

    def get_description(self) -> str:
        return "NoLoneQuestions"


def provider_of(process: str) -> TracerProvider:
    """Return what makes the spans of one process."""
    resource = Resource.create({"service.name": f"relight-{process}"})
    return TracerProvider(
        sampler=ParentBased(_NoLoneQuestions()), resource=resource, shutdown_on_exit=False
    )
