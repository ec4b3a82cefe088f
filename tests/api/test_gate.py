"""The gate: who is turned away, in which words, and that danger never is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.app import create_app
from api.lanes import MOST_OPEN, Lane
from api.limits import Rate
from api.rates import NO_RATES, RATES, Kind, Rates
from api.temporal_line import TemporalLine
from domain.policy import Policy
from store import locks
from tests.api.callers import KEY, NOWHERE, a_report, signed_in
from tests.api.conftest import HOOKS

PUBLIC = signed_in("customer", "carla")
DESK = signed_in("call_taker", "tara")
FAR = "yl-f1-s1-t1-p1"
FEEDERS = [f"feeder/jp-f{n}" for n in range(1, 9)]


@asynccontextmanager
async def calling(app: FastAPI, address: str = "198.51.100.7") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(address, 4711))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://relight.test", event_hooks=HOOKS
    ) as client:
        yield client


def an_app(demo: Engine, policy: Policy, rates: Rates) -> FastAPI:
    return create_app(
        engine=demo,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY,
        threads=24,
        rates=rates,
    )


@contextmanager
def full(app: FastAPI, *lanes: Lane) -> Iterator[None]:
    """Let lanes be full, as they are while their reports wait for the database."""
    held = app.state.office.lanes.open
    before = dict(held)
    held.update(dict.fromkeys(lanes, MOST_OPEN))
    yield
    held.update({lane: before[lane] for lane in lanes})


def a_call(**fields: Any) -> dict[str, object]:
    return a_report(**{"channel": "app", **fields})


async def test_a_full_lane_turns_away_with_words_and_a_time(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    with full(app, Lane.PUBLIC):
        told = [
            await client.post(
                "/v1/reports",
                json=a_call(),
                headers={**PUBLIC, "Accept-Language": lang, "X-Request-Id": "one"},
            )
            for lang in ("en", "zh")
        ]
    for answer in told:
        body = answer.json()
        assert (answer.status_code, body["code"]) == (503, "intake_busy")
        assert answer.headers["content-type"] == "application/problem+json"
        assert 2 <= int(answer.headers["retry-after"]) == body["seconds"] <= 8
        assert answer.headers["x-request-id"] == body["request_id"] == "one"
    assert "NOT been taken" in told[0].json()["detail"]
    assert "尚未受理" in told[1].json()["detail"]


@pytest.mark.parametrize("danger", [{"hazards": ["wire_down"]}, {"life_support": True}])
async def test_danger_is_taken_while_every_lane_is_full(
    client: httpx.AsyncClient, app: FastAPI, danger: dict[str, object]
) -> None:
    with full(app, Lane.PUBLIC, Lane.DESK, Lane.DANGER):
        answer = await client.post("/v1/reports", json=a_call(**danger), headers=PUBLIC)

    assert answer.status_code == 201


async def test_the_phone_desk_has_a_lane_of_its_own(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    await client.get("/v1/me", headers=DESK)
    with full(app, Lane.PUBLIC):
        desk = await client.post("/v1/reports", json=a_report(), headers=DESK)
        public = await client.post("/v1/reports", json=a_call(), headers=PUBLIC)
    with full(app, Lane.DESK):
        busy = await client.post("/v1/reports", json=a_report(), headers=DESK)

    assert (desk.status_code, public.status_code, busy.status_code) == (201, 503, 503)


async def test_a_lane_is_free_again_when_its_reports_are_taken_or_refused(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    await client.post("/v1/reports", json=a_call(), headers=PUBLIC)
    await client.post("/v1/reports", json={"nonsense": 1}, headers=PUBLIC)
    await client.post("/v1/reports", json=a_call())

    assert set(app.state.office.lanes.open.values()) == {0}


async def test_dispatch_and_danger_go_on_while_intake_waits_for_a_held_lock(
    demo: Engine, policy: Policy
) -> None:
    """The lane fills up behind one lock in the database; the rest is turned away, not danger."""
    app = an_app(demo, policy, NO_RATES)
    lanes = app.state.office.lanes
    lanes.most_open = 20
    dora = signed_in("dispatcher", "dora")
    async with calling(app) as client:

        def call(**fields: object) -> asyncio.Task[httpx.Response]:
            body = a_call(**fields)
            return asyncio.create_task(client.post("/v1/reports", json=body, headers=PUBLIC))

        with demo.begin() as holder:
            locks.take(holder, FEEDERS)
            flood = [call() for _ in range(50)]
            while lanes.open[Lane.PUBLIC] < lanes.most_open:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            danger = await call(place={"service_point_id": FAR}, hazards=["wire_down"])
            desk = await client.get("/v1/outages", headers=dora)
            path = f"/v1/outages/{danger.json()['outage']['id']}/actions"
            action = await client.post(path, json={"kind": "confirm"}, headers=dora)
        statuses = [answer.status_code for answer in await asyncio.gather(*flood)]

    assert (danger.status_code, desk.status_code) == (201, 200)
    # It came as far as Temporal, which is away here.
    assert action.json()["code"] == "temporal_unreachable"
    assert statuses.count(201) == 20
    assert statuses.count(503) == 30


async def test_danger_goes_before_those_who_wait_for_the_same_feeder(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    point = {"service_point_id": "jp-f4-s1-t1-p1"}

    def call(**fields: object) -> asyncio.Task[httpx.Response]:
        body = a_call(place=point, **fields)
        return asyncio.create_task(client.post("/v1/reports", json=body, headers=PUBLIC))

    with demo.begin() as holder:
        locks.take(holder, FEEDERS)
        flood = [call() for _ in range(30)]
        await asyncio.sleep(0.5)
        danger = call(hazards=["pole_down"])
        await asyncio.sleep(0.5)
    number = (await danger).json()["report"]["number"]
    others = sorted(answer.json()["report"]["number"] for answer in await asyncio.gather(*flood))

    # One was at the head of the line already.
    assert number <= others[1]


async def test_whoever_reports_too_often_is_told_so_and_their_danger_is_taken(
    demo: Engine, policy: Policy
) -> None:
    rates = Rates(reports={Kind.CUSTOMER: Rate(2, 600)})
    async with calling(an_app(demo, policy, rates)) as client:
        await client.get("/v1/me", headers=PUBLIC)

        async def call(who: dict[str, str], **fields: object) -> httpx.Response:
            return await client.post("/v1/reports", json=a_call(**fields), headers=who)

        first = [(await call(PUBLIC)).status_code for _ in range(2)]
        turned = await call(PUBLIC)
        danger = [await call(PUBLIC, hazards=["fire"]) for _ in range(3)]
        other = await call(signed_in("customer", "otto"))

    assert first == [201, 201]
    assert (turned.status_code, turned.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(turned.headers["retry-after"]) <= 600
    assert {answer.status_code for answer in danger} == {201}
    assert other.status_code == 201


async def test_danger_above_its_callers_rate_leaves_the_reserved_lane_to_others(
    demo: Engine, policy: Policy
) -> None:
    app = an_app(demo, policy, Rates(reports={Kind.CUSTOMER: Rate(1, 600)}))
    async with calling(app) as client:
        await client.get("/v1/me", headers=PUBLIC)
        for _ in range(3):
            body = a_call(hazards=["fire"])
            assert (await client.post("/v1/reports", json=body, headers=PUBLIC)).is_success

    registry = app.state.office.gauges.registry
    counted = {
        lane: registry.get_sample_value("relight_intake_admitted_total", {"lane": lane})
        for lane in Lane
    }
    assert (counted[Lane.DANGER], counted[Lane.PUBLIC]) == (1, 2)


async def test_one_person_may_ask_so_often_and_another_is_not_touched(
    demo: Engine, policy: Policy
) -> None:
    rates = Rates(person={Kind.STAFF: Rate(3, 60)})
    async with calling(an_app(demo, policy, rates)) as client:
        asked = [(await client.get("/v1/me", headers=DESK)).status_code for _ in range(5)]
        other = await client.get("/v1/me", headers=signed_in("dispatcher", "dora"))

    # The first came as a stranger and was counted for nobody.
    assert asked == [200, 200, 200, 200, 429]
    assert other.status_code == 200


async def test_an_address_that_keeps_failing_to_sign_in_is_turned_away(
    demo: Engine, policy: Policy
) -> None:
    rates = Rates(address=Rate(3, 60))
    app = an_app(demo, policy, rates)
    bad = {"Authorization": "Bearer nonsense"}
    async with calling(app) as client, calling(app, "203.0.113.1") as elsewhere:
        failed = [(await client.get("/v1/me", headers=bad)).status_code for _ in range(4)]
        good = await elsewhere.get("/v1/me", headers=DESK)
        known = await client.get("/v1/me", headers=DESK)
        away = await elsewhere.get("/v1/me", headers=bad)

    assert failed == [401, 401, 401, 429]
    assert good.status_code == 200
    assert known.status_code == 200, "staff are known by their token wherever they sit"
    assert away.status_code == 401


async def test_the_customers_of_one_address_share_its_rate_unless_it_is_this_machine(
    demo: Engine, policy: Policy
) -> None:
    app = an_app(demo, policy, Rates(address=Rate(3, 60)))

    async def asked(client: httpx.AsyncClient, name: str) -> list[int]:
        who = signed_in("customer", name)
        return [(await client.get("/v1/me", headers=who)).status_code for _ in range(3)]

    async with calling(app) as outside, calling(app, "127.0.0.1") as inside:
        first, second = await asked(outside, "a"), await asked(outside, "b")
        own = await asked(inside, "a") + await asked(inside, "b")

    assert first + second == [200, 200, 200, 200, 200, 429]
    assert set(own) == {200}


async def test_probes_are_never_counted(demo: Engine, policy: Policy) -> None:
    app = an_app(demo, policy, Rates(address=Rate(1, 60)))
    bad = {"Authorization": "Bearer nonsense"}
    async with calling(app) as client:
        refused = [(await client.get("/v1/me", headers=bad)).status_code for _ in range(2)]
        probes = [(await client.get("/healthz")).status_code for _ in range(5)]

    assert refused == [401, 429]
    assert set(probes) == {200}


def test_the_phone_desk_is_not_counted_like_a_public_address() -> None:
    assert Kind.STAFF not in RATES.reports
    assert RATES.reports.keys() == {Kind.CUSTOMER}


async def test_what_is_turned_away_is_counted_by_its_reason(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    def counted() -> float:
        registry = app.state.office.gauges.registry
        return (
            registry.get_sample_value("relight_turned_away_total", {"reason": "intake_busy"}) or 0
        )

    before = counted()
    with full(app, Lane.PUBLIC):
        await client.post("/v1/reports", json=a_call(), headers=PUBLIC)

    assert counted() == before + 1


async def test_what_cannot_be_read_is_told_even_when_the_lane_is_full(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    plain = {**PUBLIC, "Content-Type": "text/plain"}
    with full(app, Lane.PUBLIC):
        answer = await client.post("/v1/reports", content=b"{}", headers=plain)

    assert (answer.status_code, answer.json()["code"]) == (415, "body_not_json")
