"""A queue in front of the database: one waiter per grouping lock and process.

Calls under one feeder take turns here, in memory, so that they cannot hold every connection
of the pool while they wait for each other in the database. Danger goes before all others.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress


class IntakeQueue:
    """Turns by lock name; names are taken in one order, so that no two callers block each other."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}
        self._claims: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, names: Iterable[str], *, first: bool = False) -> AsyncIterator[None]:
        """Wait until every name is free, and hold them all; `first` goes before the others."""
        wanted = sorted(set(names))
        held: list[_Turn] = []
        for name in wanted:
            self._claims[name] = self._claims.get(name, 0) + 1
        try:
            for name in wanted:
                turn = self._turns.setdefault(name, _Turn())
                await turn.take(first=first)
                held.append(turn)
            yield
        finally:
            for turn in reversed(held):
                turn.give()
            for name in wanted:
                self._leave(name)

    def _leave(self, name: str) -> None:
        self._claims[name] -= 1
        if not self._claims[name]:
            del self._claims[name]
            self._turns.pop(name, None)

    def __len__(self) -> int:
        """Return how many names are claimed now."""
        return len(self._claims)


class _Turn:
    """A lock that is handed on: to those who go first, then to the others as they came."""

    def __init__(self) -> None:
        self._taken = False
        self._first: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    async def take(self, *, first: bool) -> None:
        """Wait until it is handed over."""
        if not self._taken:
            self._taken = True
            return
        line = self._first if first else self._others
        handed = asyncio.get_running_loop().create_future()
        line.append(handed)
        try:
            await handed
        except asyncio.CancelledError:
            if handed.cancelled():
                with suppress(ValueError):
                    line.remove(handed)
            else:  # handed over in the moment of giving up
                self.give()
            raise

    def give(self) -> None:
        """Hand it on, or leave it free."""
        for line in (self._first, self._others):
            while line:
                handed = line.popleft()
                if not handed.done():
                    handed.set_result(None)
                    return
        self._taken = False
