"""How large workflow histories are: their events, their signals and their payloads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory


@dataclass(frozen=True)
class HistorySize:
    """What one run's history holds; `largest_payload` and `payloads` are in bytes."""

    events: int
    largest_payload: int
    payloads: int
    signals: Counter[str]


def size_of(history: WorkflowHistory) -> HistorySize:
    """Measure one history."""
    sizes = [len(each.data) for event in history.events for each in payloads_in(event)]
    signals = Counter(
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    )
    return HistorySize(len(history.events), max(sizes, default=0), sum(sizes), signals)


def payloads_in(event: HistoryEvent) -> Iterator[Payload]:
    """Yield every payload of an event, however deep it lies."""
    yield from _payloads(event)


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if isinstance(next(iter(value.values()), None), Message):
                for each in value.values():
                    yield from _payloads(each)
        elif isinstance(value, Message):
            yield from _payloads(value)
        else:
            for each in value:
                yield from _payloads(each)
