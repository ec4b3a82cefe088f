"""The feed when something fails: a client that stands still, a database away, an api killed."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, text

from api.live.fan_out import Line
from api.live.rows import Kind
from api.live.stream import Stream
from api.live.view import View
from api.sign_in import Caller
from domain.kinds import Role
from relight.settings import CODE, PREFIX
from tests.api.callers import KEY, signed_in
from tests.api.follower import Follower, events_of, read_lists
from tests.api.live_house import move, move_all

EVERYTHING = View(Caller(subject="sue", role=Role.SUPERVISOR, districts=("*",)), frozenset(Kind))


async def test_a_client_that_does_not_keep_up_is_told_to_begin_anew_once(
    app: FastAPI, demo: Engine
) -> None:
    office = app.state.office

    async def ask_again() -> Caller:
        return EVERYTHING.caller

    office.live.room, before = 3, office.live.room
    stream = Stream(office, EVERYTHING, None, None, ask_again).events()
    try:
        await anext(stream)
        await anext(stream)
        move_all(demo, [f"jp-crew-0{number}" for number in range(1, 7)], 106.5, 29.5)
        line = next(iter(office.live._lines))
        await until(lambda: line._spilled is not None)
        move(demo, "jp-crew-07", 106.6, 29.5)
        await until(lambda: bool(line._waiting))
        found = list(events_of(iter([*(await pieces(stream, 2)).splitlines()])))
    finally:
        office.live.room = before
        await stream.aclose()

    assert [each.event for each in found] == ["resync", "row"]
    assert found[0].data["reason"] == "slow"
    assert found[1].data["id"] == "jp-crew-07"


async def pieces(stream: AsyncIterator[bytes], count: int) -> str:
    return b"".join([await anext(stream) for _ in range(count)]).decode()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


async def test_the_feed_goes_on_when_the_database_was_away(app: FastAPI, demo: Engine) -> None:
    live = app.state.office.live
    async with live.follow(EVERYTHING) as line:
        with away(demo):
            await until(lambda: live.behind_s > 0.5)
        move(demo, "jp-crew-13", 106.5, 29.5)
        taken = await news(line)

    assert taken.spilled is None
    assert [touched.id for _, touched in taken.told] == ["jp-crew-13"]


async def news(line: Line) -> Any:
    while True:
        taken = await line.take(5.0)
        if taken.told or taken.spilled:
            return taken


class away:  # noqa: N801 - read as `with away(database)`
    """Cut every connection to a database and refuse new ones for a while."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.url.database
        self.admin = engine.url.set(database="postgres")

    def __enter__(self) -> None:
        self._do(
            f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )

    def __exit__(self, *_: object) -> None:
        self._do(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")

    def _do(self, *statements: str) -> None:
        admin = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        admin.dispose()


class Api:
    """The api as a process of its own, always on the same port."""

    def __init__(self, home: Path, database_url: str) -> None:
        key = home / "token.key"
        key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key.chmod(0o600)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = home / "api.log"
        clean = {name: word for name, word in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = clean | {
            "RELIGHT_STATE_DIR": str(home),
            "RELIGHT_DATABASE_URL": database_url,
            "RELIGHT_TOKEN_KEY_FILE": str(key),
            "RELIGHT_API_PORT": str(self.port),
        }

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "relight", "api"],
                cwd=CODE,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait_until_it_answers(process)
            yield process
        finally:
            process.kill()
            process.wait()

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            with suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{self.port}/healthz")
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())


@pytest.mark.servers
@pytest.mark.timeout(180)
def test_a_killed_api_loses_nothing_and_a_stopped_one_does_not_hang(
    tmp_path: Path, demo: Engine
) -> None:
    headers = signed_in("supervisor", "sue")
    api = Api(tmp_path, demo.url.render_as_string(hide_password=False))
    with httpx.Client(base_url=f"http://127.0.0.1:{api.port}", timeout=30) as http:
        follower = Follower(http, headers, kinds=("crew",))
        with api.running() as process, follower.stream() as stream:
            next(stream)
            move(demo, "jp-crew-01", 106.5, 29.5)
            next(each for each in stream if each.event == "row")
            process.kill()
            with suppress(httpx.TransportError):
                list(stream)
        move(demo, "jp-crew-02", 106.5, 29.5)
        with api.running() as process:
            with follower.stream() as stream:
                missed = next(stream)
                truth = read_lists(http, headers, ("crew",))
                process.terminate()
                with suppress(httpx.TransportError):
                    list(stream)
            process.wait()

    assert (missed.event, missed.data["id"]) == ("row", "jp-crew-02")
    assert follower.rows == truth
    assert follower.fresh_starts == ["hello"]
    # What uvicorn says when streams do not end by themselves in time.
    assert "graceful shutdown exceeded" not in api.log.read_text()
