"""Reports over HTTP: taken while Temporal is down, once per key, refused whole or not at all."""

import asyncio

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.callers import SERVICE_POINT, a_report, signed_in

CALLS = signed_in("call_taker", "agent-1")


def stored(engine: Engine) -> tuple[int, ...]:
    """Count everything a report leaves behind."""
    tables = ("reports", "outages", "outbox", "idempotency")
    with engine.connect() as connection:
        return tuple(
            connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables
        )


async def test_a_report_is_taken_while_temporal_is_down(client: httpx.AsyncClient) -> None:
    alone = a_report(place={"service_point_id": "jp-f8-s2-t2-p1"})
    response = await client.post("/v1/reports", json=alone, headers=CALLS)

    told = response.json()
    assert response.status_code == 201
    assert told["report"]["number"] > 100_000
    assert told["outage"]["opened"] is True
    assert told["area_class"] == "urban"
    assert told["district"] == "jp"
    assert told["first_owner"] == "agent-1"
    assert told["promised_arrival_at"] > told["received_at"]
    assert response.headers["x-request-id"]


async def test_a_retried_report_is_answered_the_same_and_stored_once(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    headers = CALLS | {"Idempotency-Key": "retry-1"}
    first = await client.post("/v1/reports", json=a_report(), headers=headers)
    before = stored(demo)

    again = await client.post("/v1/reports", json=a_report(), headers=headers)

    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert stored(demo) == before


async def test_a_key_with_another_body_is_refused_and_nothing_is_stored(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    headers = CALLS | {"Idempotency-Key": "reused-1"}
    await client.post("/v1/reports", json=a_report(), headers=headers)
    before = stored(demo)

    other = await client.post("/v1/reports", json=a_report(note="another"), headers=headers)

    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert stored(demo) == before


async def test_the_same_key_sent_twenty_times_at_once_is_one_report(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    headers = CALLS | {"Idempotency-Key": "at-once-1"}
    before = stored(demo)

    answers = await asyncio.gather(
        *(client.post("/v1/reports", json=a_report(), headers=headers) for _ in range(20))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["report"]["id"] for answer in answers}) == 1
    assert stored(demo)[0] == before[0] + 1


@pytest.mark.parametrize(
    ("change", "code", "pointer", "fault"),
    [
        ({"channel": "pigeon"}, "invalid_request", "/channel", "not_in_list"),
        ({"channel": 5}, "invalid_request", "/channel", "not_in_list"),
        ({"color": "red"}, "invalid_request", "/color", "unknown_field"),
        ({"life_support": "yes"}, "invalid_request", "/life_support", "wrong_type"),
        ({"life_support": 1}, "invalid_request", "/life_support", "wrong_type"),
        ({"note": 7}, "invalid_request", "/note", "wrong_type"),
        ({"note": "a\x00b"}, "invalid_request", "/note", "text_with_nul"),
        ({"note": "x" * 2001}, "invalid_request", "/note", "too_long"),
        ({"hazards": "fire"}, "invalid_request", "/hazards", "wrong_type"),
        ({"hazards": ["flood"]}, "invalid_request", "/hazards/0", "not_in_list"),
        ({"reporter_phone": "call me"}, "invalid_request", "/reporter_phone", "wrong_form"),
        ({"occurred_at": 1700000000}, "invalid_request", "/occurred_at", "wrong_type"),
        ({"occurred_at": "yesterday"}, "invalid_request", "/occurred_at", "time_unreadable"),
        (
            {"occurred_at": "2026-03-02T09:00:00"},
            "invalid_request",
            "/occurred_at",
            "time_without_offset",
        ),
        (
            {"occurred_at": "0001-01-01T00:00:00+14:00"},
            "invalid_request",
            "/occurred_at",
            "time_impossible",
        ),
        (
            {"occurred_at": "2099-01-01T00:00:00Z"},
            "time_in_the_future",
            "/occurred_at",
            "time_in_the_future",
        ),
        ({"place": {}}, "place_missing", "/place", "place_missing"),
        ({"place": None}, "invalid_request", "/place", "wrong_type"),
        ({"place": {"at": [29.56, 106.55]}}, "coordinates_swapped", "/place/at", None),
        ({"place": {"at": [29.56, 76.55]}}, "outside_service_area", "/place/at", None),
        ({"place": {"at": [0, 0]}}, "outside_service_area", "/place/at", None),
        ({"place": {"at": [106.55]}}, "invalid_request", "/place/at", "coordinates_wrong"),
        ({"place": {"at": "106,29"}}, "invalid_request", "/place/at", "coordinates_wrong"),
        ({"place": {"at": [999, 999]}}, "invalid_request", "/place/at", "coordinates_wrong"),
        (
            {"place": {"service_point_id": "nowhere"}},
            "service_point_unknown",
            "/place/service_point_id",
            None,
        ),
        ({"place": {"address": "1 Nowhere"}}, "address_not_found", "/place/address", None),
    ],
)
async def test_what_cannot_be_used_is_one_clear_problem_and_nothing_is_stored(
    client: httpx.AsyncClient,
    demo: Engine,
    change: dict[str, object],
    code: str,
    pointer: str,
    fault: str | None,
) -> None:
    before = stored(demo)

    response = await client.post("/v1/reports", json=a_report(**change), headers=CALLS)

    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, problem["code"]) == (422, code)
    assert [item["pointer"] for item in problem["errors"]] == [pointer]
    assert problem["errors"][0]["code"] == (fault or code)
    assert stored(demo) == before


async def test_all_faults_of_a_body_come_at_once_in_the_callers_language(
    client: httpx.AsyncClient,
) -> None:
    body = {"channel": "pigeon", "life_support": "yes", "color": "red", "place": {"at": [1]}}

    response = await client.post(
        "/v1/reports", json=body, headers=CALLS | {"Accept-Language": "zh-CN,en;q=0.5"}
    )

    problem = response.json()
    assert sorted(item["pointer"] for item in problem["errors"]) == [
        "/channel",
        "/color",
        "/life_support",
        "/place/at",
    ]
    assert problem["detail"].startswith("所发内容有误")
    assert problem["type"] == "/problems/invalid_request"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert response.headers["content-language"] == "zh"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 422, "invalid_request"),
        (b"[]", 422, "invalid_request"),
        (b'"text"', 422, "invalid_request"),
        (b"", 422, "invalid_request"),
        (b"[" * 60_000, 400, "malformed_request"),
        (b'{"channel": "\\ud800"}', 422, "invalid_request"),
        (b'{"channel": NaN}', 422, "invalid_request"),
        (b'"\xff"', 400, "malformed_request"),
    ],
)
async def test_a_body_that_is_no_report_at_all_is_a_problem(
    client: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    headers = CALLS | {"Content-Type": "application/json"}

    response = await client.post("/v1/reports", content=content, headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_ten_megabytes_are_refused_unread(client: httpx.AsyncClient) -> None:
    reads = 0

    async def flood() -> object:
        nonlocal reads
        for _ in range(160):
            reads += 1
            yield b"x" * 65_536

    headers = CALLS | {"Content-Type": "application/json"}
    declared = await client.post("/v1/reports", content=b"x" * 10_000_000, headers=headers)
    chunked = await client.post("/v1/reports", content=flood(), headers=headers)

    assert (declared.status_code, declared.json()["code"]) == (413, "body_too_large")
    assert (chunked.status_code, chunked.json()["code"]) == (413, "body_too_large")
    assert reads < 4


async def test_another_content_type_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/reports", data={"channel": "phone"}, headers=CALLS)

    assert (response.status_code, response.json()["code"]) == (415, "body_not_json")


async def test_a_customer_reports_by_app_and_owns_no_report(client: httpx.AsyncClient) -> None:
    customer = signed_in("customer", "c-1")

    by_phone = await client.post("/v1/reports", json=a_report(), headers=customer)
    by_app = await client.post("/v1/reports", json=a_report(channel="app"), headers=customer)

    assert (by_phone.status_code, by_phone.json()["code"]) == (422, "channel_not_for_role")
    assert by_app.json()["first_owner"] == "jp-hotline"


async def test_a_geojson_point_and_a_bare_pair_are_the_same_place(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    with demo.connect() as connection:
        lon, lat = connection.execute(
            text("SELECT ST_X(at), ST_Y(at) FROM service_points WHERE id = :id"),
            {"id": SERVICE_POINT},
        ).one()
    geojson = {"type": "Point", "coordinates": [lon, lat]}

    pair = await client.post("/v1/reports", json=a_report(place={"at": [lon, lat]}), headers=CALLS)
    point = await client.post("/v1/reports", json=a_report(place={"at": geojson}), headers=CALLS)

    assert pair.status_code == point.status_code == 201
    assert pair.json()["outage"]["id"] == point.json()["outage"]["id"]
