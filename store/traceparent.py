"""Which trace a message belongs to, in W3C form, so that it goes on where the message goes."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN_CONTEXT,
    Link,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_FORM = TraceContextTextMapPropagator()
MOST_LINKS = 16


def current() -> str | None:
    """Return the trace of the work under way, or None where nothing is traced."""
    if get_current_span().get_span_context() is INVALID_SPAN_CONTEXT:
        return None
    carrier: dict[str, str] = {}
    _FORM.inject(carrier)
    return carrier.get("traceparent")


def goes_on(traces: Sequence[str]) -> tuple[Context, list[Link]]:
    """Return where a message goes on, and the links to the other traces it carries.

    Of many messages carried at once the first one's trace goes on: it opened the outage.
    """
    contexts = [_FORM.extract({"traceparent": each}, Context()) for each in traces[:MOST_LINKS]]
    links = [Link(get_current_span(each).get_span_context()) for each in contexts[1:]]
    return (contexts[0] if contexts else Context()), links
