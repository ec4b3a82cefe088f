"""What the live feed tells, to whom, where it begins again, and when it ends."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from prometheus_client import generate_latest
from pydantic import TypeAdapter
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.answers.live import LiveEvent
from api.live.rows import Kind, read
from api.live.view import MAY_FOLLOW
from api.sign_in import TokenKeys
from store import changes, leases
from store.changes import Change, Mark
from tests.api.callers import a_report, signed_in
from tests.api.follower import Follower, Told, catch_up, now_of, read_lists, rows_of
from tests.api.live_house import move, served
from tests.api.test_contract import endpoints

SUPERVISOR = signed_in("supervisor", "sue")
NAMED = {"reporter_name": "王安宁", "reporter_phone": "13900000001", "note": "the dog bites"}


@pytest.fixture(scope="module")
def http(app: FastAPI) -> Iterator[httpx.Client]:
    app.state.office.live.heartbeat_s = 0.2
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield http


def report(http: httpx.Client, point: str = "jp-f1-s1-t1-p1") -> dict[str, Any]:
    response = http.post(
        "/v1/reports",
        json=a_report(place={"service_point_id": point}, **NAMED),
        headers=signed_in("call_taker", "tara"),
    )
    assert response.status_code == 201, response.text
    return response.json()


def test_a_stream_greets_tells_rows_as_the_lists_show_them_and_beats(http: httpx.Client) -> None:
    follower = Follower(http, SUPERVISOR)
    with follower.stream() as stream:
        first = [next(stream), next(stream)]
        taken = report(http)
        found = list(first)
        while {("outage", taken["outage"]["id"]), ("report", taken["report"]["id"])} - {
            (each.data.get("kind"), each.data.get("id")) for each in found
        } or found[-1].event != "heartbeat":
            found.append(next(stream))

    assert [each.event for each in first] == ["hello", "heartbeat"]
    assert follower.rows == read_lists(http, SUPERVISOR, follower.kinds)
    assert follower.rows["report", taken["report"]["id"]]["reporter_name"] == "王安宁"
    for each in found:
        TypeAdapter(LiveEvent).validate_python(each.data)
    assert {each.data["event"] == each.event for each in found} == {True}


def test_the_headers_keep_proxies_from_holding_events_back(http: httpx.Client) -> None:
    response = http.get("/v1/live?for_s=0", headers=SUPERVISOR)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"


def test_a_caller_hears_of_its_own_districts_only(http: httpx.Client) -> None:
    since = now_of(http, SUPERVISOR)
    here, there = report(http, "jp-f2-s1-t1-p1"), report(http, "yl-f1-s1-t1-p1")
    mine = signed_in("dispatcher", "dora", districts=("jp",))

    def ids(headers: dict[str, str], **query: Any) -> set[str]:
        found = catch_up(http, headers, since=since, kind="outage", **query)
        return {key for _, key in rows_of(found)}

    assert ids(mine) == {here["outage"]["id"]}
    assert ids(SUPERVISOR) == {here["outage"]["id"], there["outage"]["id"]}
    assert ids(SUPERVISOR, district="yl") == {there["outage"]["id"]}
    refused = http.get("/v1/live?district=yl&for_s=0", headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (403, "other_district")


def test_persons_are_shown_to_those_who_deal_with_persons_only(http: httpx.Client) -> None:
    since = now_of(http, SUPERVISOR)
    taken = report(http, "jp-f3-s1-t1-p1")
    agent = catch_up(http, signed_in("callback_agent", "ann"), since=since)
    auditor = catch_up(http, signed_in("auditor", "audrey"), since=since)
    crew = catch_up(http, signed_in("crew"), since=since)

    def names(found: list[Told]) -> list[Any]:
        rows = [each.data for each in found if each.event == "row"]
        return [each["row"].get("reporter_name") for each in rows if each["kind"] == "report"]

    assert names(agent) == ["王安宁"]
    assert names(auditor) == [None]
    assert ("row", taken["outage"]["id"]) in rows_of(crew)
    assert all(each.data.get("kind") in (None, "outage") for each in crew)
    assert not any("王安宁" in str(each.data) for each in auditor + crew)


@pytest.mark.parametrize(("role", "kind"), [("crew", "report"), ("dispatcher", "callback")])
def test_a_kind_of_others_is_refused(http: httpx.Client, role: str, kind: str) -> None:
    response = http.get(f"/v1/live?kind={kind}&for_s=0", headers=signed_in(role))
    assert (response.status_code, response.json()["code"]) == (403, "role_may_not")


LISTS = {
    Kind.OUTAGE: "GET /v1/outages",
    Kind.CREW: "GET /v1/crews",
    Kind.CALLBACK: "GET /v1/callbacks",
    Kind.PAGE: "GET /v1/pages",
    Kind.BOARD: "GET /v1/boards/{district}",
    Kind.CLOSURE: "GET /v1/closures",
}


def test_the_feed_opens_to_the_roles_that_may_read_the_lists() -> None:
    doors = endpoints()
    allowed = {kind: {role.value for role in roles} for kind, roles in MAY_FOLLOW.items()}

    assert {kind: allowed[kind] for kind in LISTS} == {k: set(doors[d]) for k, d in LISTS.items()}
    assert allowed[Kind.REPORT] == set(doors["GET /v1/reports"]) - {"customer"}


def test_who_leaves_the_box_is_told_as_gone(http: httpx.Client, demo: Engine) -> None:
    crew, box = "jp-crew-02", "106.0,29.0,106.9,29.9"
    since = now_of(http, SUPERVISOR)
    move(demo, crew, 106.5, 29.5)
    inside = catch_up(http, SUPERVISOR, since=since, kind="crew", bbox=box)
    move(demo, crew, 107.5, 29.5)
    outside = catch_up(http, SUPERVISOR, since=inside[-1].id, kind="crew", bbox=box)
    away = catch_up(http, SUPERVISOR, since=since, kind="outage", bbox="0,0,1,1")

    assert rows_of(inside) == [("row", crew)]
    assert rows_of(outside) == [("gone", crew)]
    assert rows_of(away) == []


def test_a_lent_crew_comes_into_sight_and_leaves_it(http: httpx.Client, demo: Engine) -> None:
    crew, borrower = "jp-crew-03", signed_in("dispatcher", "yan", districts=("yl",))
    now = datetime.now(UTC)
    since = now_of(http, SUPERVISOR)
    with Session(demo) as session, session.begin():
        leases.take(session, crew, "yl", now, now + timedelta(days=900))
    lent = catch_up(http, borrower, since=since, kind="crew")
    with Session(demo) as session, session.begin():
        leases.release(session, crew, "yl", now)
    back = catch_up(http, borrower, since=lent[-1].id, kind="crew")
    later = now_of(http, SUPERVISOR)
    move(demo, crew, 106.5, 29.5)

    assert rows_of(lent) == [("row", crew)]
    assert rows_of(back) == [("gone", crew)]
    home = signed_in("dispatcher", "dora", districts=("jp",))
    assert rows_of(catch_up(http, home, since=later, kind="crew")) == [("row", crew)]


def test_a_crew_hears_of_itself_alone(http: httpx.Client, demo: Engine) -> None:
    since = now_of(http, SUPERVISOR)
    for crew in ("jp-crew-01", "jp-crew-04"):
        move(demo, crew, 106.5, 29.5)
    found = catch_up(http, signed_in("crew", crew="jp-crew-04"), since=since, kind="crew")

    assert rows_of(found) == [("row", "jp-crew-04")]


def test_what_was_missed_is_told_once_by_its_last_change_and_the_header_goes_first(
    http: httpx.Client, demo: Engine
) -> None:
    since = now_of(http, SUPERVISOR)
    for crew, lon in (("jp-crew-05", 106.51), ("jp-crew-06", 106.52), ("jp-crew-05", 106.53)):
        move(demo, crew, lon, 29.5)
    query = {"kind": "crew", "since": now_of(http, SUPERVISOR)}
    found = catch_up(http, {**SUPERVISOR, "Last-Event-ID": since}, **query)

    assert rows_of(found) == [("row", "jp-crew-06"), ("row", "jp-crew-05")]
    assert found[1].data["row"]["position"]["at"]["coordinates"] == [106.53, 29.5]
    assert rows_of(catch_up(http, SUPERVISOR, kind="crew", since=found[0].id)) == rows_of(found)[1:]


def test_many_changes_of_a_row_are_one_event_in_the_place_of_the_last(demo: Engine) -> None:
    one, other = "jp-crew-01", "jp-crew-02"
    noted = [
        Change(Mark(1, number), "crew", crew, frozenset({district}))
        for number, (crew, district) in enumerate([(one, "jp"), (other, "jp"), (one, "yl")])
    ]
    with Session(demo) as session:
        found = read(session, noted, datetime.now(UTC))

    assert [(each.id, each.mark) for each in found] == [(other, Mark(1, 1)), (one, Mark(1, 2))]
    assert found[1].districts == {"jp", "yl"}


@pytest.mark.parametrize("token", ["x", "1-2", "zzzzzzzz-1-1", "00000000-1-1-1"])
def test_a_token_that_is_not_ours_is_refused(http: httpx.Client, token: str) -> None:
    response = http.get(f"/v1/live?for_s=0&since={token}", headers=SUPERVISOR)

    assert (response.status_code, response.json()["code"]) == (422, "since_invalid")


def test_a_token_of_another_database_or_of_the_future_begins_anew(http: httpx.Client) -> None:
    origin, xid, _ = now_of(http, SUPERVISOR).split("-")
    for token in (f"00000000-{xid}-0", f"{origin}-{int(xid) + 10**9}-0"):
        found = catch_up(http, SUPERVISOR, since=token)

        assert [each.event for each in found] == ["resync", "heartbeat"]
        assert found[0].data["reason"] == "unknown"
        assert rows_of(catch_up(http, SUPERVISOR, since=found[0].id)) == []


def test_a_token_older_than_what_is_kept_begins_anew(http: httpx.Client, demo: Engine) -> None:
    since = now_of(http, SUPERVISOR)
    move(demo, "jp-crew-07", 106.5, 29.5)
    move(demo, "jp-crew-08", 106.5, 29.5)
    with Session(demo) as session, session.begin():
        changes.sweep(session, datetime.now(UTC) + timedelta(days=1))
    found = catch_up(http, SUPERVISOR, since=since)

    assert (found[0].event, found[0].data["reason"]) == ("resync", "too_old")


def test_too_much_that_was_missed_begins_anew(
    http: httpx.Client, demo: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live.stream.MOST_BEHIND", 2)
    since = now_of(http, SUPERVISOR)
    for lon in (106.1, 106.2, 106.3):
        move(demo, "jp-crew-09", lon, 29.5)

    assert catch_up(http, SUPERVISOR, since=since)[0].data["reason"] == "too_many"


def test_a_heartbeat_moves_the_token_past_what_is_not_rows_of(
    http: httpx.Client, demo: Engine
) -> None:
    with Follower(http, SUPERVISOR, kinds=("page",)).stream() as stream:
        before = next(stream)
        move(demo, "jp-crew-10", 106.5, 29.5)
        after = next(each for each in stream if each.event == "heartbeat" and each.id != before.id)

    assert rows_of(catch_up(http, SUPERVISOR, since=after.id)) == []


def test_a_change_that_is_not_yet_safe_is_counted_as_lag(http: httpx.Client, demo: Engine) -> None:
    with Follower(http, SUPERVISOR, kinds=("crew",)).stream() as stream:
        next(stream)
        with demo.connect() as slow:
            slow.execute(text("UPDATE crews SET active = true WHERE id = 'jp-crew-11'"))
            move(demo, "jp-crew-12", 106.5, 29.5)
            held = next(each for each in stream if each.data.get("behind_s", 0) > 0.2)
            assert b"relight_live_lag_seconds 0.0" not in http.get("/metrics").content
            slow.commit()
        rows = [next(each for each in stream if each.event == "row") for _ in range(2)]

    assert held.event == "heartbeat"
    assert [each.data["id"] for each in rows] == ["jp-crew-11", "jp-crew-12"]


def test_a_sign_in_that_does_not_hold_any_more_ends_the_stream(
    http: httpx.Client, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Follower(http, SUPERVISOR, kinds=("page",)).stream() as stream:
        first = next(stream)
        with monkeypatch.context() as meanwhile:
            other = TokenKeys.of(Ed25519PrivateKey.generate().public_key())
            meanwhile.setattr(app.state.office, "token_keys", other)
            last = list(stream)[-1]

    assert (first.event, last.event) == ("hello", "sign_in_again")
    assert last.data["code"] == "token_invalid"


def test_a_stream_ends_when_it_was_asked_to(http: httpx.Client) -> None:
    with Follower(http, SUPERVISOR, kinds=("page",), query={"for_s": 1}).stream() as stream:
        found = [each.event for each in stream]

    assert found[0] == "hello"
    assert set(found[1:]) == {"heartbeat"}
    assert len(found) > 2


def test_nobody_is_read_for_when_nobody_listens(http: httpx.Client, app: FastAPI) -> None:
    catch_up(http, SUPERVISOR)
    live = app.state.office.live
    for _ in range(400):
        if live._listener is None:
            break
        time.sleep(0.05)

    assert live._listener is None
    assert b"relight_live_clients 0.0" in generate_latest(app.state.office.gauges.registry)
