"""A queue in front of the database: one waiter per grouping lock and process.

Calls under one feeder take turns here, in memory, so that they cannot hold every connection
of the pool while they wait for each other in the database. Danger goes before all others: it
waits for those who have their turn and for nobody who only waits.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(eq=False)
class _Waiter:
    """Somebody who waits until all these names are free at once."""

    names: frozenset[str]
    called: asyncio.Future[None]


class IntakeQueue:
    """Turns by lock names: given whole, in the order of coming, whenever no name is taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._first: list[_Waiter] = []
        self._others: list[_Waiter] = []

    @asynccontextmanager
    async def turn(self, names: Iterable[str], *, first: bool = False) -> AsyncIterator[None]:
        """Wait until every name is free, and hold them all; `first` goes before the others."""
        waiter = _Waiter(frozenset(names), asyncio.get_running_loop().create_future())
        line = self._first if first else self._others
        line.append(waiter)
        self._call()
        try:
            await waiter.called
            yield
        finally:
            if waiter in line:  # given up before the turn came
                line.remove(waiter)
            else:
                self._taken -= waiter.names
            self._call()

    def _call(self) -> None:
        """Call everybody whose names are free, and wanted by nobody before them."""
        wanted = set(self._taken)
        for line in (self._first, self._others):
            for waiter in tuple(line):
                if wanted.isdisjoint(waiter.names) and not waiter.called.done():
                    line.remove(waiter)
                    self._taken |= waiter.names
                    waiter.called.set_result(None)
                wanted |= waiter.names

    def __len__(self) -> int:
        """Return how many names are taken and how many wait."""
        return len(self._taken) + len(self._first) + len(self._others)
