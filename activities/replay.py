"""Replaying recorded histories: the same code must decide again what it decided then."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from domain.events import Event
from domain.evolve import evolve
from domain.outage import Outage
from workflows.archive import Archive, ArchiveSweep
from workflows.callbacks import Callbacks
from workflows.dispatch_board import DispatchBoard
from workflows.messages import ActionAnswer, Batch
from workflows.outage_repair import OutageRepair
from workflows.retention import RetentionSweep

_STARTED = "workflowExecutionStartedEventAttributes"

WORKFLOWS = [OutageRepair, DispatchBoard, Callbacks, Archive, ArchiveSweep, RetentionSweep]


@dataclass(frozen=True)
class Divergence:
    """One place where the present code and the record disagree."""

    where: str
    what: str


@dataclass
class _Redecided:
    """The events the present code asked to be written while it was replayed."""

    events: dict[int, Event] = field(default_factory=dict)


class _Watch(Interceptor):
    """Hands every replayed workflow an ear on what it asks to be projected."""

    def __init__(self, redecided: _Redecided) -> None:
        self._redecided = redecided

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,
    ) -> type[WorkflowInboundInterceptor]:
        """Return an interceptor class bound to this replay."""
        redecided = self._redecided

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(
                self,
                input: StartActivityInput,
            ) -> ActivityHandle[Any]:
                for argument in input.args:
                    if isinstance(argument, Batch):
                        redecided.events.update({e.seq: e for e in argument.events})
                return super().start_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

        return Inbound


async def replay(
    histories: Iterable[WorkflowHistory], where: str
) -> tuple[dict[int, Event], list[Divergence]]:
    """Run recorded histories through the present workflow code.

    Returns the events the code decided again, by number, and where it could not follow.
    """
    redecided, found = _Redecided(), []
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[_Watch(redecided)],
    )
    for history in histories:
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        if result.replay_failure is not None:
            text = str(result.replay_failure).splitlines()[0]
            found.append(Divergence(f"{where} {history.workflow_id}", text))
    return redecided.events, found


def begun_after(histories: Iterable[WorkflowHistory]) -> int:
    """Return up to which event the given runs were told what had been decided before them.

    A run that goes on from a state without continuing another one was started from rows: what
    decided its first events is gone. 0 when every run can be replayed from the beginning.
    """
    begun = 0
    for history in histories:
        started = json.loads(history.to_json())["events"][0].get(_STARTED, {})
        if started.get("continuedExecutionRunId"):
            continue
        payloads = started.get("input", {}).get("payloads", [])
        given = json.loads(base64.b64decode(payloads[0]["data"])) if payloads else {}
        state = given.get("state") if isinstance(given, dict) else None
        begun = max(begun, state["seq"] if state else 0)
    return begun


def compare_events(
    stored: Sequence[Event], redecided: dict[int, Event], where: str, *, lost: int = 0
) -> list[Divergence]:
    """Say where the stored events and the events decided again differ.

    Up to event `lost` the histories are gone: what nobody can decide again is no divergence.
    """
    found = []
    for event in stored:
        again = redecided.get(event.seq)
        if again is None and event.seq <= lost:
            continue
        if again is None:
            found.append(Divergence(f"{where} event {event.seq}", "not decided again"))
        elif again.digest() != event.digest():
            found.append(
                Divergence(
                    f"{where} event {event.seq}",
                    f"recorded {event.what.kind}, now {again.what.kind} or other content",
                )
            )
    extra = sorted(set(redecided) - {event.seq for event in stored})
    found.extend(Divergence(f"{where} event {seq}", "decided now, never recorded") for seq in extra)
    return found


def refold(outage: str, stored: Sequence[Event]) -> dict[int, Outage]:
    """Fold stored events by the pure core; the state after each number."""
    states: dict[int, Outage] = {}
    state: Outage | None = None
    for event in stored:
        state = evolve(state, event, outage_id=outage)
        states[event.seq] = state
    return states


def compare_answers(
    histories: Iterable[WorkflowHistory], states: dict[int, Outage], where: str
) -> list[Divergence]:
    """Say where an answer recorded in a history is not what the fold gives for its action."""
    last = states[max(states)] if states else None
    found = []
    for history in histories:
        for answer in _answers(history):
            state = states.get(answer.seq)
            ours = (state.stage, state.status) if state else None
            if ours == (answer.stage, answer.status):
                continue
            known = last.answer_to(answer.action_id) if last else None
            if known and (known.stage, known.status) == (answer.stage, answer.status):
                continue
            found.append(
                Divergence(
                    f"{where} action {answer.action_id}",
                    f"answered {answer.stage.value}/{answer.status}, fold gives {ours}",
                )
            )
    return found


def compare_state(stored: str | None, states: dict[int, Outage], where: str) -> list[Divergence]:
    """Say whether the fold of the stored events gives the stored state."""
    folded = states[max(states)].digest() if states else None
    if stored in (None, folded):
        return []
    return [Divergence(f"{where} state", "the fold of the stored events gives another one")]


def _answers(history: WorkflowHistory) -> list[ActionAnswer]:
    """Read the answers to updates out of a recorded history."""
    found = []
    for event in json.loads(history.to_json())["events"]:
        completed = event.get("workflowExecutionUpdateCompletedEventAttributes", {})
        payloads = completed.get("outcome", {}).get("success", {}).get("payloads", [])
        for payload in payloads:
            data = json.loads(base64.b64decode(payload["data"]))
            if isinstance(data, dict) and "action_id" in data:
                found.append(ActionAnswer.model_validate(data))
    return found
