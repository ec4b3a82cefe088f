"""One listener per process, and a bounded line to each client.

Whoever else wants to hear of changes (a webhook, say) follows the same way: `async with
fan_out.follow(view) as line`, then `take` again and again.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import anyio.to_thread
import structlog
from anyio import CapacityLimiter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.gauges import Gauges
from api.live.rows import Touched, read
from api.live.view import Told, View
from store import changes, installation
from store.changes import Look, Mark

R = TypeVar("R")
log = structlog.get_logger("relight.api.live")
AT_ONCE = 500
HEARTBEAT_S = 12.0
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Taken:
    """What came: a fresh start from `spilled` on if set, then what is told, up to `upto`."""

    spilled: Mark | None
    told: Sequence[tuple[Told, Touched]]
    upto: Mark


class Line:
    """What waits for one client; when it is more than `room` it is thrown away, and that is said.

    Everything after `begins` comes; what was before, the client reads or is told otherwise.
    """

    def __init__(self, view: View, begins: Mark, room: int) -> None:
        self.view, self.begins = view, begins
        self._room = room
        self._waiting: deque[tuple[Told, Touched]] = deque()
        self._spilled: Mark | None = None
        self._upto = begins
        self._news = asyncio.Event()

    def put(self, touched: Sequence[Touched], upto: Mark) -> bool:
        """Add what this client is told of; returns False when there was no room."""
        told = ((self.view.told(each), each) for each in touched)
        self._waiting += ((what, each) for what, each in told if what is not None)
        self._upto = upto
        if len(self._waiting) > self._room:
            self.spill(upto)
            return False
        if self._waiting:
            self._news.set()
        return True

    def spill(self, upto: Mark) -> None:
        """Throw away what waits; the client begins anew from here."""
        self._waiting.clear()
        self._spilled = self._upto = upto
        self._news.set()

    async def take(self, within_s: float) -> Taken:
        """Return what waits, or after so many seconds that nothing came."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, within_s)):
                await self._news.wait()
        taken = Taken(self._spilled, tuple(self._waiting), self._upto)
        self._spilled = None
        self._waiting.clear()
        self._news.clear()
        return taken


class FanOut:
    """Reads what changed while anybody listens, once for all, and gives it to every line."""

    def __init__(
        self, engine: Engine, gauges: Gauges, *, look_every_s: float = 0.15, room: int = 2000
    ) -> None:
        self.engine, self.gauges = engine, gauges
        self.look_every_s, self.room = look_every_s, room
        self.heartbeat_s = HEARTBEAT_S
        self.origin = ""
        self.behind_s = 0.0
        self._lines: set[Line] = set()
        self._upto = Mark(0, 0)
        self._listener: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        # A thread of its own: the feed neither waits for requests nor makes them wait.
        self._limiter = CapacityLimiter(1)

    @asynccontextmanager
    async def follow(self, view: View) -> AsyncIterator[Line]:
        """Open a line to a client; the first one starts the listener, the last one ends it."""
        async with self._starting:
            if self._listener is None:
                self.origin, self._upto = await self._in_thread(self._begin)
                self._listener = asyncio.create_task(self._listen(), name="live feed")
            line = Line(view, self._upto, self.room)
            self._lines.add(line)
        self.gauges.live_clients.set(len(self._lines))
        try:
            yield line
        finally:
            self._lines.discard(line)
            self.gauges.live_clients.set(len(self._lines))

    async def mark(self) -> Mark:
        """Return the mark of this moment, for whoever only wants to catch up."""
        origin, upto = await self._in_thread(self._begin)
        if self._listener is None:
            self.origin = origin
        return upto

    async def _listen(self) -> None:
        """Look, tell and wait, as long as there is a line."""
        seen_at, away = time.monotonic(), False
        try:
            while self._lines:
                try:
                    if away:
                        await self._return()
                    look, touched = await self._in_thread(self._look)
                except Exception as error:  # noqa: BLE001 - the next look may succeed
                    away = True
                    self._lag(time.monotonic() - seen_at)
                    log.warning("live feed interrupted", cause=type(error).__name__)
                    await asyncio.sleep(_PAUSE_S)
                    continue
                seen_at, away = time.monotonic(), False
                self._lag(look.waiting_s)
                self._tell(touched, look.upto)
                if len(look.changes) < AT_ONCE:
                    await asyncio.sleep(self.look_every_s)
        finally:
            self._listener = None

    def _tell(self, touched: Sequence[Touched], upto: Mark) -> None:
        self._upto = upto
        for line in self._lines:
            if not line.put(touched, upto):
                self.gauges.live_resyncs.labels("slow").inc()

    async def _return(self) -> None:
        """After the database was away: go on, or begin anew where it is another one."""
        origin, upto = await self._in_thread(self._begin)
        if origin == self.origin:
            return
        self.origin, self._upto = origin, upto
        for line in self._lines:
            line.spill(upto)
            self.gauges.live_resyncs.labels("unknown").inc()

    def _begin(self) -> tuple[str, Mark]:
        upto = changes.begin(self.engine)
        with Session(self.engine) as session:
            return changes.origin(session), upto

    def _look(self) -> tuple[Look, list[Touched]]:
        with Session(self.engine) as session:
            look = changes.look(session, self._upto, AT_ONCE)
            if not look.changes:
                return look, []
            now = installation.clock(session).house(datetime.now(UTC))
            touched = read(session, look.changes, now)
        changes.settle(self.engine)
        return look, touched

    def _lag(self, seconds: float) -> None:
        self.behind_s = seconds
        self.gauges.live_lag.set(seconds)

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
