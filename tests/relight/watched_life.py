"""One watched life of an outage in which everything fails once, and what it leaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from temporalio.client import Client, WorkflowHistory

from domain.ids import outage_workflow
from relight.servers.ports import free_port
from relight.servers.temporal import TemporalServer
from relight.settings import load_settings
from tests.api.callers import a_report, signed_in
from tests.api.house import YES
from tests.conftest import MakeDatabase
from tests.house_marks import workflows_with
from tests.relight.collector import Collected, Span, collecting
from tests.relight.observed import PROCESSES, Observed, observed
from workflows.messages import WORK_QUEUE

MARKS = {
    "reporter_name": "Zorblatt Quimby",
    "reporter_phone": "+99 7310 4242 17",
    "note": "ask for the blue gnome",
    "address": "9 Gnomewood Lane",
}
TRAPPED, SAID_LATER, MISPLACED = "the trapped gnome", "the gnome is content", "a lost mushroom"
EVERY = (*MARKS.values(), MISPLACED, "Zorblatt", "Gnome", "gnome")
TAKER = signed_in("call_taker", "tara")


@dataclass(frozen=True)
class Life:
    """What was left by one life, with every way in which something failed on the way."""

    spans: Collected
    lines: list[dict[str, Any]]
    metrics: dict[str, str]
    outage: str
    report: str
    histories: set[str]
    history: WorkflowHistory

    def roots(self, name: str) -> list[Span]:
        return [span for span in self.spans.spans if span.name == name and not span.parent]


@pytest.fixture(scope="module")
async def life(
    make_database: MakeDatabase,
    temporal_dev: TemporalServer,
    tmp_path_factory: pytest.TempPathFactory,
    anyio_backend: str,
) -> AsyncIterator[Life]:
    with collecting() as spans:
        settings = load_settings(
            running=False,
            state_dir=tmp_path_factory.mktemp("observed"),
            database_url=make_database(demo=True),
            temporal_address=temporal_dev.address,
            temporal_namespace=temporal_dev.namespace,
            metrics_address=f"127.0.0.1:{free_port()}",
            otlp_endpoint=spans.url,
            log_json=True,
        )
        async with observed(settings) as house:
            taken = await take(house)
            outage = taken["outage"]["id"]
            await fail_everywhere(house)
            await house.repair(outage)
            for _ in range(2):
                call = await house.next_call()
                await fail_at_the_callback(house, call["id"])
                told = await house.answer(call["id"], **YES, note=SAID_LATER)
                assert told.status_code == 200, told.text
            await house.until(lambda: is_closed(house, outage))
            await house.until(lambda: is_seen_to_stall(house))
            metrics = {name: await house.metrics(name) for name in PROCESSES}
            histories = await workflows_with(house.client, EVERY)
            kept = house.client.get_workflow_handle(outage_workflow(outage))
            history = await kept.fetch_history()
        yield Life(spans, house.lines(), metrics, outage, taken["report"]["id"], histories, history)


def a_marked_report(**fields: Any) -> dict[str, Any]:
    said = {name: mark for name, mark in MARKS.items() if name != "address"}
    place = {"service_point_id": "jp-f1-s1-t1-p1", "address": MARKS["address"]}
    return a_report(**{**said, **fields}, place=place)


async def take(house: Observed) -> dict[str, Any]:
    """Take two calls about one outage; return what the first was told."""
    first = await house.http.post("/v1/reports", json=a_marked_report(), headers=TAKER)
    second = await house.http.post("/v1/reports", json=a_marked_report(), headers=TAKER)
    assert (first.status_code, second.status_code) == (201, 201)
    return first.json()


async def is_closed(house: Observed, outage: str) -> bool:
    return bool((await house.outage(outage))["stage"] == "closed")


async def is_seen_to_stall(house: Observed) -> bool:
    """Tell whether the workflow that cannot go on is told of; a look is kept for seconds."""
    return 'relight_stalled_workflows{cause="exception"} 1.0' in await house.metrics("api")


async def fail_everywhere(house: Observed) -> None:
    """Make every part fail while it holds a person's data in its hands."""
    await mistype(house)
    await be_refused_by_the_database(house)
    await let_an_activity_fail(house)
    await let_a_workflow_fail(house.client)
    await speak_nonsense_to_the_server()


async def mistype(house: Observed) -> None:
    http, name = house.http, MARKS["reporter_name"]
    for body in (a_marked_report(scope=name), {"channel": name}, [name]):
        assert (await http.post("/v1/reports", json=body, headers=TAKER)).status_code == 422
    for path in (f"/v1/reports/{name}", f"/v1/outages/{name}", f"/{name}", f"/v1/crews/{name}"):
        assert (await http.get(path, headers=TAKER)).status_code == 404
    await http.get("/v1/reports", params={"outage": name, name: name}, headers=TAKER)


async def be_refused_by_the_database(house: Observed) -> None:
    """Let a row be refused: the database quotes all of it."""
    house.run(f"ALTER TABLE reports ADD CONSTRAINT trap CHECK (note <> '{TRAPPED}') NOT VALID")
    trapped = await house.http.post(
        "/v1/reports", json=a_marked_report(note=TRAPPED), headers=TAKER
    )
    house.run("ALTER TABLE reports DROP CONSTRAINT trap")

    assert trapped.status_code == 500


async def let_an_activity_fail(house: Observed) -> None:
    """Let the rows of an outage be refused for a while; the hand tries again until they stand."""
    house.run(
        "CREATE FUNCTION quote_a_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION 'a row about {MARKS['reporter_name']}'; END $$"
    )
    house.run(
        "CREATE TRIGGER trap BEFORE INSERT ON outage_events"
        " FOR EACH ROW EXECUTE FUNCTION quote_a_person()"
    )
    taken = await house.report("jp-f2-s1-t1-p1", note=MARKS["note"])

    async def failed() -> bool:
        return any(
            line.get("hand") == "project" and line["outage"] == taken["outage"]["id"]
            for line in house.lines()
            if "exception" in line
        )

    await house.until(failed)
    house.run("DROP TRIGGER trap ON outage_events")


async def let_a_workflow_fail(client: Client) -> None:
    """Start an outage with an argument that it cannot read."""
    await client.start_workflow(
        "OutageRepair", {"opening": MISPLACED}, id="outage/broken", task_queue=WORK_QUEUE
    )


async def speak_nonsense_to_the_server() -> None:
    """Send what is no HTTP to the server that runs the api."""
    config = uvicorn.Config(FastAPI(), port=free_port(), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    for _ in range(500):
        if server.started:
            break
        await asyncio.sleep(0.02)
    reader, writer = await asyncio.open_connection("127.0.0.1", config.port)
    writer.write(f"{MARKS['reporter_name']} {MARKS['note']}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    server.should_exit = True
    await serving


async def fail_at_the_callback(house: Observed, call: str) -> None:
    house.run(
        f"ALTER TABLE callback_attempts ADD CONSTRAINT trap CHECK (note <> '{TRAPPED}') NOT VALID"
    )
    trapped = await house.answer(call, **YES, note=TRAPPED)
    house.run("ALTER TABLE callback_attempts DROP CONSTRAINT trap")

    assert trapped.status_code == 500
