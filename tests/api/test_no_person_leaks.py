"""The reporter is kept where the register says, and nowhere else: rows, workflows, logs."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from temporalio.client import Client

from api.report_screens import PERSONAL
from domain import ids
from relight.replay import replay_outage
from store import forgetting, histories, installation, projection
from store.privacy import register
from tests.api.callers import a_report, signed_in
from tests.api.house import YES, Mouth
from tests.house_marks import columns_with, workflows_with

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

MARKS = {
    "reporter_name": "Zorblatt Quimby",
    "reporter_phone": "+99 7310 4242 17",
    "note": "ask for the blue gnome",
    "external_id": "ticket-gnome-77",
    "address": "9 Gnomewood Lane",
}
SAID_LATER = "the gnome is content"
SAM = '"sam"'
EVERY = (*MARKS.values(), SAID_LATER)


def a_marked_report(**fields: Any) -> dict[str, Any]:
    said = {name: mark for name, mark in MARKS.items() if name != "address"}
    place = {"service_point_id": "jp-f1-s1-t1-p1", "address": MARKS["address"]}
    return a_report(**said, place=place, **fields)


async def live(mouth: Mouth) -> str:
    """Take a marked report, repair, call back with a marked note; return the closed outage."""
    headers = signed_in("call_taker", "tara") | {"Idempotency-Key": "key-1"}
    for body in (a_marked_report(), a_marked_report(), a_marked_report(hazards=["fire"])):
        taken = await mouth.http.post("/v1/reports", json=body, headers=headers)
    assert taken.json()["code"] == "idempotency_key_reused"
    refused = await mouth.http.post(
        "/v1/reports", json=a_marked_report(scope="galaxy"), headers=headers
    )
    assert refused.status_code == 422
    listed = await mouth.http.get("/v1/reports", headers=signed_in("dispatcher", "dora"))
    outage = listed.json()["items"][0]["outage"]["id"]
    await mouth.repair(outage)
    call = await mouth.next_call()
    told = await mouth.answer(call["id"], **YES, note=SAID_LATER)
    assert told.status_code == 200, told.text
    return str(outage)


async def until_archived(mouth: Mouth, outage: str) -> None:
    """Wait until an outage has closed and its histories are stored."""

    async def archived() -> bool:
        with Session(mouth.engine) as session:
            kinds = {name for name, _ in histories.runs_of(session, outage)}
        return ids.outage_workflow(outage) in kinds

    await mouth.until(archived)


async def test_the_reporter_stands_only_in_columns_marked_personal(
    mouth: Mouth,
    temporal_client: Client,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    outage = await live(mouth)
    await until_archived(mouth, outage)
    found = columns_with(mouth.engine, EVERY)
    logged = "".join((*capfd.readouterr(), caplog.text))

    # The safety officer's id is in rows, payloads and archives: the search does see all three.
    assert {("outage_events", "body"), ("histories", "body")} <= columns_with(mouth.engine, [SAM])
    assert f"outage/{outage}" in await workflows_with(temporal_client, [SAM])
    assert outage in logged
    assert {("reports", name) for name in MARKS} | {("callback_attempts", "note")} == found
    assert found <= register().about("reporter")
    assert await workflows_with(temporal_client, EVERY) == set()
    assert [mark for mark in EVERY if mark in logged] == []

    before = await proofs(mouth, outage)
    report = await forget(mouth)
    assert columns_with(mouth.engine, EVERY) == set()
    assert await proofs(mouth, outage) == before
    assert before["divergences"] == []
    shown = await mouth.http.get(f"/v1/reports/{report}", headers=signed_in("dispatcher", "dora"))
    assert shown.json()["forgotten_at"] is not None
    assert [name for name in PERSONAL if shown.json()[name] is not None] == []


async def forget(mouth: Mouth) -> str:
    """Forget the reporter by telephone, once nobody is owed anything; return the report."""
    with Session(mouth.engine) as session, session.begin():
        (found,) = forgetting.by_phone(session, MARKS["reporter_phone"])
        now = datetime.now(UTC)
        at = installation.clock(session).house(now)
        forgetting.forget(session, [found.report_id], at=at, real_now=now, by="me", why="asked")
    return found.report_id


async def proofs(mouth: Mouth, outage: str) -> dict[str, Any]:
    """Replay everything, and tell what must not change when a person is forgotten."""
    divergences, events, runs = await replay_outage(mouth.engine, outage)
    told = await mouth.http.get(
        f"/v1/outages/{outage}/timeline", headers=signed_in("dispatcher", "dora")
    )
    with Session(mouth.engine) as session:
        digests = [event.digest() for event in projection.events_of(session, outage)]
        stored = list(session.scalars(text("SELECT digest FROM outage_events ORDER BY seq")))
        committed = list(session.scalars(text("SELECT commitment FROM reports")))
        archived = list(session.scalars(text("SELECT digest FROM histories ORDER BY run_id")))
    assert digests == stored
    return {
        "divergences": divergences,
        "counted": (events, runs),
        "timeline": [line["sentence"] for line in told.json()["items"]],
        "digests": (digests, archived, committed),
    }
