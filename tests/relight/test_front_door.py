"""The front door of the api: who is shown where, who waits, and that all of it falls together."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relight import doorkeeper
from relight.doorkeeper import Doorkeeper, Room, is_report, is_whole, open_door
from relight.servers.ports import free_port
from relight.settings import CODE


def said(path: str = "/v1/reports", body: str = "{}", method: str = "POST") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


DANGER = '{"hazards": ["fire"]}'
NOT_DANGER = '{"hazards": [], "life_support": false}'


@pytest.mark.parametrize(
    ("first", "report"),
    [
        (said(), True),
        (b"POST /v1/rep", True),
        (b"P", True),
        (b"GET /metrics?of=intake HTTP/1.1", True),
        (b"GET /metrics HTTP/1.1", False),
        (said("/v1/outages/out_1/actions"), False),
        (said("/v1/reports", method="GET"), False),
    ],
)
def test_a_connection_is_known_by_its_first_bytes(first: bytes, report: bool) -> None:
    assert is_report(first) is report


@pytest.mark.parametrize(
    ("first", "whole"),
    [
        (said(), True),
        (said()[:-1], False),
        (said().partition(b"\r\n\r\n")[0], False),
        (said("/v1/me", method="GET"), True),
        (said("/v1/me", method="GET")[:20], False),
        (said(body="x" * 9000)[: doorkeeper.LOOK_BYTES], True),
        (said().replace(b"Host", b"Expect: 100-continue\r\nHost")[:-2], True),
    ],
)
def test_a_report_is_looked_at_when_all_of_it_is_there(first: bytes, whole: bool) -> None:
    assert is_whole(first) is whole


class Rooms:
    """Both rooms as a test sees them: who was handed over, in which order."""

    def __init__(self, most: float) -> None:
        self.mine, theirs = {}, {}
        for name in ("desk", "intake"):
            self.mine[name], theirs[name] = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.mine[name].settimeout(10)
        self.waiting = 0
        self.port = free_port()
        self.over = threading.Event()
        self.keeper = Doorkeeper(
            open_door("127.0.0.1", self.port),
            desk=Room(theirs["desk"]),
            intake=Room(theirs["intake"], most=most),
        )
        self.thread = threading.Thread(target=self.keeper.run, args=(self.over.is_set,))
        self.lines = list(theirs.values())

    def call(self, *parts: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), 10)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            line.sendall(part)
            time.sleep(0.05 if len(parts) > 1 else 0)
        return line

    def next(self, name: str) -> bytes:
        """Return what the next visitor of a room says; it is all still there to be read."""
        said, (number,), _, _ = socket.recv_fds(self.mine[name], 16, 1)
        self.waiting = int(said)
        with socket.socket(fileno=number) as visitor:
            visitor.settimeout(10)
            return visitor.recv(65_536)

    def is_empty(self, name: str) -> bool:
        line = self.mine[name]
        line.settimeout(0.3)
        try:
            line.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return True
        finally:
            line.settimeout(10)
        return False


@contextmanager
def rooms(most: float = 100) -> Iterator[Rooms]:
    opened = Rooms(most)
    opened.thread.start()
    try:
        yield opened
    finally:
        opened.over.set()
        opened.thread.join()
        opened.keeper.close()
        for line in (*opened.mine.values(), *opened.lines):
            line.close()


def test_reports_go_to_the_intake_and_all_else_to_the_desk_unread() -> None:
    with rooms() as opened:
        calls = [
            opened.call(said(body="1")),
            opened.call(said("/v1/me", method="GET")),
            opened.call(said("/metrics?of=intake", method="GET")),
        ]
        first, counts = opened.next("intake"), opened.next("intake")
        desk = opened.next("desk")
        for call in calls:
            call.close()

    assert first == said(body="1")
    assert counts.startswith(b"GET /metrics")
    assert desk.startswith(b"GET /v1/me")


def test_a_full_intake_is_given_nobody_until_somebody_leaves_and_danger_is_let_by() -> None:
    with rooms(most=1) as opened:
        calls = [opened.call(said(body="1"))]
        inside = opened.next("intake")
        calls.append(opened.call(said(body="2")))
        waits = opened.is_empty("intake")
        calls.append(opened.call(said(body="3")))
        calls.append(opened.call(said(body=DANGER)))
        danger = opened.next("desk")
        calls.append(opened.call(said("/v1/me", method="GET")))
        other = opened.next("desk")
        opened.mine["intake"].send(b"1")
        second = opened.next("intake")
        behind = opened.waiting
        for call in calls:
            call.close()

    assert (inside, second) == (said(body="1"), said(body="2"))
    assert waits
    assert behind == 1
    assert danger.endswith(DANGER.encode())
    assert other.startswith(b"GET /v1/me")


def test_much_danger_goes_to_the_intake_before_those_who_wait_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doorkeeper, "DANGER_AT_DESK", 0)
    with rooms(most=0) as opened:
        calls = [opened.call(said(body=NOT_DANGER)), opened.call(said(body=DANGER))]
        danger = opened.next("intake")
        nobody = opened.is_empty("intake")
        for call in calls:
            call.close()

    assert danger.endswith(DANGER.encode())
    assert nobody


def test_danger_is_seen_when_the_body_comes_after_the_head() -> None:
    whole = said(body=DANGER)
    head, body = whole[: -len(DANGER)], whole[-len(DANGER) :]
    with rooms(most=0) as opened, opened.call(head, body[:5], body[5:]):
        danger = opened.next("desk")

    assert danger == whole


def test_who_says_nothing_or_dawdles_is_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "SILENT_S", 0.1)
    with rooms() as opened, opened.call() as silent, opened.call(said()[:30]) as slow:
        heard = [_end_of(line) for line in (silent, slow)]

    assert heard == [b"", b""]


def _end_of(line: socket.socket) -> bytes:
    try:
        return line.recv(1)
    except ConnectionResetError:  # what was said was never read
        return b""


SERVER = """
import os, socket, sys, threading, time
from pathlib import Path
from relight.front_door import keep_door

def serve(room, line):
    Path(f"{sys.argv[2]}/{room}").write_text(str(os.getpid()))
    line.send(b"ready")
    while True:
        said, numbers, _, _ = socket.recv_fds(line, 16, 1)
        if not said:
            os._exit(1)
        with socket.socket(fileno=numbers[0]) as visitor:
            visitor.sendall(room.encode())

keep_door("127.0.0.1", int(sys.argv[1]), serve, lambda: print("open", flush=True))
"""


@contextmanager
def a_door(home: Path) -> Iterator[tuple[subprocess.Popen[str], int, dict[str, int]]]:
    port = free_port()
    command = [sys.executable, "-c", textwrap.dedent(SERVER), str(port), str(home)]
    with subprocess.Popen(command, cwd=CODE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            yield process, port, {n: int((home / n).read_text()) for n in ("desk", "intake")}
        finally:
            process.kill()


def until_gone(*numbers: int) -> None:
    for number in numbers:
        while Path(f"/proc/{number}/stat").exists() and not _is_dead(number):
            time.sleep(0.02)


def _is_dead(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _heard(port: int, first: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(first)
        return line.recv(64)


def test_each_room_is_a_process_and_all_end_when_told(tmp_path: Path) -> None:
    with a_door(tmp_path) as (process, port, numbers):
        heard = [_heard(port, first) for first in (said(), said("/v1/me", method="GET"))]
        process.terminate()
        code = process.wait(20)
        until_gone(*numbers.values())

    assert heard == [b"intake", b"desk"]
    assert code == 0


@pytest.mark.parametrize("room", ["desk", "intake"])
def test_when_a_room_is_killed_the_whole_api_dies_the_same_death(tmp_path: Path, room: str) -> None:
    with a_door(tmp_path) as (process, _, numbers):
        os.kill(numbers[room], signal.SIGKILL)
        code = process.wait(20)
        until_gone(*numbers.values())

    assert code == -signal.SIGKILL


def test_when_the_doorkeeper_is_killed_nobody_serves_on(tmp_path: Path) -> None:
    with a_door(tmp_path) as (process, _, numbers):
        process.kill()
        process.wait(20)
        until_gone(*numbers.values())
