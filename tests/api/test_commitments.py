"""How a month kept its promises, asked over the wire."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.callers import signed_in
from tests.conftest import DEMO_NOW
from tests.store.builders import a_draft, take

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
ADDRESS = "/v1/commitments"
BOSS = signed_in("supervisor")
LAST_OF_FEBRUARY = DEMO_NOW.replace(day=1, month=3, hour=0) - timedelta(hours=8, minutes=1)


def close(engine: Engine, outage: str, arrived: float, restored: float) -> None:
    """Let an outage end so many minutes after its report."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE outages SET arrived_at = clock_start + :a * interval '1 min',"
                " restored_at = clock_start + :r * interval '1 min', closed_at = clock_start"
                " + interval '1 day', stage = 'closed' WHERE id = :id"
            ),
            {"id": outage, "a": arrived, "r": restored},
        )


async def test_a_month_is_told_by_area_class_between_local_midnights(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    old = take(demo, a_draft("jp-f1-s1-t1-p1"), now=LAST_OF_FEBRUARY)
    close(demo, old.outage_id, 10, 20)
    first = take(demo, a_draft("jp-f1-s1-t1-p1"), now=LAST_OF_FEBRUARY + timedelta(minutes=2))
    close(demo, first.outage_id, 30, 90)
    second = take(demo, a_draft("jp-f1-s1-t1-p1"), now=DEMO_NOW)
    close(demo, second.outage_id, 61, 101)
    take(demo, a_draft("jp-f2-s1-t1-p1"), now=DEMO_NOW)

    answer = (await client.get(f"{ADDRESS}?month=2026-03&district=jp", headers=BOSS)).json()
    (jp,) = answer["districts"]
    (line,) = jp["lines"]

    assert (jp["time_zone"], jp["begins"]) == ("Asia/Shanghai", "2026-03-01T00:00:00+08:00")
    assert line["policy"]["name"] == "regulatory_floor"
    assert (line["area_class"], line["cases"], line["share"]) == ("urban", 2, "50.00 % (1/2)")
    assert line["arrival"] == {"cases": 2, "minutes": 45.5, "promised": None, "kept": None}
    assert line["restoration"]["minutes"] == 50
    assert (line["open"], line["open_late"]) == (1, 1)

    day = (await client.get(f"{ADDRESS}?month=2026-03&day=1&district=jp", headers=BOSS)).json()
    (jp,) = day["districts"]
    (line,) = jp["lines"]

    assert (jp["begins"], jp["ends"]) == ("2026-03-01T00:00:00+08:00", "2026-03-02T00:00:00+08:00")
    assert (line["cases"], line["on_time"], line["open"]) == (1, 1, 0)


async def test_without_a_district_all_of_ones_own_are_told(client: httpx.AsyncClient) -> None:
    everywhere = (await client.get(f"{ADDRESS}?month=2026-03", headers=BOSS)).json()
    own = signed_in("auditor", districts=("jp",))
    one = (await client.get(f"{ADDRESS}?month=2026-03", headers=own)).json()

    assert len(everywhere["districts"]) > 1
    assert [each["district"] for each in one["districts"]] == ["jp"]


@pytest.mark.parametrize(
    ("query", "role", "code"),
    [
        ("month=2026-13", "supervisor", "invalid_request"),
        ("", "supervisor", "invalid_request"),
        ("month=2026-02&day=30", "supervisor", "invalid_request"),
        ("month=2026-03&district=nowhere", "supervisor", "district_unknown"),
        ("month=2026-03", "call_taker", "role_may_not"),
    ],
)
async def test_what_cannot_be_told_is_refused(
    client: httpx.AsyncClient, query: str, role: str, code: str
) -> None:
    answer = await client.get(f"{ADDRESS}?{query}", headers=signed_in(role))

    assert answer.json()["code"] == code
