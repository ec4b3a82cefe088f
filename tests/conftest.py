"""Real servers for the tests: one private PostGIS cluster and Temporal per test process.

A missing server is a failure that says how to get it, never a skipped test.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from relight.servers.namespace import SEARCH_ATTRIBUTES
from relight.servers.postgres import PostgresServer
from relight.servers.programs import find_program
from relight.servers.temporal import TemporalServer
from tests.house import end_all
from tests.layers import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

EVENTS_PER_RUN = 80
DEMO_NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

MakeDatabase = Callable[..., str]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run side by side what asked not to be: a newer pytest may lose the groups."""
    if not session.config.getoption("loadgroup", default=False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError(f"{item.nodeid} would not stay in its group")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what Temporal needs."""
    return "asyncio"


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """A short-lived directory that the database's own account can reach."""
    home = Path(tempfile.mkdtemp(prefix="relight-test-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_home: Path) -> Iterator[PostgresServer]:
    """A private PostGIS cluster, fast and forgetful."""
    server = PostgresServer(server_home / "postgres", durable=False)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def make_database(postgres_server: PostgresServer) -> MakeDatabase:
    """Return `make(demo=False)`: the address of a new migrated database of one's own.

    With `demo=True` it holds the demo territory as of `DEMO_NOW`.
    """
    numbers = count(1)
    templates: dict[bool, str] = {}

    def admin(statement: str) -> None:
        url = postgres_server.url_of("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def template(demo: bool) -> str:
        if demo not in templates:
            name = "demo_template" if demo else "plain_template"
            admin(f"CREATE DATABASE {name} TEMPLATE {template(False) if demo else 'relight'}")
            fill(postgres_server.url_of(name), demo)
            templates[demo] = name
        return templates[demo]

    def make(demo: bool = False) -> str:
        name = f"test_{next(numbers)}"
        admin(f"CREATE DATABASE {name} TEMPLATE {template(demo)} STRATEGY FILE_COPY")
        return postgres_server.url_of(name)

    return make


def fill(url: str, demo: bool) -> None:
    """Bring a new database to the present schema, or load the demo territory into it."""
    from store.demo import load_demo
    from store.migrate import upgrade

    engine = create_engine(url)
    if demo:
        load_demo(engine, DEMO_NOW)
    else:
        upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def database_url(make_database: MakeDatabase) -> str:
    """A migrated, empty database shared by the tests of this process."""
    return make_database()


@pytest.fixture(scope="session")
def demo_url(make_database: MakeDatabase) -> str:
    """A database with the demo territory, shared by the tests of this process."""
    return make_database(demo=True)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """The shared empty database; tests that commit use `own_engine`."""
    yield from _engine(database_url)


@pytest.fixture(scope="session")
def demo_engine(demo_url: str) -> Iterator[Engine]:
    """The shared demo database; tests that commit use `own_demo_engine`."""
    yield from _engine(demo_url)


@pytest.fixture
def own_engine(make_database: MakeDatabase) -> Iterator[Engine]:
    """A migrated database of this test's own."""
    yield from _engine(make_database())


@pytest.fixture
def own_demo_engine(make_database: MakeDatabase) -> Iterator[Engine]:
    """A demo database of this test's own."""
    yield from _engine(make_database(demo=True))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the empty database whose work is rolled back."""
    yield from _rolled_back(engine)


@pytest.fixture
def demo_session(demo_engine: Engine) -> Iterator[Session]:
    """A session on the demo database whose work is rolled back."""
    yield from _rolled_back(demo_engine)


def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, pool_size=20, max_overflow=60)
    yield engine
    engine.dispose()


def _rolled_back(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture(scope="session")
def temporal_dev(server_home: Path) -> Iterator[TemporalServer]:
    """Temporal's dev server on a file, with our namespace, retention and search attributes."""
    server = TemporalServer(server_home / "temporal")
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def temporal_client(temporal_dev: TemporalServer) -> AsyncIterator[Client]:
    """A client of the dev server in our namespace; what runs there ends before and after.

    The server is shared by the tests of a process: a board that one of them left running would
    serve the next one's district by another clock.
    """
    client = await Client.connect(
        temporal_dev.address,
        namespace=temporal_dev.namespace,
        data_converter=pydantic_data_converter,
    )
    await end_all(client)
    yield client
    await end_all(client)


@pytest.fixture
async def temporal_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A real server that skips idle time per workflow; lists and search attributes work."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(find_program()),
        dev_server_extra_args=[
            "--dynamic-config-value",
            "frontend.WorkflowTimeSkippingEnabled=true",
            *(f"--search-attribute={name}=Keyword" for name in SEARCH_ATTRIBUTES),
        ],
        data_converter=pydantic_data_converter,
    ) as environment:
        yield environment


@pytest.fixture
async def temporal_one_clock() -> AsyncIterator[WorkflowEnvironment]:
    """The Java test server: one clock for all workflows, moved by `env.sleep`; no lists."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(find_program("temporal-test-server")),
        data_converter=pydantic_data_converter,
    ) as environment:
        # An attribute it does not know hangs every update there and stops its clock.
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace,
                search_attributes=dict.fromkeys(
                    SEARCH_ATTRIBUTES, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
                ),
            )
        )
        yield environment


@pytest.fixture
async def hasty_temporal() -> AsyncIterator[Client]:
    """A server of one's own that suggests a new run early, after EVENTS_PER_RUN events."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_program()),
        dev_server_extra_args=[
            "--dynamic-config-value",
            f"limit.historyCount.suggestContinueAsNew={EVENTS_PER_RUN}",
            *(
                argument
                for name in SEARCH_ATTRIBUTES
                for argument in ("--search-attribute", f"{name}=Keyword")
            ),
        ],
        data_converter=pydantic_data_converter,
    ) as environment:
        yield environment.client
