"""Actions while Temporal is down: nothing is lost, and nothing is promised that is not known."""

import json
from datetime import UTC, datetime, timedelta
from itertools import cycle

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.callers import a_report, signed_in

CREW = signed_in("crew", "jp-crew-01-leader", crew="jp-crew-01")
ARRIVAL = {"kind": "arrive", "task": "t", "device": "phone-7", "position": [106.55, 29.56]}


# Places far enough from each other that no two of them are one outage.
PLACES = cycle(f"jp-f{feeder}-s{section}-t3-p1" for section in (2, 3, 4) for feeder in range(1, 9))


@pytest.fixture
async def outage(client: httpx.AsyncClient) -> str:
    """An outage of this test's own."""
    body = a_report(place={"service_point_id": next(PLACES)})
    told = await client.post("/v1/reports", json=body, headers=signed_in("call_taker"))
    assert told.json()["outage"]["opened"]
    return told.json()["outage"]["id"]


def rows(engine: Engine, query: str, **params: object) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query), params).mappings()]


async def test_a_statement_is_kept_with_its_hand_and_a_message_that_waits_a_little(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    before = datetime.now(UTC)
    response = await client.post(
        f"/v1/outages/{outage}/actions",
        json={**ARRIVAL, "id": "arr-1", "device_seq": 1, "task": f"{outage}/t1"},
        headers=CREW,
    )

    problem = response.json()
    assert (response.status_code, problem["code"]) == (503, "outcome_pending")
    assert problem["action_id"] == "arr-1"
    assert response.headers["retry-after"] == "2"
    (fact,) = rows(demo, "SELECT * FROM field_facts WHERE id = :id", id=problem["fact"])
    assert (fact["kind"], fact["device"], fact["verdict"]) == ("arrive", "phone-7", None)
    assert json.loads(str(fact["action"]))["actor"]["crew"] == "jp-crew-01"
    (hand,) = rows(demo, "SELECT * FROM outage_hands WHERE outage_id = :id", id=outage)
    assert (hand["subject"], hand["part"]) == ("jp-crew-01-leader", "executor")
    (message,) = rows(
        demo, "SELECT * FROM outbox WHERE kind = 'act' AND body ->> 'outage' = :id", id=outage
    )
    assert message["available_at"] >= before + timedelta(seconds=9)
    assert message["body"]["fact"] == problem["fact"]


async def test_the_same_statement_sent_again_is_kept_once(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    said = {**ARRIVAL, "id": "arr-2", "device_seq": 2, "task": f"{outage}/t1"}
    answers = [
        await client.post(f"/v1/outages/{outage}/actions", json=said, headers=CREW)
        for _ in range(3)
    ]

    assert {answer.json()["fact"] for answer in answers} == {answers[0].json()["fact"]}
    assert len(rows(demo, "SELECT FROM field_facts WHERE outage_id = :id", id=outage)) == 1
    messages = "SELECT FROM outbox WHERE kind = 'act' AND body ->> 'outage' = :id"
    assert len(rows(demo, messages, id=outage)) == 1


async def test_an_action_of_the_desk_is_refused_clearly_and_leaves_nothing(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    response = await client.post(
        f"/v1/outages/{outage}/actions",
        json={"kind": "confirm"},
        headers=signed_in("dispatcher") | {"Idempotency-Key": "confirm-1"},
    )

    problem = response.json()
    assert (response.status_code, problem["code"]) == (503, "temporal_unreachable")
    assert problem["action_id"] == "confirm-1"
    assert rows(demo, "SELECT FROM field_facts WHERE outage_id = :id", id=outage) == []


async def test_an_arrival_typed_at_the_desk_is_a_statement_of_the_desk(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    said = {"kind": "arrive", "task": f"{outage}/t1", "id": "typed-1"}
    headers = signed_in("dispatcher", "dora")
    first = await client.post(f"/v1/outages/{outage}/actions", json=said, headers=headers)
    again = await client.post(f"/v1/outages/{outage}/actions", json=said, headers=headers)

    (fact,) = rows(demo, "SELECT * FROM field_facts WHERE outage_id = :id", id=outage)
    assert first.json()["fact"] == again.json()["fact"] == fact["id"]
    assert fact["device"] == "desk/dora"
    assert rows(demo, "SELECT part FROM outage_hands WHERE outage_id = :id", id=outage) == [
        {"part": "dispatcher"}
    ]


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({}, 422, "invalid_request", ["/kind"]),
        ({"kind": "explode"}, 422, "invalid_request", ["/kind"]),
        ({"kind": "assign", "task": "t"}, 422, "invalid_request", ["/kind"]),
        ({"kind": "climb"}, 422, "invalid_request", ["/kind"]),
        ({"kind": "arrive"}, 422, "invalid_request", ["/task"]),
        ({"kind": "arrive", "task": 5}, 422, "invalid_request", ["/task"]),
        (
            {"kind": "arrive", "task": "t", "color": 1},
            422,
            "invalid_request",
            ["/color"],
        ),
        (
            {"kind": "arrive", "task": "t"},
            422,
            "invalid_request",
            ["/device", "/device_seq"],
        ),
        (
            {**ARRIVAL, "device_seq": "1"},
            422,
            "invalid_request",
            ["/device_seq"],
        ),
        ({**ARRIVAL, "device_seq": 2**60}, 422, "invalid_request", ["/device_seq"]),
        (
            {**ARRIVAL, "device_seq": 9, "position": [29.5, 106.5]},
            422,
            "coordinates_swapped",
            ["/position"],
        ),
        (
            {**ARRIVAL, "device_seq": 9, "occurred_at": "9999-12-31T23:59:59-14:00"},
            422,
            "invalid_request",
            ["/occurred_at"],
        ),
        (
            {"kind": "give_estimate", "etr": "9999-12-31T23:59:59Z"},
            422,
            "invalid_request",
            ["/etr"],
        ),
        (
            {"kind": "restore_part", "task": "t", "customers_back": True},
            422,
            "invalid_request",
            ["/customers_back"],
        ),
        ({"kind": "cancel", "reason": "false_report"}, 403, "role_may_not", []),
    ],
)
async def test_an_action_that_cannot_be_used_is_one_clear_problem(
    client: httpx.AsyncClient,
    demo: Engine,
    outage: str,
    body: dict[str, object],
    status: int,
    code: str,
    pointers: list[str],
) -> None:
    response = await client.post(f"/v1/outages/{outage}/actions", json=body, headers=CREW)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert [fault["pointer"] for fault in problem["errors"]] == pointers
    assert rows(demo, "SELECT FROM field_facts WHERE outage_id = :id", id=outage) == []


async def test_a_document_does_not_travel_as_an_action(
    client: httpx.AsyncClient, outage: str
) -> None:
    response = await client.post(
        f"/v1/outages/{outage}/actions",
        json={"kind": "acknowledge", "task": "t" * 20_000, "device": "d", "device_seq": 5},
        headers=CREW,
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "too_long"


async def test_an_unknown_outage_and_another_district_are_told_apart(
    client: httpx.AsyncClient, outage: str
) -> None:
    elsewhere = signed_in("dispatcher", districts=("yl",))
    unknown = await client.post(
        "/v1/outages/out_none/actions", json={"kind": "confirm"}, headers=elsewhere
    )
    other = await client.post(
        f"/v1/outages/{outage}/actions", json={"kind": "confirm"}, headers=elsewhere
    )

    assert (unknown.status_code, unknown.json()["code"]) == (404, "outage_unknown")
    assert (other.status_code, other.json()["code"]) == (403, "other_district")


async def test_an_order_waits_for_a_board_that_can_be_reached(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    body = {"id": "mode-1", "kind": "mode", "mode": "advise"}
    headers = signed_in("supervisor", "sue")
    response = await client.post(
        "/v1/boards/jp/orders", json=body, headers=headers | {"If-Match": "*"}
    )
    shown = await client.get("/v1/orders/mode-1", headers=headers)

    assert (response.status_code, response.json()["code"]) == (503, "temporal_unreachable")
    assert shown.json()["outcome"] is None
    assert shown.json()["subject"] == "sue"
