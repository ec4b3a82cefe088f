"""The doorkeeper of the api: shows every connection to the process that serves such callers.

It looks at the first bytes of a connection, without taking them, and hands the connection on.
Those who begin with a report go to the intake, all others to the desk, so that however many
report, not one of them waits in the line of a dispatcher. Both serve the whole interface.

The intake is given only as many at once as it can hold; the others wait here, unread. Who says
danger in the first bytes does not wait: some go to the desk, the others first to the intake.
"""

import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

LOOK_BYTES = 4096
SILENT_S = 10.0
BACKLOG = 4096
AT_ONCE = 64
LOOK_EVERY_S = 0.25
FULL_S = 0.01
DANGER_AT_DESK = 10
"""Reports of danger a second that need not share a process with the crowd."""

REPORT = b"POST /v1/reports"
INTAKE_METRICS = b"GET /metrics?of=intake"
# Only to let it go first: what is written in another way is recognised in the room itself.
DANGER = re.compile(rb'"hazards"\s*:\s*\[\s*"|"life_support"\s*:\s*true')

LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})", re.IGNORECASE)
# Says the body only when the head was answered, and that is not done here.
ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def is_report(first: bytes) -> bool:
    """Tell whether a connection begins as a report; dribbled bytes are no dispatcher's."""
    return any(
        first.startswith(each) or each.startswith(first) for each in (REPORT, INTAKE_METRICS)
    )


def is_whole(first: bytes) -> bool:
    """Tell whether a head is there to be looked at, and a report's body: or as much as fits."""
    head, ended, body = first.partition(b"\r\n\r\n")
    if len(first) >= LOOK_BYTES:
        return True
    if not ended or not is_report(first) or ASKS_FIRST.search(head):
        return bool(ended)
    length = LENGTH.search(head)
    return length is None or len(body) >= int(length[1])


def open_door(host: str, port: int) -> socket.socket:
    """Listen where the api is to be found."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


@dataclass
class Room:
    """A process that serves: the line to it, who waits for it, and how many are inside."""

    line: socket.socket
    most: float = float("inf")
    inside: int = 0
    first: deque[socket.socket] = field(default_factory=deque)
    others: deque[socket.socket] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """Count those who wait for this room."""
        return len(self.first) + len(self.others)

    def next(self) -> deque[socket.socket] | None:
        """Return the queue whose head may go in now."""
        if self.first:
            return self.first
        return self.others if self.others and self.inside < self.most else None


@dataclass(frozen=True)
class Guest:
    """A connection that has said nothing yet, and when it is shown out."""

    line: socket.socket
    until: float


class Doorkeeper:
    """Takes connections at the door and hands them to the desk or to the intake."""

    def __init__(self, door: socket.socket, desk: Room, intake: Room) -> None:
        self._door = door
        self._desk, self._intake = desk, intake
        self._guests: dict[int, Guest] = {}
        self._second = self._danger = 0
        self._selector = selectors.DefaultSelector()
        for line in (door, desk.line, intake.line):
            line.setblocking(False)
        self._selector.register(door, selectors.EVENT_READ, lambda _: self._take_in())
        for room in (desk, intake):
            self._watch(room, writing=False)

    def run(self, over: Callable[[], bool]) -> None:
        """Work until it is over."""
        swept = time.monotonic()
        while not over():
            for key, events in self._selector.select(LOOK_EVERY_S):
                key.data(events)
            if time.monotonic() - swept > 1.0:
                swept = time.monotonic()
                self._show_out(swept)

    def close(self) -> None:
        """Close the door; who stands in it is not let in any more."""
        self._door.close()
        waiting = [
            line
            for room in (self._desk, self._intake)
            for queue in (room.first, room.others)
            for line in queue
        ]
        for line in [*waiting, *(guest.line for guest in self._guests.values())]:
            line.close()
        self._selector.close()

    def _take_in(self) -> None:
        until = time.monotonic() + SILENT_S
        for _ in range(AT_ONCE):
            try:
                line, _address = self._door.accept()
            except BlockingIOError:
                return
            except OSError:  # too many are open: the others wait outside a little
                time.sleep(FULL_S)
                return
            line.setblocking(False)
            number = line.fileno()
            self._guests[number] = Guest(line, until)
            show = partial(self._show, number)
            self._selector.register(line, selectors.EVENT_READ, show)

    def _show(self, number: int, _events: int) -> None:
        """Look at what a guest says first and hand them on; the bytes stay where they are."""
        guest = self._guests[number]
        try:
            first = guest.line.recv(LOOK_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            first = b""
        if first and not is_whole(first):
            # Told again when more has come; whoever dawdles is shown out.
            guest.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(first) + 1)
            return
        line = self._forget(number)
        if not first:
            line.close()
            return
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        report = is_report(first)
        danger = report and DANGER.search(first) is not None
        room = self._intake if report and not (danger and self._desk_has_time()) else self._desk
        (room.first if danger else room.others).append(line)
        self._hand_over(room)

    def _desk_has_time(self) -> bool:
        """Tell whether one more report of danger may go to the desk in this second."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._danger = second, 0
        self._danger += 1
        return self._danger <= DANGER_AT_DESK

    def _hand_over(self, room: Room) -> None:
        """Hand over whom the room may take; the others wait here and hold nobody else up."""
        while (queue := room.next()) is not None:
            try:
                # With everybody who goes in, the room is told how many wait behind them.
                socket.send_fds(room.line, [b"%d" % (room.waiting - 1)], [queue[0].fileno()])
            except BlockingIOError:
                self._watch(room, writing=True)
                return
            except OSError:  # the room is gone, and so will be this process in a moment
                pass
            room.inside += 1
            queue.popleft().close()
        self._watch(room, writing=False)

    def _watch(self, room: Room, *, writing: bool) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
        known = self._selector.get_map().get(room.line)
        if known is None:
            self._selector.register(room.line, events, partial(self._hear, room))
        elif known.events != events:
            self._selector.modify(room.line, events, known.data)

    def _hear(self, room: Room, _events: int) -> None:
        """Hear how many have left a room: each message is a number."""
        try:
            while said := room.line.recv(16):
                room.inside -= int(said)
        except OSError:
            pass
        self._hand_over(room)

    def _show_out(self, now: float) -> None:
        for number in [n for n, guest in self._guests.items() if guest.until < now]:
            self._forget(number).close()

    def _forget(self, number: int) -> socket.socket:
        self._selector.unregister(number)
        return self._guests.pop(number).line
