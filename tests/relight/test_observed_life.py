"""A watched life: one trace from the call to the row, every line with its ids, nobody's name."""

import json
import re

import pytest

from domain.ids import outage_workflow
from relight.settings import CODE
from tests.relight.observed import spans_of_replaying
from tests.relight.watched_life import EVERY, Life, life

__all__ = ["life"]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]


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


@pytest.mark.parametrize(
    ("process", "told"),
    [
        ("api", 'relight_stalled_workflows{cause="nondeterminism"} 0.0'),
        ("api", "relight_temporal_up 1.0"),
        ("api", "relight_boards_running "),
        ("worker", "temporal_workflow_task_execution_failed_total{"),
        ("worker", 'temporal_activity_execution_failed_total{activity_type="project"'),
        ("worker", "relight_projection_seconds_count{"),
        ("planner", "relight_plans_total{"),
        ("planner", "relight_plan_seconds_count{"),
        ("relay", 'relight_messages_total{kind="reported",outcome="carried"}'),
    ],
)
async def test_a_process_tells_what_it_does(life: Life, process: str, told: str) -> None:
    assert told in life.metrics[process]


async def test_no_metric_names_anybody_or_grows_with_the_work(life: Life) -> None:
    said = "".join(life.metrics.values())

    assert [mark for mark in (*EVERY, "out_", "rep_", "tara", "jp-crew") if mark in said] == []


async def test_what_our_rules_ask_of_temporal_is_told_by_its_client(life: Life) -> None:
    page = (CODE / "docs" / "watching.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(temporal_\w+)` \|", page, re.MULTILINE)

    assert listed
    assert [name for name in listed if name not in life.metrics["worker"]] == []
