"""Where idle crews should wait, asked over the wire: advice that sends nobody."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.clock import HouseClock
from domain.place import Point
from store import installation, positions
from store.positions import Fix
from tests.api.callers import signed_in
from tests.conftest import DEMO_NOW
from tests.store.builders import a_draft, take

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
ADDRESS = "/v1/boards/jp/standby"
DORA = signed_in("dispatcher", "dora")
YEAR = timedelta(days=400)
"""So long after the demo that none of what others did here is looked back at."""
_SHIFT = text("""
INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)
SELECT 'standby/' || id || :now, id, CAST(:now AS timestamptz) - interval '1 hour',
       CAST(:now AS timestamptz) + interval '7 hours', 28800
FROM crews WHERE district_id = 'jp'
""")
_TASK = text("""
INSERT INTO tasks
    (id, outage_id, kind, state, crew_id, assignment_epoch, skills, licences, known_at)
VALUES (:outage || '/t1', :outage, 'repair', 'dispatched', 'jp-crew-01', 1, '{}', '{}', :now)
""")
_CLOSED = text("UPDATE outages SET stage = 'closed', sealed_at = :at, closed_at = :at")


def a_morning(engine: Engine) -> datetime:
    """Let the house clock show a morning on which all crews are on duty."""
    now = DEMO_NOW + YEAR
    with Session(engine) as session, session.begin():
        clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=now, rate=1.0)
        installation.set_clock(session, clock)
        session.execute(_SHIFT, {"now": now.isoformat()})
    return now


def an_order(engine: Engine, point: str, at: datetime) -> str:
    """Let an order come and be over within the hour."""
    outage = take(engine, a_draft(point), now=at).outage_id
    with engine.begin() as connection:
        connection.execute(_CLOSED, {"at": at + timedelta(hours=1)})
    return outage


def far_away(engine: Engine, now: datetime) -> None:
    with Session(engine) as session, session.begin():
        for crew in session.scalars(text("SELECT id FROM crews WHERE district_id = 'jp'")).all():
            fix = Fix(Point(lon=109.5, lat=31.5), now - timedelta(minutes=1), "phone")
            positions.add(session, crew, [fix], now)


async def test_idle_crews_are_advised_where_past_orders_let_expect_new_ones(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    now = a_morning(demo)
    far_away(demo, now)
    nothing = (await client.get(ADDRESS, headers=DORA | {"Accept-Language": "zh"})).json()
    for day in range(1, 7):
        an_order(demo, "jp-f1-s1-t1-p1", now - timedelta(days=day))
        an_order(demo, "jp-f2-s1-t1-p1", now - timedelta(days=day, hours=9))
    few = (await client.get(ADDRESS, headers=DORA)).json()
    for day in range(7, 25):
        outage = an_order(demo, f"jp-f{day % 4 + 1}-s1-t1-p1", now - timedelta(days=day))
    with demo.begin() as connection:
        connection.execute(_TASK, {"outage": outage, "now": now})
    answer = await client.get(ADDRESS, headers=DORA)
    told = answer.json()
    advice = told["advice"]
    crews = {wait["crew"] for wait in advice["waits"]}

    assert nothing["advice"]["waits"] == []
    assert nothing["said"] == ["这里没有以往工单，无从预计。"]
    assert (few["orders_counted"], few["by_part_of_day"]) == (12, False)
    assert answer.status_code == 200, answer.text
    assert (told["orders_counted"], told["by_part_of_day"]) == (24, True)
    assert told["crews_idle"] == told["crews_on_duty"] - 1 == len(crews)
    assert "jp-crew-01" not in crews
    assert {wait["post"] for wait in advice["waits"]} <= {post["id"] for post in told["posts"]}
    assert advice["share_now"] == 0
    assert advice["share_then"] > 0.9
    assert advice["worth_moving"]
    assert len(told["said"]) == len(crews) + 1


async def test_an_unknown_district_and_anothers_are_refused(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/v1/boards/nowhere/standby", headers=signed_in("supervisor"))
    other = await client.get(ADDRESS, headers=signed_in("dispatcher", districts=("yl",)))

    assert (unknown.status_code, unknown.json()["code"]) == (404, "district_unknown")
    assert (other.status_code, other.json()["code"]) == (403, "other_district")
