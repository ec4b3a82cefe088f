"""An installation that is watched: its log lines, its spans, its metrics, through one life."""

import asyncio
import io
import json
import logging
import urllib.request
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog
from fastapi import FastAPI
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from activities.planning import Planning
from activities.relay import Relay
from api.app import create_app
from api.temporal_line import TemporalLine
from domain.clock import HouseClock
from relight.carried_traces import CarriedTraces, provider_of
from relight.log_lines import set_up_logging
from relight.planner_process import plan_queue_worker
from relight.settings import Settings
from relight.telemetry import PORTS, Telemetry, metrics_address, set_up_telemetry
from relight.worker_process import WORKFLOWS, wake_boards, work_queue_worker
from store import installation
from store.engine import connect
from tests.api.callers import KEY
from tests.api.house import Mouth
from tests.conftest import DEMO_NOW
from tests.house import a_policy, end_all
from workflows import lines
from workflows.sandbox import runner

PROCESSES = ("api", *PORTS)


@dataclass
class Observed(Mouth):
    """A running installation, and what its processes say."""

    settings: Any = None
    client: Any = None
    out: io.StringIO = field(default_factory=io.StringIO)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def run(self, statement: str) -> None:
        """Change the database as nobody should, to make something fail."""
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    async def metrics(self, process: str) -> str:
        """Return what a process tells Prometheus."""
        if process == "api":
            return (await self.http.get("/metrics")).text
        address = metrics_address(self.settings, process)

        def read() -> str:
            with urllib.request.urlopen(f"http://{address}/metrics") as answer:
                return str(answer.read().decode())

        return await asyncio.to_thread(read)


@contextmanager
def written(settings: Settings) -> Iterator[io.StringIO]:
    """Log as the processes do, into a text; what was set before is set again after."""
    root = logging.getLogger()
    before, level, configured = list(root.handlers), root.level, structlog.get_config()
    out = io.StringIO()
    set_up_logging(settings, out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.configure(**configured)


async def _connect(telemetry: Telemetry, settings: Settings) -> Client:
    return await lines.connect(
        settings.temporal_address or "",
        settings.temporal_namespace,
        interceptors=telemetry.interceptors(),
        runtime=telemetry.runtime,
    )


def _app(settings: Settings, told: Telemetry, engine: Engine) -> FastAPI:
    """Compose the api on a clock that runs fast."""
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=DEMO_NOW, rate=600.0)
    with Session(engine) as session, session.begin():
        installation.set_clock(session, clock)
    temporal = TemporalLine(
        settings.temporal_address,
        settings.temporal_namespace,
        interceptors=told.interceptors(),
        runtime=told.runtime,
    )
    app = create_app(
        engine=engine,
        temporal=temporal,
        policy=a_policy(),
        token_key=KEY,
        answer_wait_s=30.0,
    )
    return told.watch_app(app)


@asynccontextmanager
async def observed(settings: Settings) -> AsyncIterator[Observed]:
    """Run every process of an installation as it is run, but all of them in this one."""
    told = {name: set_up_telemetry(settings, name) for name in PROCESSES}
    engines = {
        name: told[name].watch_engine(
            connect(settings.database_url or "", connections=12, name=name)
        )
        for name in PROCESSES
    }
    app = _app(settings, told["api"], engines["api"])
    clients = {name: await _connect(told[name], settings) for name in PORTS}
    relay = Relay(
        engines["relay"],
        clients["relay"],
        "relay/test",
        tracer=told["relay"].tracer,
        meter=told["relay"].meter,
    )
    async with AsyncExitStack() as ending:
        for name in PROCESSES:
            ending.push_async_callback(asyncio.to_thread, told[name].close)
            ending.callback(engines[name].dispose)
        out = ending.enter_context(written(settings))
        threads = ending.enter_context(ThreadPoolExecutor(16))
        transport = httpx.ASGITransport(app)
        http = httpx.AsyncClient(transport=transport, base_url="http://relight.test")
        await ending.enter_async_context(http)
        client = clients["worker"]
        for worker in (
            work_queue_worker(client, engines["worker"], threads, runner=runner()),
            plan_queue_worker(clients["planner"], Planning(engines["planner"]).whole, threads),
        ):
            await ending.enter_async_context(worker)
        ending.push_async_callback(end_all, client)
        await wake_boards(client, engines["worker"])
        carrying = asyncio.create_task(relay.run())
        ending.push_async_callback(_end, carrying)
        yield Observed(http, engines["api"], settings=settings, client=client, out=out)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def spans_of_replaying(history: WorkflowHistory) -> list[str]:
    """Replay a history with the traces' interceptor; return the spans that were made."""
    made = InMemorySpanExporter()
    provider = provider_of("replay")
    provider.add_span_processor(SimpleSpanProcessor(made))
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
        interceptors=[CarriedTraces(provider.get_tracer("replay"))],
    )
    await replayer.replay_workflow(history)
    return [span.name for span in made.get_finished_spans()]
