"""A crew's photos: kept once, rid of what cameras add, and shown to those who may look."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine, text

from api import pictures
from domain import photo as rules
from tests.api.callers import a_report, signed_in
from tests.api.crew_photos import AGENT, CREW, DESK, MINE, OTHER, an_outage, refusal, send
from tests.conftest import DEMO_NOW
from tests.pictures import WHERE_IT_WAS, a_picture


@pytest.fixture
async def outage(client: httpx.AsyncClient, demo: Engine) -> AsyncIterator[str]:
    async with an_outage(client, demo) as opened:
        yield opened


async def test_a_photo_is_kept_without_what_the_camera_added(
    client: httpx.AsyncClient, outage: str
) -> None:
    sent = a_picture()
    kept = await send(
        client, outage, sent, note="pole 14", position=[106.55, 29.56], task=f"{outage}/t1"
    )
    told = kept.json()
    shown = await client.get(told["picture"], headers=DESK)
    small = await client.get(told["thumbnail"], headers=DESK)
    picture = Image.open(BytesIO(shown.content))

    assert kept.status_code == 201, kept.text
    assert (told["crew"], told["by"], told["shows"], told["note"]) == (
        CREW, "chen", "damage", "pole 14"
    )  # fmt: skip
    assert told["sent_digest"] == hashlib.sha256(sent).hexdigest()
    assert told["digest"] == hashlib.sha256(shown.content).hexdigest()
    assert WHERE_IT_WAS.encode() in sent
    assert WHERE_IT_WAS.encode() not in shown.content
    assert (not picture.getexif(), picture.info.get("comment")) == (True, None)
    # It was held upright.
    assert (picture.size, told["width_px"], told["height_px"]) == ((480, 640), 480, 640)
    assert max(Image.open(BytesIO(small.content)).size) == pictures.THUMBNAIL_PX
    for answer in (shown, small):
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_picture_that_is_held_is_not_sent_again_but_asked_for(
    client: httpx.AsyncClient, outage: str
) -> None:
    told = (await send(client, outage)).json()
    first = await client.get(told["picture"], headers=DESK)
    held = {"If-None-Match": first.headers["etag"]}
    again = await client.get(told["picture"], headers=DESK | held)
    small = await client.get(told["thumbnail"], headers=DESK | held)
    nobody = await client.get(told["picture"], headers=held)

    assert (again.status_code, again.content) == (304, b"")
    assert small.status_code == 200
    assert nobody.status_code == 401


async def test_the_same_photo_again_is_one_photo(client: httpx.AsyncClient, outage: str) -> None:
    sent = a_picture((1, 2, 3))
    first = await send(client, outage, sent, device_seq=5_000_001)
    again = await send(client, outage, sent, device_seq=5_000_001)
    anew = await send(client, outage, sent, device_seq=5_000_002, shows="hazard")
    other = await send(client, outage, a_picture((3, 2, 1)), device_seq=5_000_001)
    listed = await client.get(f"/v1/outages/{outage}/photos", headers=DESK)

    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert again.json() | {"repeated": False} == first.json()
    assert (anew.json()["id"], anew.json()["shows"]) == (first.json()["id"], "damage")
    assert refusal(other) == (422, "device_seq_reused")
    assert len(listed.json()["items"]) == 1


async def test_a_number_of_another_statement_is_refused(
    client: httpx.AsyncClient, outage: str
) -> None:
    said = {"kind": "acknowledge", "task": f"{outage}/t1", "device": "phone-9", "device_seq": 7}
    await client.post(f"/v1/outages/{outage}/actions", json=said, headers=MINE)
    refused = await send(client, outage, device="phone-9", device_seq=7)

    assert refusal(refused) == (422, "device_seq_reused")


async def test_every_fault_of_a_statement_is_named(client: httpx.AsyncClient, outage: str) -> None:
    refused = await send(
        client, outage, shows="kittens", device_seq="1", note="n" * 301, colour="red"
    )
    ahead = await send(client, outage, occurred_at=(DEMO_NOW + timedelta(days=9000)).isoformat())
    swapped = await send(client, outage, position=[29.56, 106.55])
    path = f"/v1/outages/{outage}/photos"
    bare = await client.post(path, files={"statement": (None, "{")}, headers=MINE)
    as_json = await client.post(path, json={}, headers=MINE)
    faults = {(each["pointer"], each["code"]) for each in refused.json()["errors"]}

    assert refused.status_code == 422
    assert faults == {
        ("/statement/shows", "not_in_list"),
        ("/statement/device_seq", "wrong_type"),
        ("/statement/note", "too_long"),
        ("/statement/colour", "unknown_field"),
    }
    assert refusal(ahead) == (422, "time_in_the_future")
    assert refusal(swapped) == (422, "coordinates_swapped")
    assert {(e["pointer"], e["code"]) for e in bare.json()["errors"]} == {
        ("/photo", "missing"), ("/statement", "not_json")
    }  # fmt: skip
    assert refusal(as_json) == (415, "body_not_multipart")


async def test_only_a_crew_that_was_sent_there_adds_and_sees(
    client: httpx.AsyncClient, outage: str
) -> None:
    theirs = signed_in("crew", "zhou", crew=OTHER)
    kept = await send(client, outage)
    by_other = await send(client, outage, who=theirs)
    by_desk = await send(client, outage, who=DESK)
    nowhere = await send(client, "out_none")
    listed = await client.get(f"/v1/outages/{outage}/photos", headers=MINE)
    seen = [
        (await client.get(path, headers=who)).status_code
        for who in (theirs, signed_in("dispatcher", districts=["yl"]), signed_in("call_taker"))
        for path in (f"/v1/outages/{outage}/photos", kept.json()["picture"])
    ]

    assert refusal(by_other) == (403, "not_your_task")
    assert refusal(by_desk) == (403, "role_may_not")
    assert refusal(nowhere) == (404, "outage_unknown")
    assert [each["id"] for each in listed.json()["items"]] == [kept.json()["id"]]
    assert seen == [403] * 6


async def test_who_asks_the_reporters_looks_when_all_have_answered(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    kept = (await send(client, outage, note="pole 14")).json()
    paths = [f"/v1/outages/{outage}/photos", kept["picture"], kept["thumbnail"]]
    before = [await client.get(path, headers=AGENT) for path in paths]
    story = await client.get(f"/v1/outages/{outage}/timeline", headers=AGENT)
    desk = await client.get(f"/v1/outages/{outage}/timeline", headers=DESK)
    with demo.begin() as connection:
        connection.execute(
            text("UPDATE reports SET outcome = 'satisfied' WHERE outage_id = :o"), {"o": outage}
        )
    after = [await client.get(path, headers=AGENT) for path in paths]
    told = await client.get(f"/v1/outages/{outage}/timeline", headers=AGENT)
    line = {"source": "photo", "sentence": "chen added a photo: damage."}

    assert [refusal(each) for each in before] == [(403, "answers_first")] * 3
    assert [each.status_code for each in after] == [200] * 3
    assert line not in [named(each) for each in story.json()["items"]]
    assert line in [named(each) for each in desk.json()["items"]]
    assert line in [named(each) for each in told.json()["items"]]
    assert "pole 14" not in desk.text


def named(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("source", "sentence")}


async def test_an_auditor_sees_the_picture_and_not_the_words(
    client: httpx.AsyncClient, outage: str
) -> None:
    await send(client, outage, note="Mrs Li let us in")
    path = f"/v1/outages/{outage}/photos"
    (audited,) = (await client.get(path, headers=signed_in("auditor"))).json()["items"]
    (shown,) = (await client.get(path, headers=DESK)).json()["items"]

    assert (audited["note"], shown["note"]) == (None, "Mrs Li let us in")
    assert audited["picture"] == shown["picture"]


async def test_an_order_holds_so_many_photos(
    client: httpx.AsyncClient, outage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.photos.MOST_OF_ORDER", 2)
    answers = [await send(client, outage, a_picture((each, 0, 0))) for each in (1, 2, 3)]
    again = await send(client, outage, a_picture((2, 0, 0)))
    path = f"/v1/outages/{outage}/photos?limit=1"
    first = (await client.get(path, headers=DESK)).json()
    second = (await client.get(f"{path}&cursor={first['next_cursor']}", headers=DESK)).json()

    assert rules.MOST_OF_ORDER == 60
    assert [each.status_code for each in answers] == [201, 201, 409]
    assert refusal(answers[2]) == (409, "photos_enough")
    assert again.json()["repeated"]
    assert second["next_cursor"] is None
    assert [page["items"][0]["id"] for page in (first, second)] == [
        each.json()["id"] for each in answers[:2]
    ]


async def test_each_look_is_written_down(
    client: httpx.AsyncClient, outage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (await send(client, outage, note="Mrs Li let us in")).json()
    await client.get(kept["picture"], headers=DESK)
    logged = capsys.readouterr().out
    looks = [json.loads(each) for each in logged.splitlines() if "photo shown" in each]

    assert [(each["photo"], each["subject"]) for each in looks] == [(kept["id"], "dora")]
    assert "Mrs Li" not in logged


async def test_photos_of_an_order_that_was_taken_over_are_shown_there(
    client: httpx.AsyncClient, demo: Engine, outage: str
) -> None:
    kept = (await send(client, outage)).json()
    place = {"service_point_id": "jp-f6-s1-t1-p1"}
    taken = await client.post("/v1/reports", json=a_report(place=place), headers=DESK)
    into = taken.json()["outage"]["id"]
    with demo.begin() as connection:
        moved = {"into": into, "o": outage}
        connection.execute(text("UPDATE outages SET merged_into = :into WHERE id = :o"), moved)
        connection.execute(text("UPDATE reports SET outage_id = :into WHERE outage_id = :o"), moved)
    listed = await client.get(f"/v1/outages/{into}/photos", headers=DESK)
    agent = await client.get(kept["picture"], headers=AGENT)

    assert [each["id"] for each in listed.json()["items"]] == [kept["id"]]
    assert refusal(agent) == (403, "answers_first")
