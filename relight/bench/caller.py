"""A caller over HTTP: reports sent by one signed-in call taker, each with its time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from relight.settings import Settings
from relight.token import issue

Body = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An answer: its status, what it says, and how long it took in seconds."""

    status: int
    body: Body
    took_s: float

    @property
    def outage(self) -> str:
        """The outage a report was taken for."""
        return str(self.body["outage"]["id"])


class Caller:
    """Sends reports to one installation."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def report(self, body: Body) -> Told:
        """Send one report."""
        began = time.perf_counter()
        response = await self._client.post("/v1/reports", json=body)
        took = time.perf_counter() - began
        return Told(response.status_code, response.json(), took)

    async def rate(self, bodies: Iterator[Body], at_once: int, seconds: float) -> float:
        """Send reports over so many connections for some seconds; return how many a second."""
        ends = time.perf_counter() + seconds
        began, taken = time.perf_counter(), 0

        async def line() -> None:
            nonlocal taken
            while time.perf_counter() < ends:
                told = await self.report(next(bodies))
                taken += told.status == httpx.codes.CREATED

        await asyncio.gather(*(line() for _ in range(at_once)))
        return taken / (time.perf_counter() - began)

    async def all_at_once(self, bodies: Sequence[Body]) -> list[Told]:
        """Send many reports in the same moment."""
        return list(await asyncio.gather(*(self.report(body) for body in bodies)))


@asynccontextmanager
async def calling(settings: Settings, connections: int) -> AsyncIterator[Caller]:
    """Open the line of a call taker with at most so many connections."""
    token = issue(settings, "call_taker", "bench")
    async with httpx.AsyncClient(
        base_url=settings.api_url or "",
        headers={"Authorization": f"Bearer {token}"},
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        timeout=60,
    ) as client:
        yield Caller(client)


def at_home(point: str) -> Body:
    """Write a report from a home."""
    return {"channel": "phone", "place": {"service_point_id": point}}


def at_place(lon: float, lat: float) -> Body:
    """Write a report that knows only where."""
    return {"channel": "phone", "place": {"at": [lon, lat]}}
