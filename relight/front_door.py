"""The processes of the api: a doorkeeper, a desk and an intake; what one of them is, all are.

They are forked from one process that has imported everything and started nothing, so the two that
serve share their code. When one falls the others end with it, and are started anew together.
"""

import logging
import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NoReturn

from api.lanes import MOST_OPEN
from relight.doorkeeper import Doorkeeper, Room, open_door
from relight.finish import finish

Name = Literal["desk", "intake"]
Serve = Callable[[Name, socket.socket], None]
NAMES: tuple[Name, ...] = ("desk", "intake")
MOST_IN_INTAKE = MOST_OPEN + 1
"""As many as may be open in the lane of the public, and one who is being turned away.

Turning away costs a tenth of taking: eight at a time took the processors from both.
"""
LAST_S = 15
LAST_FALLEN_S = 5
"""So long may the rooms take to finish: when told to, and while nobody else can come in."""
MOST_LINES = 65_536
log = logging.getLogger("relight")


def keep_door(host: str, port: int, serve: Serve, when_ready: Callable[[], object]) -> NoReturn:
    """Start a process for each room, open the door when they are ready, and keep it until told."""
    _allow_many_lines()
    told: list[int] = []
    lines: dict[Name, socket.socket] = {}
    rooms: dict[int, Name] = {}
    for room in NAMES:
        lines[room], theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            for mine in lines.values():
                mine.close()
            _serve(serve, room, theirs)
        theirs.close()
        rooms[pid] = room
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    fallen: list[int] = []
    if all(line.recv(16) for line in lines.values()):
        doorkeeper = Doorkeeper(
            open_door(host, port),
            desk=Room(lines["desk"]),
            intake=Room(lines["intake"], most=MOST_IN_INTAKE),
        )
        when_ready()
        doorkeeper.run(lambda: bool(told) or _has_fallen(fallen))
        doorkeeper.close()
    if fallen and not told:
        log.error("the %s of the api ended by itself; all of it ends", rooms[fallen[0]])
    _end(rooms, fallen)
    if fallen and not told and os.WIFSIGNALED(fallen[1]):
        with suppress(OSError):  # not every signal can be caught
            signal.signal(os.WTERMSIG(fallen[1]), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(fallen[1]))
    finish(0 if told else 1)


def _allow_many_lines() -> None:
    """Let as many connections be open as the machine allows us: who finds none stands outside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_LINES if hard == resource.RLIM_INFINITY else min(hard, MOST_LINES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _serve(serve: Serve, room: Name, line: socket.socket) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server takes these over, and says them again when it has ended.
        signal.signal(number, lambda *_: finish(0))
    try:
        serve(room, line)
    except Exception:
        log.exception("the %s of the api ended", room)
        finish(1)
    finish(0)


def _has_fallen(fallen: list[int]) -> bool:
    """Tell whether a room has ended without being told to; keep which and how."""
    if not fallen:
        pid, how = os.waitpid(-1, os.WNOHANG)
        fallen.extend((pid, how) if pid else ())
    return bool(fallen)


def _end(rooms: dict[int, Name], fallen: list[int]) -> None:
    """Ask the rooms to end, and kill those that do not."""
    left = set(rooms) - set(fallen[:1])

    def kill(*_: object) -> None:
        for pid in left:
            os.kill(pid, signal.SIGKILL)

    for pid in left:
        os.kill(pid, signal.SIGTERM)
    signal.signal(signal.SIGALRM, kill)
    signal.alarm(LAST_FALLEN_S if fallen else LAST_S)
    while left:
        left.discard(os.waitpid(-1, 0)[0])
    signal.alarm(0)
