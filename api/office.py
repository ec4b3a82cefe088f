"""What the handlers of one process share: database, Temporal, clock, policy, tallies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.base_map import BaseMap
from api.gauges import Gauges
from api.intake_queue import IntakeQueue
from api.lanes import Lane, Lanes
from api.live.fan_out import FanOut
from api.poke import Poke
from api.pulse import Pulse
from api.sign_in.issuers import Issuers
from api.sign_in.machine_keys import KeyRing
from api.sign_in.tokens import TokenKeys
from api.standings import Standings
from api.temporal_line import TemporalLine
from api.tile_cache import TileCache
from domain.clock import HouseClock
from domain.policy import Policy
from roads.choosing import Roads
from store import installation

P = ParamSpec("P")
R = TypeVar("R")
TILES_AT_ONCE = 3
"""Tiles drawn at the same time: a map that opens asks for thirty, and nobody waits for them."""


@dataclass
class Office:
    """The parts every handler works with; made once per process by `create_app`."""

    engine: Engine
    temporal: TemporalLine
    policy: Policy
    packs: Mapping[str, Policy]
    token_keys: TokenKeys
    issuers: Issuers
    limiter: CapacityLimiter
    lanes: Lanes
    poke: Poke
    pulse: Pulse
    live: FanOut
    key_ring: KeyRing = field(default_factory=KeyRing)
    standings: Standings = field(default_factory=Standings)
    queue: IntakeQueue = field(default_factory=IntakeQueue)
    gauges: Gauges = field(default_factory=Gauges)
    answer_wait_s: float = 5.0
    base_map: BaseMap = field(default_factory=BaseMap)
    tiles: TileCache = field(default_factory=TileCache)
    drawing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(TILES_AT_ONCE))
    roads: Roads = field(default_factory=Roads)  # such as know straight lines only
    driving: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    developing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    _clock: HouseClock | None = field(default=None)

    async def ask(
        self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Answer a question of the store in a thread, in one transaction."""
        return await self._asked(self.limiter, lambda opened: question(opened, *args, **kwargs))

    async def draw(
        self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Answer a question about a map, a few at a time: people's work goes before it."""
        return await self._asked(self.drawing, lambda opened: question(opened, *args, **kwargs))

    async def _asked(self, limiter: CapacityLimiter, question: Callable[[Session], R]) -> R:
        def run() -> R:
            with Session(self.engine) as session, session.begin():
                return question(session)

        return await anyio.to_thread.run_sync(run, limiter=limiter)

    async def call(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run blocking work that owns its transaction in a thread."""
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self.limiter)

    async def drive(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the roads, one question at a time: the first waits until they are loaded."""
        return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self.driving)

    async def develop(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Read a picture, one at a time: that takes a processor and much memory."""
        return await anyio.to_thread.run_sync(
            partial(work, *args, **kwargs), limiter=self.developing
        )

    async def take(self, lane: Lane, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a step of intake in a thread of the report's own lane."""
        return await anyio.to_thread.run_sync(
            partial(work, *args, **kwargs), limiter=self.lanes.threads(lane)
        )

    async def clock(self) -> HouseClock:
        """Return the house clock of this installation, read once."""
        if self._clock is None:
            self._clock = await self.ask(installation.clock)
        return self._clock

    async def now(self) -> datetime:
        """Return the house time."""
        return (await self.clock()).house(datetime.now(UTC))


def office_of(request: Request) -> Any:
    """Return the office of the application that serves this request."""
    return request.app.state.office


At = Annotated[Office, Depends(office_of)]
