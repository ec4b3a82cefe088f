"""Boards, pages and reads over HTTP on real servers: orders and what they came to."""

from typing import Any

import pytest

from tests.api.callers import signed_in
from tests.api.house import Mouth, deed

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("house_rate", [1.0])
async def test_orders_are_answered_with_what_they_came_to(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f5-s1-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    other = next(f"jp-crew-{n:02d}" for n in range(1, 9) if f"jp-crew-{n:02d}" != crew)
    moved = await mouth.order("jp", id="move-1", kind="assign", task=task, crew=other)
    again = await mouth.order("jp", id="move-1", kind="assign", task=task, crew=other)
    changed = await mouth.order("jp", id="move-1", kind="assign", task=task, crew=crew)
    nobody = await mouth.order("jp", kind="assign", task=task, crew="nobody")
    unknown = await mouth.order("jp", kind="release", task="out_x/t1", reason="none")
    elsewhere = await mouth.order("yl", kind="release", task=task, reason="none")
    mode = await mouth.order("jp", kind="mode", mode="advise", reason="storm")
    shown = await mouth.http.get("/v1/boards/jp", headers=signed_in("auditor"))
    order = await mouth.http.get("/v1/orders/move-1", headers=signed_in("auditor"))
    dispatcher = await mouth.http.post(
        "/v1/boards/jp/orders",
        json={"kind": "mode", "mode": "auto"},
        headers=signed_in("dispatcher") | {"If-Match": "*"},
    )

    assert moved.status_code == 200, moved.text
    assert moved.json()["accepted"] is True, moved.text
    assert again.json() == moved.json()
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "crew_unknown")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "task_unknown")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "other_district")
    assert mode.json()["accepted"] is True
    assert shown.json()["mode"] == "advise"
    assert shown.json()["orders"][0]["order"]["reason"] == "storm"
    assert order.json()["outcome"]["accepted"] is True
    assert (dispatcher.status_code, dispatcher.json()["code"]) == (403, "role_may_not")
    assert (await mouth.outage(outage))["tasks"][0]["crew"] == other


async def test_a_page_nobody_takes_over_stays_open_and_is_taken_once(mouth: Mouth) -> None:
    await mouth.order("jp", kind="mode", mode="shadow")
    outage = (await mouth.report("jp-f7-s1-t1-p1"))["outage"]["id"]
    dora = signed_in("dispatcher", "dora")

    async def paged() -> dict[str, Any] | None:
        listed = await mouth.http.get("/v1/pages?limit=200", headers=dora)
        return next((p for p in listed.json()["items"] if p["outage"]["id"] == outage), None)

    page = await mouth.until(paged)
    elsewhere = await mouth.http.get(
        "/v1/pages", headers=signed_in("dispatcher", districts=("yl",))
    )
    taken = await mouth.http.post(f"/v1/pages/{page['id']}/acknowledge", headers=dora)
    again = await mouth.http.post(f"/v1/pages/{page['id']}/acknowledge", headers=dora)
    other = await mouth.http.post(
        f"/v1/pages/{page['id']}/acknowledge", json={}, headers=signed_in("dispatcher", "dirk")
    )

    async def gone() -> bool:
        listed = await mouth.http.get("/v1/pages?limit=200", headers=dora)
        return page["id"] not in {p["id"] for p in listed.json()["items"]}

    await mouth.until(gone)
    kept = await mouth.http.get("/v1/pages?open=false&limit=200", headers=dora)

    assert page["to"] == "dispatcher"
    assert page["told"] == {"en": "dispatcher", "zh": "抢修指挥员"}
    assert outage not in elsewhere.text
    assert taken.status_code == 200, taken.text
    assert deed(again) == deed(taken)
    assert (other.status_code, other.json()["code"]) == (409, "rung_already_acknowledged")
    assert {p["acknowledged_by"] for p in kept.json()["items"] if p["id"] == page["id"]} == {"dora"}


@pytest.mark.parametrize("house_rate", [1.0])
async def test_a_dispatcher_takes_up_a_plan_that_was_only_proposed(mouth: Mouth) -> None:
    await mouth.order("jp", kind="mode", mode="advise")
    outage = (await mouth.report("jp-f8-s1-t1-p1"))["outage"]["id"]

    async def proposed() -> tuple[str, str] | None:
        shown = await mouth.http.get("/v1/boards/jp", headers=signed_in("dispatcher"))
        latest = shown.json()["latest_plan"] or {}
        named = latest.get("plan_hash", "none")
        plan = await mouth.http.get(f"/v1/plans/{named}", headers=signed_in("dispatcher"))
        told = outage in plan.text and latest["status"] == "proposed"
        return (named, shown.headers["etag"]) if told else None

    plan, tag = await mouth.until(proposed)
    waiting = (await mouth.outage(outage))["tasks"][0]["state"]
    blind = await mouth.http.post(
        "/v1/boards/jp/orders",
        json={"kind": "accept", "plan": plan},
        headers=signed_in("dispatcher"),
    )
    taken = await mouth.order("jp", id="take-1", kind="accept", plan=plan, seen=tag)
    again = await mouth.order("jp", id="take-1", kind="accept", plan=plan, seen=tag)
    late = await mouth.order("jp", kind="accept", plan=plan, tasks=[], seen=tag)
    unknown = await mouth.order("jp", kind="accept", plan="0" * 64)
    await mouth.dispatched(outage)

    assert waiting == "queued"
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert taken.json()["accepted"] is True, taken.text
    assert again.json() == taken.json()
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert late.json()["present"]["mode"] == "advise"
    assert late.headers["etag"] != tag
    assert (unknown.status_code, unknown.json()["code"]) == (404, "plan_unknown")


async def test_a_read_waits_for_what_an_answer_spoke_of(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f1-s3-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    answer = (await mouth.act(outage, crew, "acknowledge", task)).json()
    seen = await mouth.outage(outage, min_seq=answer["seq"])
    route = await mouth.http.get(f"/v1/crews/{crew}/route", headers=signed_in("crew", crew=crew))

    assert seen["seq"] >= answer["seq"]
    assert seen["tasks"][0]["state"] == "acknowledged"
    stop = next(item for item in route.json()["items"] if item["task"] == task)
    assert {"action": "depart", "task": task} in stop["allowed"]
    assert stop["place"]["at"]["type"] == "Point"
    assert await mouth.is_the_home(stop["place"], "jp-f1-s3-t1-p1")
    assert stop["promise"]["arrival_by"] == seen["arrival_deadline"]


async def test_the_way_to_a_crews_stops_is_told_to_whoever_asks(mouth: Mouth) -> None:
    outage = (await mouth.report("jp-f1-s3-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    path, desk = f"/v1/crews/{crew}/route", signed_in("dispatcher")
    plain = (await mouth.http.get(path, headers=desk)).json()
    told = (await mouth.http.get(f"{path}?way=true", headers=desk)).json()
    shown = (await mouth.http.get(f"/v1/crews/{crew}", headers=desk)).json()

    assert "way" not in plain, "a phone that polls asks no roads"
    way = told["way"]
    assert (way["by"], way["reason"]) == ("geodesic", None)
    assert [leg["task"] for leg in way["legs"]] == [item["task"] for item in told["items"]]
    leg = next(leg for leg in way["legs"] if leg["task"] == task)
    stop = next(item for item in told["items"] if item["task"] == task)
    assert leg["straight"] == "no_roads"
    assert leg["line"]["type"] == "LineString"
    first = way["legs"][0]["line"]["coordinates"][0]
    assert first == shown["position"]["at"]["coordinates"]
    assert leg["line"]["coordinates"][-1] == stop["place"]["at"]["coordinates"]
