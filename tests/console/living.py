"""An installation for browsers whose workflows run on real Temporal, in a thread of its own."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.planning import Planning
from activities.relay import Relay
from api.browser_pages import is_built
from api.temporal_line import TemporalLine
from domain.clock import HouseClock
from relight.planner_process import plan_queue_worker
from relight.servers.temporal import TemporalServer
from relight.worker_process import wake_boards, work_queue_worker
from store import installation, land
from store.engine import connect
from territory.osm import read_land
from tests.api.callers import repair_steps, signed_in
from tests.api.test_local_issuer import add_person
from tests.conftest import DEMO_NOW
from tests.console.conftest import PEOPLE, serving
from tests.house import end_all
from tests.pictures import a_picture

TAKER, DISPATCHER = signed_in("call_taker", "tara"), signed_in("dispatcher", "dora")
_PATIENCE_S = 90


@dataclass
class Town:
    """A running installation, and what is said to it beside the browser."""

    engine: Engine
    address: str
    http: httpx.Client
    _numbers: Any = field(default_factory=lambda: count(1))

    def report(self, home: str, **said: Any) -> str:
        """Report from a home; return the outage."""
        body = {"channel": "phone", "place": {"service_point_id": home}, **said}
        told = self.http.post("/v1/reports", json=body, headers=TAKER)
        assert told.status_code == 201, told.text
        return str(told.json()["outage"]["id"])

    def address_en(self, home: str) -> str:
        """Read a home's address in English."""
        found = self.http.get("/v1/places", params={"q": home}, headers=TAKER).json()["items"]
        return str(next(each["address_en"] for each in found if each["service_point_id"] == home))

    def outage(self, outage: str) -> dict[str, Any]:
        """Read an outage."""
        return dict(self.http.get(f"/v1/outages/{outage}", headers=DISPATCHER).json())

    def dispatched(self, outage: str) -> tuple[str, str]:
        """Wait until a crew has the first task; return crew and task."""
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            for task in self.outage(outage)["tasks"]:
                if task["state"] == "dispatched":
                    return task["crew"], task["id"]
            time.sleep(0.1)
        raise AssertionError("no crew was sent")

    def repair(self, outage: str, **said: dict[str, Any]) -> None:
        """Do the work as whatever crew the board sends; `said` is more for some of the steps."""
        crew, task = self.dispatched(outage)
        for kind, fields in repair_steps(self.outage(outage)["at"]["coordinates"]):
            self.say(outage, crew, task, kind, **fields, **said.get(kind, {}))

    def say(self, outage: str, crew: str, task: str, kind: str, **fields: Any) -> None:
        """Say something from the field as a crew."""
        body = {
            "id": uuid4().hex, "device": f"{crew}-phone", "device_seq": next(self._numbers),
            "kind": kind, "task": task, **fields,
        }  # fmt: skip
        told = self.http.post(
            f"/v1/outages/{outage}/actions",
            json=body,
            headers=signed_in("crew", f"{crew}-leader", crew=crew),
        )
        assert told.status_code == 200, told.text

    def photograph(self, outage: str, note: str) -> None:
        """Add a photo as the crew that was sent there first."""
        crew = self.outage(outage)["tasks"][0]["crew"]
        said = {
            "device": f"{crew}-phone", "device_seq": next(self._numbers), "shows": "damage",
            "note": note,
        }  # fmt: skip
        told = self.http.post(
            f"/v1/outages/{outage}/photos",
            files={"photo": ("photo.jpg", a_picture()), "statement": (None, json.dumps(said))},
            headers=signed_in("crew", f"{crew}-leader", crew=crew),
        )
        assert told.status_code == 201, told.text


@contextmanager
def a_town(
    database: str, temporal: TemporalServer, rate: float, land_file: Path | None = None
) -> Iterator[Town]:
    """Run an installation in which somebody of each role may sign in, on a land if there is one."""
    if not is_built():
        pytest.skip("the pages are not built: make pages (needs Node 20.19 or later)")
    engine = connect(database, connections=30, name="town")
    line = TemporalLine(temporal.address, temporal.namespace)
    try:
        if land_file is not None:
            land.load(engine, read_land(land_file), DEMO_NOW)
        for name, grant in PEOPLE.items():
            add_person(engine, name, grant)
        with (
            living(engine, temporal, rate),
            serving(engine, temporal=line, answer_wait_s=30.0) as address,
            httpx.Client(base_url=address, timeout=60) as http,
        ):
            yield Town(engine, address, http)
    finally:
        engine.dispose()


@contextmanager
def living(engine: Engine, temporal: TemporalServer, rate: float) -> Iterator[None]:
    """Let every workflow of an installation run from now on, by a clock of the given rate."""
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=DEMO_NOW, rate=rate)
    with Session(engine) as session, session.begin():
        installation.set_clock(session, clock)
    begun, ending = threading.Event(), threading.Event()
    thread = threading.Thread(target=_run, args=(engine, temporal, begun, ending))
    thread.start()
    try:
        assert begun.wait(_PATIENCE_S)
        yield
    finally:
        ending.set()
        thread.join()


def _run(
    engine: Engine, temporal: TemporalServer, begun: threading.Event, ending: threading.Event
) -> None:
    asyncio.run(_live(engine, temporal, begun, ending))


async def _live(
    engine: Engine, temporal: TemporalServer, begun: threading.Event, ending: threading.Event
) -> None:
    client = await Client.connect(
        temporal.address, namespace=temporal.namespace, data_converter=pydantic_data_converter
    )
    await end_all(client)
    with ThreadPoolExecutor(16) as threads:
        async with (
            work_queue_worker(client, engine, threads),
            plan_queue_worker(client, Planning(engine).whole, threads),
        ):
            await wake_boards(client, engine)
            carrying = asyncio.create_task(Relay(engine, client, "relay/console").run())
            begun.set()
            await asyncio.to_thread(ending.wait)
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying
    await end_all(client)
