"""Keys of machines: hashed, limited, ended; and whose deed it is when they ask for somebody."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.sign_in.machine_keys import KeyRing
from store import callbacks, hands, machines, people
from store.reading import reports
from tests.api.callers import a_report, signed_in
from tests.api.machines import a_key, showing


@pytest.fixture(autouse=True)
def forgetful(app: FastAPI) -> None:
    """Ask the database at every request, so that a test need not wait."""
    app.state.office.key_ring = KeyRing(remembered_s=-1)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def add_person(engine: Engine, subject: str, *grants: str, disabled: bool = False) -> None:
    from api.sign_in import Grant

    now = datetime.now(UTC)
    held = [Grant.parse(each).model_dump(mode="json") for each in grants]
    with Session(engine) as session, session.begin():
        people.add(session, subject, name="", password="-", grants=held, now=now)
        if disabled:
            people.disable(session, subject, now)


async def test_a_key_lets_a_machine_in_within_its_scopes(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    key = a_key(demo, "call_taker@jp", scopes=("reports:write",))
    taken = await client.post("/v1/reports", json=a_report(), headers=showing(key))
    me = (await client.get("/v1/me", headers=showing(key))).json()
    listed = await client.get("/v1/reports", headers=showing(key))

    assert taken.status_code == 201, taken.text
    assert me["subject"].startswith("key/")
    assert me["scopes"] == ["reports:write"]
    assert (listed.status_code, listed.json()["code"]) == (403, "scope_missing")


async def test_of_a_key_only_the_hash_is_kept_and_when_it_was_used(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    key = a_key(demo, "auditor@*")
    await client.get("/v1/me", headers=showing(key))
    with Session(demo) as session:
        kept = next(each for each in machines.keys(session) if each.id in key)

    assert kept.last_used_at is not None
    secret = key.rpartition("_")[2]
    assert secret not in str(rows(demo, "SELECT api_keys::text FROM api_keys"))


async def test_a_key_that_ended_or_is_another_is_refused(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    over = a_key(demo, "auditor@*", valid=timedelta(seconds=-1))
    gone = a_key(demo, "auditor@*")
    with Session(demo) as session, session.begin():
        assert machines.revoke_key(session, gone.split("_")[1], datetime.now(UTC))
    told = [
        (await client.get("/v1/me", headers=showing(key))).json()["code"]
        for key in (over, gone, gone[:-1] + "!", "rlk_", "rlk_x_y", "rlk_" + "z" * 5000)
    ]

    assert told == ["token_expired", *["token_invalid"] * 5]


async def test_a_key_seen_a_moment_ago_is_not_looked_up_again(
    client: httpx.AsyncClient, app: FastAPI, demo: Engine
) -> None:
    app.state.office.key_ring = KeyRing(remembered_s=3600)
    key = a_key(demo, "auditor@*")
    first = await client.get("/v1/me", headers=showing(key))
    with Session(demo) as session, session.begin():
        machines.revoke_key(session, key.split("_")[1], datetime.now(UTC))
    second = await client.get("/v1/me", headers=showing(key))
    app.state.office.key_ring = KeyRing(remembered_s=-1)
    third = await client.get("/v1/me", headers=showing(key))

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 401)


async def test_a_machine_asks_for_a_person_and_both_are_written_down(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    key = a_key(demo, "customer@*", may_act_as=True)
    taken = await client.post(
        "/v1/reports",
        json=a_report(channel="app"),
        headers=showing(key, Act_As="carla", X_Request_Id="call-1"),
    )
    own = await client.get("/v1/reports", headers=signed_in("customer", "carla"))
    with Session(demo) as session:
        seen = reports.one(session, taken.json()["report"]["id"])

    assert taken.status_code == 201, taken.text
    assert seen is not None
    assert seen.source == "customer/carla"
    assert seen.id in [report["id"] for report in own.json()["items"]]
    noted = rows(demo, "SELECT subject, asked_by, method, path FROM acted_for WHERE"
                 " request_id = 'call-1'")  # fmt: skip
    assert noted == [("carla", f"key/{key.split('_')[1]}", "POST", "/v1/reports")]
    with pytest.raises(DBAPIError, match="append_only"), demo.begin() as connection:
        connection.execute(text("DELETE FROM acted_for"))


async def test_who_may_not_ask_for_others_is_refused(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    add_person(demo, "gone", "dispatcher@*", disabled=True)
    add_person(demo, "audra", "auditor@*")
    may = a_key(demo, "dispatcher@*", may_act_as=True)
    may_not = a_key(demo, "dispatcher@*")
    person = signed_in("dispatcher", "dora") | {"Act-As": "somebody"}
    attempts = [person, showing(may_not, Act_As="dora")]
    attempts += [showing(may, Act_As=name) for name in ("key/x", "client/x", "gone", "audra", "")]
    attempts += [showing(may, Act_As="x" * 55)]
    for headers in attempts:
        response = await client.get("/v1/me", headers=headers)

        assert (response.status_code, response.json()["code"]) == (403, "act_as_refused")


async def test_a_machine_has_no_more_than_the_person_it_asks_for(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    add_person(demo, "dana", "dispatcher@yl")
    key = a_key(demo, "dispatcher@*", may_act_as=True)
    me = (await client.get("/v1/me", headers=showing(key, Act_As="dana"))).json()
    other = await client.get("/v1/boards/jp", headers=showing(key, Act_As="dana"))

    assert (me["subject"], me["districts"]) == ("dana", ["yl"])
    assert me["asked_by"].startswith("key/")
    assert other.json()["code"] == "other_district"


async def test_neither_the_doer_nor_the_machine_behind_judges_the_deed(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    key = a_key(demo, "dispatcher@*", "callback_agent@*", may_act_as=True)
    machine = f"key/{key.split('_')[1]}"
    taken = await client.post("/v1/reports", json=a_report(), headers=signed_in("call_taker"))
    outage = taken.json()["outage"]["id"]
    order = {"kind": "assign", "task": f"{outage}/t1", "crew": "jp-crew-01"}
    under = {"Relight-Role": "dispatcher"}
    given = await client.post(
        "/v1/boards/jp/orders", json=order, headers=showing(key, Act_As="dick") | under
    )
    # Nothing answers for Temporal here: what is noted before the order is sent is what counts.
    assert given.json()["code"] == "temporal_unreachable", given.text
    with Session(demo) as session, session.begin():
        for subject in ("dick", machine):
            assert hands.had(session, outage, subject)
        assert not hands.had(session, outage, "ann")
        callback = restored(session, outage)
        now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
        assert callbacks.next_for(session, "ann", ["jp"], now, asked_by=machine) is None
    answer = {"result": "answered", "contacted_on_arrival": True, "commitment_kept": True,
              "satisfied": True}  # fmt: skip
    for headers in (showing(key, Act_As="ann"), signed_in("callback_agent", "dick")):
        response = await client.post(
            f"/v1/callbacks/{callback}/attempts", json=answer, headers=headers
        )

        assert (response.status_code, response.json()["code"]) == (403, "executor_may_not_judge")


def restored(session: Session, outage: str) -> str:
    """Put an outage's callbacks on the list as if its light were back; returns the first."""
    from store import outages

    at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    session.execute(
        text("UPDATE outages SET restored_at = :at, restoration_no = 1 WHERE id = :outage"),
        {"at": at, "outage": outage},
    )
    callbacks.open_for(session, outage, 1, at, outages.policy_of(session, outage))
    found = session.scalar(
        text("SELECT id FROM callbacks WHERE outage_id = :outage"), {"outage": outage}
    )
    return str(found)
