"""The whole loop over HTTP on real servers: report, crew, repair, callback, closed."""

from typing import Any
from uuid import uuid4

import pytest

from domain.value import digest_of
from tests.api.callers import signed_in
from tests.api.house import YES, Mouth, deed

pytestmark = pytest.mark.timeout(180)


async def test_a_report_is_repaired_called_back_and_closed_and_the_story_tells_it(
    mouth: Mouth,
) -> None:
    told = await mouth.report("jp-f1-s1-t1-p1")
    outage = told["outage"]["id"]
    crew, _ = await mouth.repair(outage)
    call = await mouth.next_call()
    answered = await mouth.answer(call["id"])

    async def closed() -> bool:
        return (await mouth.outage(outage))["stage"] == "closed"

    await mouth.until(closed)
    view = await mouth.outage(outage)
    story = await mouth.http.get(
        f"/v1/outages/{outage}/timeline",
        headers=signed_in("auditor") | {"Accept-Language": "zh"},
    )
    plans = await mouth.http.get("/v1/boards/jp/plans", headers=signed_in("auditor"))
    plan_hash = plans.json()["items"][-1]["plan_hash"]
    plan = await mouth.http.get(f"/v1/plans/{plan_hash}", headers=signed_in("auditor"))
    snapshot = await mouth.http.get(f"/v1/plans/{plan_hash}/snapshot", headers=signed_in("auditor"))

    assert answered.status_code == 200, answered.text
    assert answered.json()["outcome"] == "satisfied"
    assert digest_of(plan.text) == plan_hash
    assert digest_of(snapshot.text) == plan.json()["snapshot"]
    assert call["report_id"] == told["report"]["id"]
    assert await mouth.is_the_home(call, "jp-f1-s1-t1-p1")
    assert call["questions"].keys() == {
        "contacted_on_arrival", "commitment_kept", "satisfied", "still_off",
    }  # fmt: skip
    assert not {"arrived_at", "restored_at", "verdict"} & call.keys()
    assert view["verdict"]["on_time"] is True
    assert view["verdict"]["arrival"] == "proven"
    assert (view["allowed"], view["tasks"][0]["crew"]) == ([], crew)
    lines = story.json()["items"]
    assert {line["source"] for line in lines} >= {"report", "event", "fact", "plan", "callback"}
    assert all(line["sentence"] and "{" not in line["sentence"] for line in lines)
    await _crew_is_called_by_its_name(mouth, crew, lines)


async def _crew_is_called_by_its_name(mouth: Mouth, crew: str, lines: list[Any]) -> None:
    shown = await mouth.http.get(f"/v1/crews/{crew}", headers=signed_in("auditor"))
    sentences = [line["sentence"] for line in lines if line["source"] == "event"]
    assert any(f"派单给{shown.json()['name']['zh']}，" in each for each in sentences)
    assert not any(crew in each for each in sentences)


async def test_an_action_sent_again_is_answered_the_same_even_after_the_outage_closed(
    mouth: Mouth,
) -> None:
    outage = (await mouth.report("jp-f2-s1-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    said = {"id": "once", "device": "d", "device_seq": 1}
    first = await mouth.act(outage, crew, "acknowledge", task, **said)
    again = await mouth.act(outage, crew, "acknowledge", task, **said)
    await _finish(mouth, outage, crew, task)
    late = await mouth.act(outage, crew, "acknowledge", task, **said)
    new = await mouth.act(outage, crew, "depart", task)

    assert first.status_code == again.status_code == late.status_code == 200, late.text
    assert first.json()["repeated"] is False
    assert late.json()["repeated"] is True
    assert deed(again) == deed(late) == deed(first)
    assert (new.status_code, new.json()["code"]) == (409, "outage_closed")
    assert new.json()["fact"].startswith("fact_")


async def _finish(mouth: Mouth, outage: str, crew: str, task: str) -> None:
    for kind, fields in (
        ("depart", {}),
        ("arrive", {}),
        ("begin_work", {"safety_officer": "sam"}),
        ("restore", {}),
        ("complete", {}),
    ):
        response = await mouth.act(outage, crew, kind, task, **fields)
        assert response.status_code == 200, response.text
    await mouth.answer((await mouth.next_call())["id"])

    async def closed() -> bool:
        return (await mouth.outage(outage))["stage"] == "closed"

    await mouth.until(closed)


async def test_what_is_refused_in_the_field_is_kept_with_its_reason(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f3-s1-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    stale = await mouth.act(outage, crew, "restore", task)
    repeated = await mouth.act(
        outage, crew, "restore", task, id=stale.json()["action_id"], device_seq=1
    )
    future = await mouth.act(outage, crew, "acknowledge", task, occurred_at="2099-01-01T00:00:00Z")
    other = await mouth.act(outage, "jp-crew-99", "acknowledge", task)
    reused = await mouth.act(outage, crew, "acknowledge", task, device_seq=1)
    view = await mouth.outage(outage)

    problem = stale.json()
    assert (stale.status_code, problem["code"]) == (409, "move_not_allowed")
    assert problem["allowed"]
    assert problem["fact"].startswith("fact_")
    assert (repeated.status_code, repeated.json()["repeated"]) == (409, True)
    assert (future.status_code, future.json()["code"]) == (422, "time_in_the_future")
    assert (other.status_code, other.json()["code"]) == (403, "not_your_task")
    assert (reused.status_code, reused.json()["code"]) == (422, "device_seq_reused")
    assert view["tasks"][0]["state"] == "dispatched"


async def test_whoever_dispatched_or_executed_is_never_given_the_callback(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f4-s1-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    hands = signed_in("dispatcher", "dora")
    released = await mouth.http.post(
        "/v1/boards/jp/orders",
        json={"kind": "release", "task": task, "reason": "nearer_crew_free"},
        headers=hands,
    )
    await mouth.repair(outage)
    call = await mouth.next_call("ann")
    by_dispatcher = await mouth.answer(call["id"], "dora")
    by_crew = await mouth.answer(call["id"], f"{crew}-leader")
    nothing = await mouth.http.get(
        "/v1/callbacks/next", headers=signed_in("callback_agent", "dora")
    )
    by_ann = await mouth.answer(call["id"], "ann")

    assert released.status_code == 200, released.text
    assert released.json()["accepted"] is True, released.text
    for refused in (by_dispatcher, by_crew):
        assert (refused.status_code, refused.json()["code"]) == (403, "executor_may_not_judge")
    assert nothing.status_code == 204
    assert by_ann.status_code == 200


async def test_a_light_still_off_reopens_the_order(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f6-s1-t1-p1"))["outage"]["id"]
    await mouth.repair(outage)
    call = await mouth.next_call()
    attempt = uuid4().hex
    dark = {"id": attempt, "result": "answered", "still_off": True}
    told = await mouth.answer(call["id"], **dark)
    repeated = await mouth.answer(call["id"], **dark)
    early = await mouth.http.post(
        f"/v1/callbacks/{call['id']}/unreached", json={}, headers=signed_in("supervisor")
    )

    async def reopened() -> bool:
        return (await mouth.outage(outage))["reopened"] == 1

    await mouth.until(reopened)
    incomplete = await mouth.answer(call["id"], result="answered", satisfied=True)
    silent = await mouth.answer(call["id"], **(YES | {"result": "unanswered"}))

    assert told.json()["outcome"] == "still_off"
    assert repeated.json()["repeated"] is True
    assert early.status_code == 409
    assert incomplete.json()["errors"][0]["code"] == "answers_incomplete"
    assert silent.json()["errors"][0]["code"] == "answers_incomplete"
