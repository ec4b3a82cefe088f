"""One shape for every line a process writes: ids of what it is about, never persons."""

import logging
import sys
from typing import Any, TextIO

import structlog
from opentelemetry.trace import get_current_span
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from relight.settings import Settings
from store.faults import trace_of

# Lines of libraries that repeat what our own lines say, or that nobody reads.
_QUIETER = {"alembic": logging.WARNING, "httpx": logging.WARNING, "httpcore": logging.WARNING}


def set_up_logging(settings: Settings, out: TextIO | None = None) -> None:
    """Write our own lines and those of the libraries to one place in one shape."""
    out = out or sys.stdout
    level = getattr(logging, settings.log_level.upper())
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace_ids,
        _fault,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[_foreign, ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(level, least))


def _trace_ids(_logger: Any, _name: str, line: EventDict) -> EventDict:
    """Say to which trace a line belongs, where something is traced."""
    span = get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
        line["span_id"] = f"{span.span_id:016x}"
    return line


def _fault(_logger: Any, _name: str, line: EventDict) -> EventDict:
    """Tell a failure by kind and place: what it quotes may be a person's data."""
    given = line.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line["exception"] = trace_of(error)
    return line


def _foreign(_logger: Any, _name: str, line: EventDict) -> EventDict:
    """Keep the first line of a library's message: the rest may quote what failed."""
    line["event"] = str(line["event"]).partition("\n")[0]
    record = line.get("_record")
    fields = getattr(getattr(record, "temporal_log", None), "fields", None)
    if isinstance(fields, dict) and "run_id" in fields:
        line["run"] = fields["run_id"]
    return line
