"""How the whole installation does, asked at most every few seconds however many look."""

import asyncio
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from temporalio.service import RPCError

from api.temporal_line import TemporalLine, Unreachable
from store import pulse
from store.readings import Family, Reading
from workflows import lines

FRESH_S = 5.0
ABOUT_THE_REST = {
    "database_up": Family("1 when the database answered the last look."),
    "temporal_up": Family("1 when Temporal answered the last look."),
    "stalled_workflows": Family("Workflows that cannot go on, by why.", ("cause",)),
    "boards_running": Family("Boards that run."),
    "disk_free_bytes": Family("Room where the private database keeps its data."),
}
FAMILIES = pulse.FAMILIES | ABOUT_THE_REST


class Pulse:
    """Looks at the database, at Temporal and at the disk; what is away tells nothing."""

    def __init__(self, engine: Engine, temporal: TemporalLine, disk: Path | None) -> None:
        self._engine = engine
        self._temporal = temporal
        self._disk = disk
        self._looking = asyncio.Lock()
        # A look has a thread of its own: it must tell of a busy process, not wait behind it.
        self._limiter = CapacityLimiter(1)
        self._looked_at = -FRESH_S
        self._readings: list[Reading] = []

    async def read(self) -> list[Reading]:
        """Return the numbers of this moment, or of a few seconds ago."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= FRESH_S:
                found = await asyncio.gather(self._of_database(), self._of_temporal())
                self._readings = [*found[0], *found[1], *self._of_disk()]
                self._looked_at = time.monotonic()
            return self._readings

    async def _of_database(self) -> list[Reading]:
        def look() -> list[Reading]:
            with Session(self._engine) as session, session.begin():
                return pulse.take(session, datetime.now(UTC))

        try:
            found = await anyio.to_thread.run_sync(look, limiter=self._limiter)
        except (DBAPIError, PoolTimeout):
            return [Reading("database_up", 0)]
        return [Reading("database_up", 1), *found]

    async def _of_temporal(self) -> list[Reading]:
        try:
            stalled, undecided, boards = await self._temporal.count(
                lines.STALLED, lines.UNDECIDED, lines.BOARDS
            )
        except (Unreachable, RPCError, TimeoutError):
            return [Reading("temporal_up", 0)]
        return [
            Reading("temporal_up", 1),
            Reading("stalled_workflows", undecided, ("nondeterminism",)),
            Reading("stalled_workflows", max(0, stalled - undecided), ("exception",)),
            Reading("boards_running", boards),
        ]

    def _of_disk(self) -> list[Reading]:
        if self._disk is None or not self._disk.exists():
            return []
        return [Reading("disk_free_bytes", shutil.disk_usage(self._disk).free)]
