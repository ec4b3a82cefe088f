"""How a district stood at a moment that is past, asked over the wire; and an outage's plans."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.api.callers import a_report, repair_steps, signed_in
from tests.api.house import Mouth
from tests.api.test_plan_questions import DAY, kept
from tests.conftest import DEMO_NOW
from tests.routing.builders import a_crew, a_snapshot, a_task

pytestmark = [pytest.mark.anyio, pytest.mark.servers, pytest.mark.timeout(180)]
LATER = a_snapshot(a_task("out_3/t1", 1, skills=("cable",)), a_crew("cable", 2, skills=("cable",)))
_OUTAGE = text("""
INSERT INTO outages (id, district_id, area_class, policy_hash, rules_version, opened_at,
    clock_start, sealed_at, at)
SELECT 'out_3', district_id, area_class, policy_hash, 1, :now, :now, :now, at FROM outages LIMIT 1
""")
DORA, AUDREY = signed_in("dispatcher", "dora"), signed_in("auditor", "audrey")
EARLY = DEMO_NOW.isoformat()


async def moment(http: httpx.AsyncClient, known_at: str, **more: Any) -> dict[str, Any]:
    """Ask how the district jp stood at a moment."""
    asked = {"known_at": known_at, **more}
    told = await http.get("/v1/districts/jp/moment", params=asked, headers=AUDREY)
    assert told.status_code == 200, told.text
    return dict(told.json())


async def now(http: httpx.AsyncClient) -> tuple[str, list[Any], list[Any]]:
    """Return the house time, and what the lists of open outages and of crews say around it."""

    async def listed() -> list[list[Any]]:
        paths = ("/v1/outages?live=true&district=jp&limit=200", "/v1/crews?district=jp")
        return [(await http.get(path, headers=DORA)).json()["items"] for path in paths]

    while True:
        before = await listed()
        at = (await moment(http, EARLY))["as_of"]
        outages, crews = await listed()
        if [_of(before[0]), _of(before[1])] == [_of(outages), _of(crews)]:
            return at, outages, crews


def _of(rows: list[Any]) -> list[Any]:
    """Leave out of crews what changes by itself, and what is not told of the past."""
    names = ("id", "name", "district", "depot", "grid", "shift", "load", "task")
    if not rows or "members" not in rows[0]:
        return rows
    places = [(crew["position"]["at"], crew["position"]["occurred_at"]) for crew in rows]
    return [{name: crew[name] for name in names} for crew in rows] + places


def _then(crews: list[Any]) -> list[Any]:
    return _of([{**crew, "members": []} for crew in crews])


@pytest.mark.parametrize("house_rate", [1.0])
async def test_a_moment_is_what_the_lists_said_while_it_was_lived(mouth: Mouth) -> None:
    seen = []
    outage = (await mouth.report("jp-f1-s1-t1-p1", hazards=["wire_down"]))["outage"]["id"]
    seen.append(await now(mouth.http))
    crew, task = await mouth.dispatched(outage)
    seen.append(await now(mouth.http))
    await mouth.report("jp-f3-s1-t1-p1")

    async def planned() -> list[Any]:
        return list((await mouth.http.get("/v1/boards/jp/plans", headers=DORA)).json()["items"])

    await mouth.until(planned)
    at = (await mouth.outage(outage))["at"]
    fix = [{"at": at, "occurred_at": seen[-1][0]}]
    told = await mouth.http.post(
        f"/v1/crews/{crew}/positions", json=fix, headers=signed_in("crew", crew=crew)
    )
    assert told.status_code == 202, told.text
    for kind, fields in repair_steps(at):
        if kind in ("acknowledge", "depart", "arrive"):
            said = await mouth.act(outage, crew, kind, task, **fields)
            assert said.status_code == 200, said.text
            seen.append(await now(mouth.http))

    for known_at, outages, crews in seen:
        then = await moment(mouth.http, known_at)
        assert then["known_at"] == known_at
        assert then["items"] == outages
        assert _then(then["crews"]) == _of(crews)
        assert (then["open"], then["next_cursor"]) == (len(outages), None)
    last = await moment(mouth.http, seen[-1][0])
    assert last["plan"]["plan_hash"] in {run["plan_hash"] for run in await planned()}
    assert (await moment(mouth.http, EARLY))["plan"] is None
    assert len({len(outages) for _, outages, _ in seen}) == 2


async def test_an_outage_tells_what_each_plan_meant_for_it(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    await client.post("/v1/reports", json=a_report(), headers=signed_in("call_taker"))
    with Session(demo) as session, session.begin():
        session.execute(_OUTAGE, {"now": DEMO_NOW})
    before, after = kept(demo, DAY), kept(demo, LATER)
    told = await client.get("/v1/outages/out_3/plans?limit=1", headers=AUDREY)
    cursor = told.json()["next_cursor"]
    more = await client.get(f"/v1/outages/out_3/plans?limit=1&cursor={cursor}", headers=AUDREY)
    (newest,), (oldest,) = told.json()["items"], more.json()["items"]

    assert {newest["plan_hash"], oldest["plan_hash"]} == {before, after}
    by_plan = {each["plan_hash"]: each["tasks"] for each in (newest, oldest)}
    ((left,), (sent,)) = by_plan[before], by_plan[after]
    assert (left["task"], left["crew"], left["eta"]) == ("out_3/t1", None, None)
    assert left["reason"]
    assert (sent["crew"], sent["reason"], sent["late_s"]) == ("cable", None, 0)
    assert more.json()["next_cursor"] is None


async def test_pages_go_on_and_crews_come_once(client: httpx.AsyncClient) -> None:
    for feeder in (1, 3, 5):
        body = a_report(place={"service_point_id": f"jp-f{feeder}-s1-t1-p1"})
        await client.post("/v1/reports", json=body, headers=signed_in("call_taker"))
    at = (await moment(client, EARLY))["as_of"]
    first = await moment(client, at, limit=2)
    second = await moment(client, at, limit=2, cursor=first["next_cursor"])

    numbers = [each["number"] for each in first["items"] + second["items"]]
    assert (first["open"], second["open"], len(numbers)) == (3, 3, 3)
    assert (second["crews"], second["next_cursor"]) == (None, None)
    assert len(first["crews"]) > 1
    assert (await moment(client, EARLY))["items"] == []


async def test_what_cannot_be_told_is_refused(client: httpx.AsyncClient) -> None:
    async def asked(district: str, known_at: str, **who: Any) -> tuple[int, str]:
        told = await client.get(
            f"/v1/districts/{district}/moment",
            params={"known_at": known_at},
            headers=signed_in("auditor", **who),
        )
        return told.status_code, told.json()["code"]

    assert await asked("jp", "2099-01-01T00:00:00Z") == (422, "moment_ahead")
    assert await asked("nowhere", EARLY) == (404, "district_unknown")
    assert await asked("jp", EARLY, districts=("yl",)) == (403, "other_district")
    gone = await client.get("/v1/outages/out_none/plans", headers=DORA)
    assert (gone.status_code, gone.json()["code"]) == (404, "outage_unknown")
