"""A customer's link shows how far it is, and opens nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.sign_in import Grant, Person, TokenKeys, track_links
from api.sign_in.tokens import ACCESS, claims_of
from domain.board_actions import Assign, Reschedule
from domain.kinds import Role
from domain.told import expected_by
from store import projection
from tests.api.callers import KEY, a_report, signed_in
from tests.store.builders import Life

PERSONAL = {"reporter_name": "Li Wei", "reporter_phone": "13912345678", "note": "third floor"}
DESK = signed_in("call_taker", "tara", districts=("jp",))


async def taken(client: httpx.AsyncClient) -> tuple[str, str]:
    """Take a report and return its id and its outage's."""
    told = (await client.post("/v1/reports", json=a_report(**PERSONAL), headers=DESK)).json()
    return told["report"]["id"], told["outage"]["id"]


async def test_a_link_shows_stage_promise_and_words_and_no_person(
    client: httpx.AsyncClient,
) -> None:
    report, outage = await taken(client)
    made = await client.post(f"/v1/outages/{outage}/links", json={"report": report}, headers=DESK)
    shown = await client.get(made.json()["path"])

    assert made.status_code == 201, made.text
    assert shown.status_code == 200, shown.text
    assert shown.json()["promised_arrival_at"] is not None
    assert set(shown.json()["words"]) == {"en", "zh"}
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    for text in (*PERSONAL.values(), "jp-f1", "tara"):
        assert text not in shown.text
    said = made.json()["token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    assert set(claims) == {"iss", "aud", "sub", "iat", "exp"}
    assert claims["sub"] == report


async def test_a_link_opens_no_door(client: httpx.AsyncClient) -> None:
    report, outage = await taken(client)
    made = await client.post(f"/v1/outages/{outage}/links", json={"report": report}, headers=DESK)
    header = {"Authorization": f"Bearer {made.json()['token']}"}
    for path in ("/v1/me", f"/v1/reports/{report}", f"/v1/outages/{outage}"):
        response = await client.get(path, headers=header)

        assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


async def test_a_link_that_ended_or_was_never_made_shows_nothing(
    client: httpx.AsyncClient,
) -> None:
    report, _ = await taken(client)
    now, keys = datetime.now(UTC), TokenKeys(KEY)
    day = timedelta(days=1)
    person = Person(subject=report, grants=(Grant.parse("admin@*"),))
    ended = track_links.make(keys, report, now=now - 2 * day, valid=day)
    good = track_links.make(keys, report, now=now, valid=day)
    told = {
        ended: (410, "link_expired"),
        good[:-4] + "AAAA": (404, "link_unknown"),
        "nonsense": (404, "link_unknown"),
        track_links.make(keys, "rep_none", now=now, valid=day): (404, "link_unknown"),
        keys.sign(claims_of(person, "relight", now, day), ACCESS): (404, "link_unknown"),
    }
    for token, expected in told.items():
        response = await client.get(f"/v1/track/{token}")

        assert (response.status_code, response.json()["code"]) == expected


@pytest.mark.parametrize(
    ("districts", "foreign", "code"),
    [(("yl",), False, "other_district"), (("jp",), True, "not_found")],
)
async def test_a_link_is_made_only_for_a_report_of_an_outage_of_ones_own(
    client: httpx.AsyncClient, districts: tuple[str, ...], foreign: bool, code: str
) -> None:
    report, outage = await taken(client)
    body = {"report": "rep_other" if foreign else report}
    response = await client.post(
        f"/v1/outages/{outage}/links",
        json=body,
        headers=signed_in("call_taker", "tara", districts=districts),
    )

    assert response.json()["code"] == code


async def test_a_link_tells_by_when_a_crew_should_be_there(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    report, outage = await taken(client)
    made = await client.post(f"/v1/outages/{outage}/links", json={"report": report}, headers=DESK)
    before = (await client.get(made.json()["path"])).json()
    life = Life(demo, outage)
    at = life.state.opened_at
    eta = at + timedelta(minutes=40)
    task = life.state.tasks[0].id
    life.act(Assign(task=task, crew="jp-crew-01", epoch=1, eta=eta), role=Role.BOARD, now=at)
    with Session(demo) as session, session.begin():
        projection.append(session, outage, life.unsent(), life.state)
    shown = (await client.get(made.json()["path"])).json()
    detail = (await client.get(f"/v1/outages/{outage}", headers=DESK)).json()
    told = datetime.fromisoformat(shown["expected_by"])
    assert told == expected_by(life.state, life.policy)

    later = Reschedule(task=task, crew="jp-crew-01", epoch=2, eta=eta + timedelta(minutes=30))
    life.act(later, role=Role.BOARD, now=at + timedelta(minutes=5))
    with Session(demo) as session, session.begin():
        projection.append(session, outage, life.unsent(), life.state)
    anew = (await client.get(made.json()["path"])).json()
    story = (await client.get(f"/v1/outages/{outage}/timeline", headers=DESK)).json()["items"]

    assert before["expected_by"] is None
    assert told > eta
    assert datetime.fromisoformat(anew["expected_by"]) == expected_by(life.state, life.policy)
    assert [line["sentence"][:35] for line in story if line["kind"] == "task_rescheduled"] == [
        "Spark crew was told another time of"
    ]
    assert datetime.fromisoformat(detail["promise"]["expected_by"]) == told
