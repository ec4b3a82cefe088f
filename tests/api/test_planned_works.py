"""Work is announced, callers are told of it, and it is ended by those whose district it is."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from tests.api.callers import a_report, signed_in
from tests.conftest import DEMO_NOW

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
DORA = signed_in("dispatcher", "dora", districts=("jp",))
YANG = signed_in("dispatcher", "yang", districts=("yl",))
TARA = signed_in("call_taker", "tara")
ADDRESS = "/v1/planned-works"


def the_work(**said: Any) -> dict[str, Any]:
    return {
        "transformers": ["jp-f2-s1-t1"],
        "since": (DEMO_NOW - timedelta(days=1)).isoformat(),
        "until": (DEMO_NOW + timedelta(days=800)).isoformat(),
        "reason": "a pole is replaced",
        "notice": "Work on the line until noon.",
    } | said


async def announce(
    client: httpx.AsyncClient, who: dict[str, str] = DORA, **said: Any
) -> httpx.Response:
    body = {key: value for key, value in the_work(**said).items() if value is not None}
    return await client.post(ADDRESS, json=body, headers=who)


async def test_a_caller_is_told_of_announced_work_until_it_ends(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    told = await announce(client, id="pole")
    again = await announce(client, id="pole")
    report = a_report(place={"service_point_id": "jp-f2-s1-t1-p1"})
    answer = (await client.post("/v1/reports", json=report, headers=TARA)).json()
    listed = (await client.get(ADDRESS, headers=DORA)).json()["items"]
    elsewhere = (await client.get(ADDRESS, headers=YANG)).json()["items"]
    ended = await client.post(f"{ADDRESS}/pole/end", json={"how": "done"}, headers=DORA)
    later = (await client.post("/v1/reports", json=report, headers=TARA)).json()

    assert told.status_code == again.status_code == 201, told.text
    assert told.json() == again.json() == listed[0]
    assert elsewhere == []
    assert answer["planned"]["id"] == "pole"
    assert "Work on the line until noon." in answer["planned"]["said"]
    assert (ended.json()["how"], ended.json()["ended_by"]) == ("done", "dora")
    assert later["planned"] is None


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"transformers": ["nowhere"]}, 422, "network_unknown"),
        ({"transformers": None, "feeder": "nothing"}, 422, "network_unknown"),
        ({"until": (DEMO_NOW - timedelta(hours=1)).isoformat()}, 422, "planned_work_over"),
        ({"section": "jp-f1-s1"}, 422, "invalid_request"),
        ({"until": (DEMO_NOW - timedelta(days=2)).isoformat()}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_announced_is_refused(
    client: httpx.AsyncClient, said: dict[str, Any], status: int, code: str
) -> None:
    refused = await announce(client, **said)

    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


async def test_other_districts_and_other_words_under_one_id_are_refused(
    client: httpx.AsyncClient,
) -> None:
    foreign = await announce(client, YANG)
    await announce(client, id="once", transformers=["jp-f2-s2-t1"])
    other = await announce(client, id="once", transformers=["jp-f2-s2-t1"], notice="Other words.")
    ending = {"how": "withdrawn"}
    unknown = await client.post(f"{ADDRESS}/nothing/end", json=ending, headers=DORA)
    not_theirs = await client.post(f"{ADDRESS}/once/end", json=ending, headers=YANG)
    await client.post(f"{ADDRESS}/once/end", json=ending, headers=DORA)

    assert (foreign.status_code, foreign.json()["code"]) == (403, "other_district")
    assert other.json()["code"] == "idempotency_key_reused"
    assert unknown.status_code == 404
    assert not_theirs.json()["code"] == "other_district"
