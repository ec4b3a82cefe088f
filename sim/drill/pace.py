"""The house clock as the simulated people live by it, and when the drill is over."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.clock import HouseClock

# The shortest sleep: keeps a fast clock from turning waits into a busy loop.
SHORTEST_S = 0.02


@dataclass
class Pace:
    """Sleeps in house time; `over` is set once and tells everybody to go home."""

    clock: HouseClock
    over: bool = False

    def house_now(self) -> datetime:
        """Return the house time now."""
        return self.clock.house(datetime.now(UTC))

    async def sleep(self, span: timedelta) -> None:
        """Sleep for so much house time."""
        await self.sleep_until(self.house_now() + span)

    async def sleep_until(self, house: datetime) -> None:
        """Sleep until a house time; returns at once when it has passed, or the drill is over."""
        while not self.over:
            left = (self.clock.real(house) - datetime.now(UTC)).total_seconds()
            if left <= 0:
                return
            await asyncio.sleep(min(1.0, max(SHORTEST_S, left)))
