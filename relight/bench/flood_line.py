"""A crowd of callers in a process of its own: reports sent at a rate, whatever comes back.

Open loop: a caller comes when it is their time, and waits while every line is taken. Closed loop:
so many lines, each calling again as soon as it was answered. Written on bare sockets, because the
crowd shares two processors with those it calls.
"""

import asyncio
import json
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from relight.courtesy import give_way

TICK_S = 0.005
MOST_LINES = 1_500
PATIENCE_S = 15.0


@dataclass(frozen=True)
class Crowd:
    """Who calls: at `rate` a second for so long, or over `lines` when there is no rate."""

    host: str
    port: int
    tokens: list[str]
    bodies: list[str]
    seconds: float
    rate: float | None = None
    lines: int = MOST_LINES


@dataclass
class Heard:
    """What became of the calls; `took_s` are the waits of those that were taken."""

    offered: int = 0
    sent: int = 0
    broken: int = 0
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)
    turned_away_s: list[float] = field(default_factory=list)


class Line(asyncio.Protocol):
    """One connection: a request at a time, kept open between them."""

    def __init__(self, calls: "Calls") -> None:
        self._calls = calls
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP gives one
        self._transport = transport

    def call(self, request: bytes, due: float) -> None:
        """Send one report; its wait counts from when it was due."""
        assert self._transport is not None  # noqa: S101 - only open lines are called over
        self._since = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read until an answer is whole."""
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if not found or len(body) < _length(bytes(head)):
            return
        status, closes = head[9:12].decode(), b"connection: close" in head.lower()
        self._came.clear()
        since, self._since = self._since, None
        self._calls.answered(self, status, time.perf_counter() - (since or 0), closes=closes)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that this line is gone."""
        self._calls.lost(self, waiting=self._since is not None)


class Calls:
    """Sends what is due over lines that are free, and counts what comes back."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.heard = Heard()
        self._free: deque[Line] = deque()
        self._open = 0
        self._requests = [
            _request(crowd, token, crowd.bodies[number % len(crowd.bodies)])
            for number, token in enumerate(crowd.tokens)
        ]
        self._due: deque[float] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    async def run(self) -> Heard:
        """Call for the time given; then wait a little for those still on the line."""
        began = time.perf_counter()
        while (now := time.perf_counter()) - began < self.crowd.seconds:
            self._call_in(now, began)
            self._send()
            await asyncio.sleep(TICK_S)
        self.heard.seconds = time.perf_counter() - began
        self._due.clear()
        latest = time.perf_counter() + PATIENCE_S
        while self._open > len(self._free) and time.perf_counter() < latest:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)
        return self.heard

    def _call_in(self, now: float, began: float) -> None:
        """Let those come whose time it is."""
        rate = self.crowd.rate
        if rate is None:
            wanted = self.crowd.lines - (self._open - len(self._free)) - len(self._due)
        else:
            wanted = int((now - began) * rate) - self.heard.offered
        self.heard.offered += wanted
        self._due.extend([now] * wanted)

    def _send(self) -> None:
        while self._due and self._free:
            self._next(self._free.pop())
        for _ in range(min(len(self._due), self.crowd.lines - self._open)):
            self._open += 1
            task = asyncio.get_running_loop().create_task(self._dial())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, line = await loop.create_connection(
                lambda: Line(self), self.crowd.host, self.crowd.port
            )
        except OSError:
            self._open -= 1
            self.heard.broken += 1
            return
        if self._due:
            self._next(line)
        else:
            self._free.append(line)

    def _next(self, line: Line) -> None:
        line.call(self._requests[self.heard.sent % len(self._requests)], self._due.popleft())
        self.heard.sent += 1

    def answered(self, line: Line, status: str, took_s: float, *, closes: bool) -> None:
        """Count an answer and use its line again."""
        self.heard.statuses[status] = self.heard.statuses.get(status, 0) + 1
        (self.heard.took_s if status == "201" else self.heard.turned_away_s).append(took_s)
        if closes:
            return
        if self.crowd.rate is None and not self._due and self.heard.seconds == 0:
            self.heard.offered += 1
            self._due.append(time.perf_counter())
        if self._due:
            self._next(line)
        else:
            self._free.append(line)

    def lost(self, line: Line, *, waiting: bool) -> None:
        """Take a line away that was closed at the other end."""
        self._open -= 1
        self.heard.broken += waiting
        if line in self._free:
            self._free.remove(line)


def _request(crowd: Crowd, token: str, body: str) -> bytes:
    return (
        f"POST /v1/reports HTTP/1.1\r\nHost: {crowd.host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
    ).encode()


def _length(head: bytes) -> int:
    for row in head.lower().split(b"\r\n"):
        if row.startswith(b"content-length:"):
            return int(row[15:])
    return 0


async def send(crowd: Crowd) -> Heard:
    """Send a crowd from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    said, _ = await process.communicate(json.dumps(asdict(crowd)).encode())
    return Heard(**json.loads(said))


if __name__ == "__main__":
    # Callers have processors of their own; here they get what those they call leave.
    give_way(5)
    print(json.dumps(asdict(asyncio.run(Calls(Crowd(**json.load(sys.stdin))).run()))))
