"""Spans that say what was done to which case, never whose it is."""

from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from opentelemetry.util.types import AttributeValue

# Everything else is dropped: addresses of callers, paths and queries as typed, browsers.
TOLD = frozenset(
    {
        "db.name",
        "db.statement",
        "db.system",
        "exception.type",
        "http.method",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "http.status_code",
        "temporalActivityID",
        "temporalActivityType",
        "temporalRunID",
        "temporalUpdateID",
        "temporalWorkflowID",
    }
)
OURS = "relight."
_KNOWN_VERBS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class DiscreetExporter(SpanExporter):
    """Passes on only what is known to name no person; a message of a failure is none of that."""

    def __init__(self, exporter: SpanExporter) -> None:
        """Stand before another exporter."""
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans on, each reduced."""
        return self._exporter.export([_reduced(span) for span in spans])

    def shutdown(self) -> None:
        """End with the exporter behind."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._exporter.force_flush(timeout_millis)


def _reduced(span: ReadableSpan) -> ReadableSpan:
    kept = _kept(span.attributes)
    return ReadableSpan(
        name=_name(span, kept),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        events=[
            Event(event.name, _kept(event.attributes), event.timestamp) for event in span.events
        ],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _kept(attributes: Mapping[str, AttributeValue] | None) -> dict[str, AttributeValue]:
    return {
        name: value
        for name, value in (attributes or {}).items()
        if name in TOLD or name.startswith(OURS)
    }


def _name(span: ReadableSpan, kept: Mapping[str, AttributeValue]) -> str:
    """Name a request by its route: one that was not found would be named by its path."""
    verb = span.name.partition(" ")[0]
    if verb not in _KNOWN_VERBS or "db.system" in kept:
        return span.name
    return f"{verb} {kept.get('http.route', 'unknown')}"
