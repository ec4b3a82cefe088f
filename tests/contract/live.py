"""A whole installation behind a real port: api, relay, worker and planner in a thread."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.planning import Planning
from activities.relay import Relay
from api.app import create_app
from api.temporal_line import TemporalLine
from domain.clock import HouseClock
from relight.planner_process import plan_queue_worker
from relight.servers.temporal import TemporalServer
from relight.worker_process import wake_boards, work_queue_worker
from store import installation
from tests.api.callers import KEY
from tests.conftest import DEMO_NOW
from tests.house import a_policy, end_all
from workflows.sandbox import runner

RATE = 300.0


@contextmanager
def served(engine: Engine, temporal: TemporalServer) -> Iterator[str]:
    """Serve an installation on a demo database for a while; yields its address."""
    door = _door()
    ready, failed = threading.Event(), []
    stop: dict[str, object] = {}

    async def life() -> None:
        ending = asyncio.Event()
        stop["loop"], stop["event"] = asyncio.get_running_loop(), ending
        async with _at_work(engine, temporal) as server:
            serving = asyncio.create_task(server.serve(sockets=[door]))
            ready.set()  # whoever calls before it serves waits at the door
            await ending.wait()
            server.should_exit = True
            await serving

    def run() -> None:
        try:
            asyncio.run(life())
        except BaseException as error:  # noqa: BLE001 - told to the test that waits
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="live house", daemon=True)
    thread.start()
    ready.wait(60)
    if failed:
        raise failed[0]
    host, port = door.getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        stop["loop"].call_soon_threadsafe(stop["event"].set)  # type: ignore[attr-defined]
        thread.join(30)
    if failed:
        raise failed[0]


def _door() -> socket.socket:
    """Open a port; named TCP, or asyncio lets every answer wait for the caller's receipt."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.bind(("127.0.0.1", 0))
    door.listen(100)
    return door


@asynccontextmanager
async def _at_work(engine: Engine, temporal: TemporalServer) -> AsyncIterator[uvicorn.Server]:
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=DEMO_NOW, rate=RATE)
    with Session(engine) as session, session.begin():
        installation.set_clock(session, clock)
    client = await Client.connect(
        temporal.address, namespace=temporal.namespace, data_converter=pydantic_data_converter
    )
    app = create_app(
        engine=engine,
        temporal=TemporalLine(temporal.address, temporal.namespace),
        policy=a_policy(),
        token_key=KEY,
        answer_wait_s=20.0,
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
    relay = Relay(engine, client, "relay/test")
    with ThreadPoolExecutor(16) as threads:
        async with (
            work_queue_worker(client, engine, threads, runner=runner()),
            plan_queue_worker(client, Planning(engine).whole, threads),
        ):
            await wake_boards(client, engine)
            carrying = asyncio.create_task(relay.run())
            try:
                yield server
            finally:
                carrying.cancel()
                with suppress(asyncio.CancelledError):
                    await carrying
                await end_all(client)
