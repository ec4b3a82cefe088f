"""Private servers: made from nothing, killed, and found again where they were with their data."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client

from relight.servers.identity import birth, runs
from relight.servers.namespace import RETENTION, ask, prepare_namespace, read_namespace
from relight.servers.postgres import PostgresServer
from relight.servers.server_user import server_owner, settle
from relight.servers.temporal import TemporalServer

pytestmark = pytest.mark.servers


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory every account can reach; pytest's own is closed to the database's."""
    with tempfile.TemporaryDirectory(prefix="relight-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def postgres(home: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(home / "postgres", durable=False)
    yield server
    server.kill()


@pytest.fixture
def temporal(home: Path) -> Iterator[TemporalServer]:
    server = TemporalServer(home / "temporal")
    yield server
    server.kill()


def query(server: PostgresServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def wait_gone(pid: int, mark: str, within_s: float = 20) -> bool:
    latest = time.monotonic() + within_s
    while runs(pid, mark):
        if time.monotonic() > latest:
            return False
        time.sleep(0.05)
    return True


def test_a_killed_database_comes_back_at_its_address_with_its_data(
    postgres: PostgresServer,
) -> None:
    address = postgres.start()
    query(postgres, "CREATE TABLE kept AS SELECT 1 AS one")
    postgres.kill()
    was_alive = postgres.alive
    again = postgres.start()

    assert not was_alive
    assert again == address
    assert query(postgres, "SELECT one FROM kept") == [(1,)]


def test_a_stopped_database_comes_back_too(postgres: PostgresServer) -> None:
    address = postgres.start()
    postgres.stop()

    assert postgres.pid is None
    assert postgres.start() == address


def test_a_lock_left_by_a_dead_server_does_not_stop_the_next(postgres: PostgresServer) -> None:
    postgres.start()
    postgres.stop()
    lock = postgres.home / "cluster" / "data" / "postmaster.pid"
    # The number of the dead server was given to a program of the same account since.
    stranger = subprocess.Popen(["sleep", "60"], user=(server_owner() or (None, None))[0])
    lock.write_text(f"{stranger.pid}\n{lock.parent}\n0\n{postgres.port}\n\n127.0.0.1\n")
    os.chown(lock, *(server_owner() or (-1, -1)))
    try:
        postgres.start()

        assert postgres.alive
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_databases_run_side_by_side(postgres: PostgresServer, home: Path) -> None:
    other = PostgresServer(home / "other", durable=False)
    try:
        addresses = {postgres.start(), other.start()}
        query(postgres, "CREATE TABLE here_only (id int)")

        assert len(addresses) == 2
        assert query(other, "SELECT to_regclass('here_only')") == [(None,)]
    finally:
        other.kill()


def test_a_wrong_password_is_refused(postgres: PostgresServer) -> None:
    postgres.start()
    bad = postgres.url.replace("+psycopg", "").replace("relight:", "relight:x", 1)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(bad)


def test_files_lie_elsewhere_where_the_account_cannot_walk(tmp_path: Path) -> None:
    owner = server_owner()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = settle(closed / "postgres", owner)
    link = closed / "postgres" / "cluster"
    try:
        assert link.is_symlink() == (owner is not None)
        assert link.resolve() == cluster.resolve()
        assert settle(closed / "postgres", owner) == cluster
    finally:
        cluster.rmdir()


def test_children_do_not_outlive_a_killed_supervisor(home: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from relight.servers.postgres import PostgresServer\n"
        "server = PostgresServer(Path(sys.argv[1]), durable=False); server.start()\n"
        "print(server.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGSTOP)\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", script, str(home / "postgres")], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    mark = birth(pid)
    assert mark is not None
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    supervisor.stdout.close()

    assert wait_gone(pid, mark)


def test_a_killed_temporal_keeps_its_workflows(temporal: TemporalServer) -> None:
    address = temporal.start()

    async def begin() -> None:
        client = await Client.connect(address, namespace="relight")
        await client.start_workflow("Anything", id="kept", task_queue="nobody")

    async def status() -> str:
        client = await Client.connect(address, namespace="relight")
        described = await client.get_workflow_handle("kept").describe()
        return described.status.name if described.status else ""

    ask(begin())
    temporal.kill()
    again = temporal.start()

    assert again == address
    assert ask(status()) == "RUNNING"


def test_the_namespace_keeps_closed_workflows_for_thirty_days(temporal: TemporalServer) -> None:
    temporal.start()
    state = ask(read_namespace(temporal.address, "relight"))

    assert state.ready
    assert state.retention == RETENTION


def test_a_namespace_is_registered_on_an_existing_server(temporal: TemporalServer) -> None:
    temporal.start()
    before = ask(read_namespace(temporal.address, "another"))
    after = ask(prepare_namespace(temporal.address, "another"))

    assert not before.exists
    assert after.ready
