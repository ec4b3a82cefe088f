"""Crews are put on call or reserved by those whose crews they are, and seen so."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.callers import signed_in
from tests.conftest import DEMO_NOW

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
DORA = signed_in("dispatcher", "dora", districts=("jp",))
YANG = signed_in("dispatcher", "yang", districts=("yl",))
TARA = signed_in("call_taker", "tara")
ADDRESS = "/v1/bookings"
CREW = "jp-crew-02"


@pytest.fixture(autouse=True)
def nothing_stays(demo: Engine) -> Iterator[None]:
    yield
    with demo.begin() as connection:
        connection.execute(text("DELETE FROM crew_bookings"))
        connection.execute(text("DELETE FROM outbox"))


def a_booking(**said: Any) -> dict[str, Any]:
    return {
        "crew": CREW,
        "kind": "reserved",
        "until": (DEMO_NOW + timedelta(days=800)).isoformat(),
        "reason": "an opening concert",
        "place": "Olympic centre",
    } | said


async def book(
    client: httpx.AsyncClient, who: dict[str, str] = DORA, **said: Any
) -> httpx.Response:
    return await client.post(ADDRESS, json=a_booking(**said), headers=who)


async def test_a_reserved_crew_is_seen_until_the_booking_ends(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    told = await book(client, id="concert")
    again = await book(client, id="concert")
    listed = (await client.get(ADDRESS, headers=DORA)).json()["items"]
    elsewhere = (await client.get(ADDRESS, headers=YANG)).json()["items"]
    crew = (await client.get(f"/v1/crews/{CREW}", headers=DORA)).json()
    with demo.connect() as connection:
        stirred = connection.scalar(text("SELECT count(*) FROM outbox WHERE kind = 'stir'"))
    ended = await client.post(f"{ADDRESS}/concert/end", headers=DORA)
    later = (await client.get(f"/v1/crews/{CREW}", headers=DORA)).json()

    assert told.status_code == again.status_code == 201, told.text
    assert told.json() == again.json() == listed[0]
    assert elsewhere == []
    assert [(each["id"], each["kind"]) for each in crew["bookings"]] == [("concert", "reserved")]
    assert stirred == 1
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "dora")
    assert later["bookings"] == []


@pytest.mark.parametrize(
    ("said", "who", "code"),
    [
        ({"until": (DEMO_NOW - timedelta(hours=1)).isoformat()}, DORA, "booking_over"),
        ({"crew": "nobody"}, DORA, "crew_unknown"),
        ({}, YANG, "other_district"),
        ({}, TARA, "role_may_not"),
        ({"kind": "holiday"}, DORA, "invalid_request"),
    ],
)
async def test_a_booking_that_cannot_be_is_refused(
    client: httpx.AsyncClient, said: dict[str, Any], who: dict[str, str], code: str
) -> None:
    refused = await book(client, who, **said)

    assert refused.json()["code"] == code, refused.text


async def test_an_id_stands_for_one_booking(client: httpx.AsyncClient) -> None:
    await book(client, id="concert")
    other = await book(client, id="concert", place="elsewhere")
    unknown = await client.post(f"{ADDRESS}/never/end", headers=DORA)

    assert other.json()["code"] == "idempotency_key_reused"
    assert unknown.status_code == 404
