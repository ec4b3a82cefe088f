"""A whole installation in one process with the API on top, and what tests do with it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine

from tests.api.callers import repair_steps, signed_in

YES = {"result": "answered", "contacted_on_arrival": True, "commitment_kept": True,
       "satisfied": True}  # fmt: skip


@dataclass
class Mouth:
    """The API as people use it; every wait is for something that must come to pass."""

    http: httpx.AsyncClient
    engine: Engine
    numbers: Any = field(default_factory=lambda: count(1))

    async def report(self, point: str, **fields: Any) -> dict[str, Any]:
        body = {"channel": "phone", "place": {"service_point_id": point}, **fields}
        response = await self.http.post(
            "/v1/reports", json=body, headers=signed_in("call_taker", "tara")
        )
        assert response.status_code == 201, response.text
        return response.json()

    async def outage(self, outage: str, **query: Any) -> dict[str, Any]:
        response = await self.http.get(
            f"/v1/outages/{outage}", params=query, headers=signed_in("dispatcher", "dora")
        )
        assert response.status_code == 200, response.text
        return response.json()

    async def act(
        self, outage: str, crew: str, kind: str, task: str, **fields: Any
    ) -> httpx.Response:
        said = {"id": uuid4().hex, "device": f"{crew}-phone", "device_seq": next(self.numbers)}
        return await self.http.post(
            f"/v1/outages/{outage}/actions",
            json={**said, "kind": kind, "task": task, **fields},
            headers=signed_in("crew", f"{crew}-leader", crew=crew),
        )

    async def order(self, district: str, *, seen: str = "*", **order: Any) -> httpx.Response:
        return await self.http.post(
            f"/v1/boards/{district}/orders",
            json=order,
            headers=signed_in("supervisor", "sue") | {"If-Match": seen},
        )

    async def dispatched(self, outage: str) -> tuple[str, str]:
        """Wait until a crew has the first task; return crew and task."""

        async def found() -> tuple[str, str] | None:
            tasks = (await self.outage(outage))["tasks"]
            return next(((t["crew"], t["id"]) for t in tasks if t["state"] == "dispatched"), None)

        return await self.until(found)

    async def repair(self, outage: str) -> tuple[str, str]:
        """Wait for the board, then do the work as that crew; return crew and task."""
        crew, task = await self.dispatched(outage)
        at = (await self.outage(outage))["at"]
        for kind, fields in repair_steps(at):
            response = await self.act(outage, crew, kind, task, **fields)
            assert response.status_code == 200, response.text
        return crew, task

    async def next_call(self, agent: str = "ann") -> dict[str, Any]:
        async def found() -> dict[str, Any] | None:
            response = await self.http.get(
                "/v1/callbacks/next", headers=signed_in("callback_agent", agent)
            )
            return response.json() if response.status_code == 200 else None

        return await self.until(found)

    async def answer(self, callback: str, agent: str = "ann", **answers: Any) -> httpx.Response:
        return await self.http.post(
            f"/v1/callbacks/{callback}/attempts",
            json=answers or YES,
            headers=signed_in("callback_agent", agent),
        )

    async def is_the_home(self, told: dict[str, Any], point: str) -> bool:
        """Tell whether a home's address is told in both languages."""
        desk = signed_in("dispatcher")
        found = (await self.http.get(f"/v1/places?q={point}", headers=desk)).json()["items"][0]
        names = ("address", "address_en")
        return found["service_point_id"] == point and all(told[n] == found[n] != "" for n in names)

    async def until(self, found: Callable[[], Awaitable[Any]], tries: int = 400) -> Any:
        for _ in range(tries):
            value = await found()
            if value:
                return value
            await asyncio.sleep(0.05)
        raise AssertionError("it did not come to pass")


def deed(response: httpx.Response) -> dict[str, Any]:
    """Return what an action came to; whether it was a repeat depends on who remembered first."""
    return {name: value for name, value in response.json().items() if name != "repeated"}
