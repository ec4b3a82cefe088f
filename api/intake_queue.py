"""A queue in front of the database: one waiter per grouping lock and process.

Calls under one feeder take turns here, in memory, so that they cannot hold every connection
of the pool while they wait for each other in the database.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class IntakeQueue:
    """Turns by lock name; names are taken in one order, so that no two callers block each other."""

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Lock] = {}
        self._claims: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, names: Iterable[str]) -> AsyncIterator[None]:
        """Wait until every name is free, and hold them all."""
        wanted = sorted(set(names))
        held: list[asyncio.Lock] = []
        for name in wanted:
            self._claims[name] = self._claims.get(name, 0) + 1
        try:
            for name in wanted:
                lock = self._turns.setdefault(name, asyncio.Lock())
                await lock.acquire()
                held.append(lock)
            yield
        finally:
            for lock in reversed(held):
                lock.release()
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
