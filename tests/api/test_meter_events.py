"""What a head-end sends: last gasps become reports, power on is kept, each word once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.callers import signed_in
from tests.conftest import DEMO_NOW

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
HEAD_END = signed_in("call_taker", "head-end")
ADDRESS = "/v1/meter-events"


def a_word(name: str, kind: str, home: str = "jp-f1-s1-t1-p1", minutes: float = -5) -> Any:
    at = (DEMO_NOW + timedelta(minutes=minutes)).isoformat()
    return {"id": name, "kind": kind, "service_point_id": home, "occurred_at": at}


async def send(client: httpx.AsyncClient, *words: Any, **more: Any) -> list[dict[str, Any]]:
    response = await client.post(ADDRESS, json={"events": words}, headers=HEAD_END, **more)
    assert response.status_code == 200, response.text
    told: list[dict[str, Any]] = response.json()["events"]
    return told


async def test_last_gasps_are_one_outage_and_power_on_belongs_to_it(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    words = [
        a_word("on-1", "power_on", minutes=-1),
        a_word("off-1", "last_gasp"),
        a_word("off-2", "last_gasp", "jp-f1-s1-t1-p2"),
    ]
    told = await send(client, *words)
    again = await send(client, *words)

    assert [each["id"] for each in told] == ["on-1", "off-1", "off-2"]
    assert [each["result"] for each in told] == ["kept"] * 3
    assert len({each["outage"] for each in told}) == 1
    assert told[1]["report"] != told[2]["report"]
    assert [each["result"] for each in again] == ["repeated"] * 3
    assert [each["report"] for each in again] == [each["report"] for each in told]
    with demo.connect() as connection:
        found = connection.execute(text("SELECT channel, occurred_at FROM reports ORDER BY seq"))
        assert [(row.channel, row.occurred_at) for row in found] == [
            ("meter", DEMO_NOW - timedelta(minutes=5))
        ] * 2


async def test_a_refused_word_does_not_hold_up_the_others(client: httpx.AsyncClient) -> None:
    told = await send(
        client,
        a_word("off-x", "last_gasp", "nowhere"),
        a_word("on-x", "power_on", "nowhere"),
        a_word("on-y", "power_on", minutes=60 * 24 * 400),
        a_word("on-z", "power_on"),
    )

    assert [(each["result"], each["code"]) for each in told] == [
        ("refused", "service_point_unknown"),
        ("refused", "service_point_unknown"),
        ("refused", "time_in_the_future"),
        ("kept", None),
    ]
    assert all(each["detail"] for each in told[:3])


async def test_a_customer_may_not_speak_for_meters(client: httpx.AsyncClient) -> None:
    customer = signed_in("customer", "carl")
    body = {"events": [a_word("on-1", "power_on")]}
    refused = await client.post(ADDRESS, json=body, headers=customer)
    empty = await client.post(ADDRESS, json={"events": []}, headers=HEAD_END)

    assert (refused.status_code, refused.json()["code"]) == (403, "role_may_not")
    assert empty.status_code == 422
