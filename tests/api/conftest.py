"""The application on a real demo database, called without a network."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import Client

from activities.planning import Planning
from activities.relay import Relay
from api.app import create_app
from api.temporal_line import TemporalLine
from domain.clock import HouseClock
from domain.policy import Policy, parse_policy
from relight.planner_process import plan_queue_worker
from relight.servers.temporal import TemporalServer
from relight.settings import CODE
from relight.worker_process import wake_boards, work_queue_worker
from store import installation
from tests.api.callers import KEY, NOWHERE
from tests.api.document import hold
from tests.api.house import Mouth
from tests.conftest import DEMO_NOW, MakeDatabase
from workflows.sandbox import runner

HOOKS = {"response": [hold]}


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Log as the processes do: the library's own way draws every local variable."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )


@pytest.fixture(scope="session")
def policy() -> Policy:
    file = CODE / "policies" / "state_grid_ceiling.toml"
    return parse_policy(file.read_text(encoding="utf-8"), str(file))


@pytest.fixture(scope="module")
def demo(make_database: MakeDatabase) -> Iterator[Engine]:
    """A demo database of this module's own, for tests that commit."""
    from store.engine import connect

    engine = connect(make_database(demo=True), connections=30, name="test")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def app(demo: Engine, policy: Policy) -> FastAPI:
    """The application with a Temporal address where nothing answers."""
    return create_app(
        engine=demo,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY,
        threads=24,
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://relight.test", event_hooks=HOOKS
    ) as client:
        yield client


@pytest.fixture
def house_rate() -> float:
    """House seconds per second: fast, since most lives wait for deadlines.

    Where a deadline that passes would spoil the test, parametrize it with 1.0.
    """
    return 600.0


@pytest.fixture
async def mouth(
    own_demo_engine: Engine,
    temporal_client: Client,
    temporal_dev: TemporalServer,
    policy: Policy,
    house_rate: float,
) -> AsyncIterator[Mouth]:
    """A running installation with its own clock, with everything but the network real."""
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=DEMO_NOW, rate=house_rate)
    with Session(own_demo_engine) as session, session.begin():
        installation.set_clock(session, clock)
    app = create_app(
        engine=own_demo_engine,
        temporal=TemporalLine(temporal_dev.address, temporal_dev.namespace),
        policy=policy,
        token_key=KEY,
        # A busy machine may be slow; what is tested here is the answer, not the wait.
        answer_wait_s=30.0,
    )
    relay = Relay(own_demo_engine, temporal_client, "relay/test")
    transport = httpx.ASGITransport(app)
    with ThreadPoolExecutor(16) as threads:
        async with (
            work_queue_worker(temporal_client, own_demo_engine, threads, runner=runner()),
            plan_queue_worker(temporal_client, Planning(own_demo_engine).whole, threads),
            httpx.AsyncClient(
                transport=transport, base_url="http://relight.test", event_hooks=HOOKS
            ) as http,
        ):
            await wake_boards(temporal_client, own_demo_engine)
            carrying = asyncio.create_task(relay.run())
            yield Mouth(http, own_demo_engine)
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying
