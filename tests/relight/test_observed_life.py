"""A watched life: one trace from the call to the row, every line with its ids, nobody's name."""

import asyncio
import json
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
from tests.relight.observed import Observed, observed, spans_of_replaying
from workflows.messages import WORK_QUEUE

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

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
            metrics = {name: await house.metrics(name) for name in ("worker", "planner", "relay")}
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
    broken = await client.start_workflow(
        "OutageRepair", {"opening": MISPLACED}, id="outage/broken", task_queue=WORK_QUEUE
    )
    for _ in range(400):
        if "WORKFLOW_TASK_FAILED" in str((await broken.fetch_history()).to_json()):
            break
        await asyncio.sleep(0.05)
    await broken.terminate()


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


async def test_one_trace_runs_from_the_call_to_the_row(life: Life) -> None:
    call = next(
        span
        for span in life.roots("POST /v1/reports")
        if any(each.name == "carry reported" for each in life.spans.of_trace(span.trace))
    )
    written = next(
        span
        for span in life.spans.of_trace(call.trace)
        if "INSERT INTO outage_events" in str(span.attributes.get("db.statement"))
    )
    way = [(span.process, span.name) for span in reversed(life.spans.way_up(written))]

    assert way == [
        ("relight-api", "POST /v1/reports"),
        ("relight-relay", "carry reported"),
        ("relight-relay", "SignalWithStartWorkflow:OutageRepair"),
        ("relight-worker", "StartActivity:project"),
        ("relight-worker", "RunActivity:project"),
        ("relight-worker", "INSERT"),
    ]


async def test_a_call_carried_with_another_is_linked_to_it(life: Life) -> None:
    first, second = life.roots("POST /v1/reports")[:2]
    carried = [span for span in life.spans.spans if span.name == "carry reported"]
    met = [span for span in carried if span.trace == second.trace or second.trace in span.links]

    assert first.trace != second.trace
    assert met


async def test_a_board_has_no_trace_that_grows_for_ever(life: Life) -> None:
    plans = [span for span in life.spans.spans if span.name == "RunActivity:plan_district"]
    boards = [
        span
        for span in life.spans.spans
        if span.process == "relight-worker"
        and span.name.endswith(":DispatchBoard")
        and span.kind != "client"
    ]

    assert plans
    assert all(not span.parent for span in plans)
    assert boards == []


async def test_the_relay_makes_no_span_while_nothing_is_to_be_carried(life: Life) -> None:
    lone = [span for span in life.spans.spans if not span.parent and span.kind == "client"]

    assert lone == []


async def test_no_span_names_anybody(life: Life) -> None:
    sent = b"".join(life.spans.raw)

    assert life.outage.encode() in sent
    assert [mark for mark in EVERY if mark.encode() in sent] == []
    assert b"relight.test" not in sent


async def test_no_line_names_anybody(life: Life) -> None:
    said = json.dumps(life.lines, ensure_ascii=False)

    assert [mark for mark in EVERY if mark in said] == []


async def test_no_failure_puts_anybody_into_a_history(life: Life) -> None:
    assert life.histories <= {"outage/broken"}


async def test_every_failure_is_told_with_its_kind_its_place_and_its_ids(life: Life) -> None:
    told = [line for line in life.lines if "exception" in line]
    refused = [line for line in told if line["event"] == "request failed"]
    hands = [line for line in told if line.get("hand") == "project"]
    stalled = [line for line in told if line.get("logger", "").startswith("temporalio.worker")]

    assert len(refused) == 3
    assert all("23514" in line["exception"] for line in refused)
    assert "ck_trap" in refused[0]["exception"] or " trap" in refused[0]["exception"]
    assert all(line["request_id"] and line["trace_id"] for line in refused)
    assert all(line["workflow"] == outage_workflow(line["outage"]) for line in hands)
    assert any("P0001" in line["exception"] for line in hands)
    assert any("outage/broken" in line["event"] for line in stalled)


async def test_every_request_about_an_outage_names_it(life: Life) -> None:
    asked = [line for line in life.lines if line["event"] == "request" and line["status"] < 400]
    about = [line for line in asked if "{outage_id}" in line["route"]]
    taken = [line for line in asked if line["route"] == "/v1/reports" and line["status"] == 201]
    acted = [line for line in asked if line["route"].endswith("/actions")]

    assert all(line["outage"].startswith("out_") for line in about)
    assert all(line["report"] and line["outage"] and line["trace_id"] for line in taken)
    assert all(line["action"] for line in acted)
    assert min(len(about), len(taken), len(acted)) > 0


async def test_a_replay_makes_no_span_a_second_time(life: Life) -> None:
    assert "_tracer-data" in life.history.to_json()
    assert await spans_of_replaying(life.history) == []
