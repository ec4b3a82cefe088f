"""Those who must not notice a flood: a dispatcher at work, and people who report danger."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from uuid import uuid4

import httpx

from relight.bench.caller import Body
from relight.bench.territory import MORNING
from relight.settings import Settings
from relight.token import issue

ACTION_EVERY_S = 0.15
LOOK_EVERY_S = 0.3
DIAL_AGAIN_S = 0.2
NEIGHBOURS = 300


@dataclass
class Waits:
    """How long each was waited for, in seconds; `refused` are answers other than the good ones."""

    actions: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    danger: list[float] = field(default_factory=list)
    danger_sent: int = 0
    refused: list[str] = field(default_factory=list)
    dialled_again: int = 0

    def add(self, other: "Waits") -> None:
        """Count another turn's waits among these."""
        self.actions += other.actions
        self.looks += other.looks
        self.danger += other.danger
        self.danger_sent += other.danger_sent
        self.refused += other.refused
        self.dialled_again += other.dialled_again


class Desk:
    """Works for some seconds: estimates for outages in turn, looks at the list, calls of danger."""

    def __init__(
        self, dispatcher: httpx.AsyncClient, people: httpx.AsyncClient, tokens: Iterator[str]
    ) -> None:
        self._dispatcher = dispatcher
        self._people = people
        self._tokens = tokens
        self.waits = Waits()

    async def work(
        self, seconds: float, outages: list[str], danger: Iterator[Body], danger_rate: float
    ) -> Waits:
        """Do everything at its time, whether or not what went before was answered."""
        outage = cycle(outages)
        works = [
            _every(ACTION_EVERY_S, seconds, lambda: self._estimate(next(outage))),
            _every(LOOK_EVERY_S, seconds, self._look),
        ]
        if danger_rate:
            works.append(_every(1 / danger_rate, seconds, lambda: self._danger(next(danger))))
        await asyncio.gather(*works)
        return self.waits

    async def _estimate(self, outage: str) -> None:
        back_on = (MORNING + timedelta(days=1)).isoformat()
        deed = {"id": uuid4().hex, "kind": "give_estimate", "etr": back_on}
        path = f"/v1/outages/{outage}/actions"
        await self._timed(self._dispatcher.post(path, json=deed), self.waits.actions)

    async def _look(self) -> None:
        await self._timed(self._dispatcher.get("/v1/outages"), self.waits.looks)

    async def _danger(self, body: Body) -> None:
        """Report danger; only a connection that fails is a reason to call again."""
        self.waits.danger_sent += 1
        began, who = time.perf_counter(), {"Authorization": f"Bearer {next(self._tokens)}"}
        while True:
            try:
                report = self._people.post("/v1/reports", json=body, headers=who)
                await self._timed(report, self.waits.danger, began)
            except httpx.TransportError:
                self.waits.dialled_again += 1
                await asyncio.sleep(DIAL_AGAIN_S)
            else:
                return

    async def _timed(
        self, asked: Awaitable[httpx.Response], waits: list[float], began: float | None = None
    ) -> None:
        began = time.perf_counter() if began is None else began
        answer = await asked
        if answer.is_success:
            waits.append(time.perf_counter() - began)
        else:
            self.waits.refused.append(f"{answer.status_code} {answer.json().get('code')}")


async def _every(seconds: float, for_s: float, work: Callable[[], Awaitable[None]]) -> None:
    """Begin a piece of work every so often, and return when the last one is done."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as works:
        for number in range(int(for_s / seconds)):
            await asyncio.sleep(began + number * seconds - time.perf_counter())
            works.create_task(_done(work))


async def _done(work: Callable[[], Awaitable[None]]) -> None:
    await work()


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[Desk]:
    """Sign in a dispatcher, and everybody who may report danger."""
    tokens = [issue(settings, "customer", f"neighbour-{n}") for n in range(NEIGHBOURS)]
    async with _line(settings) as desk, _line(settings) as people:
        desk.headers["Authorization"] = f"Bearer {issue(settings, 'dispatcher', 'bench')}"
        yield Desk(desk, people, cycle(tokens))


def _line(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.api_url or "",
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=100),
        timeout=60,
    )
