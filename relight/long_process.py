"""What the worker, the planner and the relay have in common: log, connect, announce, end."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from temporalio.client import Client

from relight.finish import finish
from relight.log_lines import set_up_logging
from relight.readiness import announce_ready
from relight.settings import Settings, SettingsRefused, load_settings
from relight.telemetry import Telemetry, set_up_telemetry
from store.engine import connect
from workflows import lines

_RETRY_S = 0.5
log = structlog.get_logger("relight")


@dataclass(frozen=True)
class Process:
    """What the body of a process works with; `ending` is set when it is asked to end."""

    settings: Settings
    telemetry: Telemetry
    ending: asyncio.Event

    def database(self, connections: int, name: str) -> Engine:
        """Return the way to the database."""
        engine = connect(self.settings.database_url or "", connections=connections, name=name)
        return self.telemetry.watch_engine(engine)

    def announce(self, name: str) -> None:
        """Say that this process does its work now."""
        announce(self.settings, name)


Body = Callable[[Process], Awaitable[None]]


def run_process(name: str, body: Body) -> None:
    """Run `body` until the process is asked to end."""
    settings = load_settings()
    if settings.database_url is None or settings.temporal_address is None:
        raise SettingsRefused(
            "No database or Temporal address is known. Run `relight up`, or set "
            "RELIGHT_DATABASE_URL and RELIGHT_TEMPORAL_ADDRESS."
        )
    set_up_logging(settings)
    try:
        asyncio.run(_until_told(settings, name, body))
    except Exception:
        log.exception("ended", process=name)
        finish(1)
    finish(0)


async def _until_told(settings: Settings, name: str, body: Body) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    telemetry = set_up_telemetry(settings, name)
    try:
        await body(Process(settings, telemetry, ending))
    finally:
        telemetry.close()


async def reach_temporal(process: Process) -> Client:
    """Connect to Temporal, waiting for it while it is away."""
    settings, telemetry = process.settings, process.telemetry
    address = settings.temporal_address or ""
    while True:
        try:
            return await lines.connect(
                address,
                settings.temporal_namespace,
                interceptors=telemetry.interceptors(),
                runtime=telemetry.runtime,
            )
        except RuntimeError as error:
            if process.ending.is_set():
                raise
            log.warning("temporal away", address=address, error=str(error).splitlines()[0])
            await asyncio.sleep(_RETRY_S)


def announce(settings: Settings, name: str) -> None:
    """Say that this process does its work now."""
    announce_ready(settings.run_dir, name)
    log.info("ready", process=name)
