"""What the worker, the planner and the relay have in common: log, connect, announce, end."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

import structlog
from temporalio.client import Client

from relight.finish import finish
from relight.readiness import announce_ready
from relight.settings import Settings, SettingsRefused, load_settings
from workflows import lines

_RETRY_S = 0.5


def run_process(name: str, body: Callable[[Settings, asyncio.Event], Awaitable[None]]) -> None:
    """Run `body` until the process is asked to end; it gets the settings and the end's event."""
    settings = load_settings()
    if settings.database_url is None or settings.temporal_address is None:
        raise SettingsRefused(
            "No database or Temporal address is known. Run `relight up`, or set "
            "RELIGHT_DATABASE_URL and RELIGHT_TEMPORAL_ADDRESS."
        )
    set_up_logging(settings)
    try:
        asyncio.run(_until_told(settings, body))
    except Exception:
        logging.getLogger("relight").exception("the %s ended", name)
        finish(1)
    finish(0)


async def _until_told(
    settings: Settings, body: Callable[[Settings, asyncio.Event], Awaitable[None]]
) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    await body(settings, ending)


async def reach_temporal(settings: Settings, ending: asyncio.Event) -> Client:
    """Connect to Temporal, waiting for it while it is away."""
    log = structlog.get_logger("relight")
    address = settings.temporal_address or ""
    while True:
        try:
            return await lines.connect(address, settings.temporal_namespace)
        except RuntimeError as error:
            if ending.is_set():
                raise
            log.warning("temporal away", address=address, error=str(error).splitlines()[0])
            await asyncio.sleep(_RETRY_S)


def announce(settings: Settings, name: str) -> None:
    """Say that this process does its work now."""
    announce_ready(settings.run_dir, name)
    structlog.get_logger("relight").info("ready", process=name)


def set_up_logging(settings: Settings) -> None:
    """Write structured lines to standard output; ids, never persons."""
    level = getattr(logging, settings.log_level.upper())
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
