"""Lists are read page by page, and what an address does not know is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from api.document import roles_of
from api.routes import ROUTES
from store import plan_runs
from store.plan_runs import PlanRun
from store.tables.delivery import OutboxRow
from tests.api.callers import a_report, signed_in
from tests.conftest import DEMO_NOW

DORA = signed_in("dispatcher", "dora")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


async def pages_of(
    client: httpx.AsyncClient, path: str, who: dict[str, str], limit: int
) -> list[list[Any]]:
    """Follow a list to its end by its Link headers."""
    pages, following = [], f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while following:
        response = await client.get(following, headers=who)
        assert response.status_code == 200, response.text
        pages.append(response.json()["items"])
        link = response.headers.get("link", "")
        assert bool(link) == bool(response.json()["next_cursor"])
        following = link.partition(">")[0].removeprefix("<")
    return pages


def flat(pages: list[list[Any]]) -> list[Any]:
    return [item for page in pages for item in page]


async def test_a_timeline_is_read_in_pages_and_nothing_is_told_twice(
    client: httpx.AsyncClient,
) -> None:
    told = [
        (await client.post("/v1/reports", json=a_report(), headers=DORA)).json() for _ in range(5)
    ]
    path = f"/v1/outages/{told[0]['outage']['id']}/timeline"
    whole = (await client.get(path, headers=DORA)).json()
    pages = await pages_of(client, path, DORA, 2)

    assert len(whole["items"]) >= 5
    assert whole["next_cursor"] is None
    assert {len(page) for page in pages[:-1]} == {2}
    assert flat(pages) == whole["items"]


async def test_crews_are_read_in_pages(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/v1/crews", headers=DORA)).json()["items"]
    equipped = [each["id"] for each in whole if "generator_truck" in each["kit"]]
    assert equipped == ["jp-crew-12", "jp-crew-14"]
    pages = await pages_of(client, "/v1/crews", DORA, 5)

    assert len(pages) > 2
    assert [crew["id"] for crew in flat(pages)] == [crew["id"] for crew in whole]


async def test_plans_of_one_moment_are_read_in_pages(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    with Session(demo) as session, session.begin():
        for number in range(5):
            run = PlanRun(
                f"run_{number}", "jp", DEMO_NOW, "advise", "s", f"p{number}", "count", "x", 1,
                "stir", "proposed",
            )  # fmt: skip
            plan_runs.add(session, run, DEMO_NOW)
    pages = await pages_of(client, "/v1/boards/jp/plans", DORA, 2)
    nowhere = await client.get("/v1/boards/nowhere/plans", headers=DORA)

    assert [run["id"] for run in flat(pages)] == [f"run_{n}" for n in (4, 3, 2, 1, 0)]
    assert nowhere.json()["code"] == "district_unknown"


async def test_dead_letters_are_read_in_pages_and_only_those_of_ones_own_districts(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    with Session(demo) as session, session.begin():
        session.execute(
            insert(OutboxRow),
            [
                {
                    "kind": "stir", "key": f"board/{place}/{n}", "body": {}, "district_id": place,
                    "at": NOW, "available_at": NOW + timedelta(days=9), "attempts": 10,
                    "dead_at": NOW,
                }
                for n in range(3)
                for place in ("jp", "yl", None)
            ],
        )  # fmt: skip
    mine = signed_in("supervisor", districts=("jp",))
    pages = await pages_of(client, "/v1/dead-letters", mine, 4)
    everything = await pages_of(client, "/v1/dead-letters", signed_in("supervisor"), 200)
    theirs = next(each for each in flat(everything) if each["district"] == "yl")
    stolen = await client.post(f"/v1/dead-letters/{theirs['id']}/revive", headers=mine)

    assert [letter["district"] for letter in flat(pages)] == ["jp", None] * 3
    assert len(flat(everything)) == 9
    assert stolen.json()["code"] == "not_found"


def reads() -> list[tuple[str, str]]:
    return sorted(
        (route.path, (roles_of(route) or ["admin"])[0])
        for route in ROUTES
        if "GET" in route.methods and route.path.startswith("/v1/")
    )


@pytest.mark.parametrize(("path", "role"), reads(), ids=[path for path, _ in reads()])
async def test_looking_back_is_refused_and_never_ignored(
    client: httpx.AsyncClient, path: str, role: str
) -> None:
    path = path.replace("{message_id}", "1").replace(":path", "")
    response = await client.get(f"{path}?as_of=2026-03-01T00:00:00Z", headers=signed_in(role))

    assert (response.status_code, response.json()["code"]) == (422, "as_of_not_yet")


async def test_every_parameter_that_is_not_known_is_named(client: httpx.AsyncClient) -> None:
    one = await client.get("/v1/outages?distrct=jp", headers=DORA)
    two = await client.get("/v1/outages?distrct=jp&page=2&limit=5", headers=DORA)

    assert (one.status_code, one.json()["code"]) == (422, "unknown_parameter")
    assert [fault["pointer"] for fault in two.json()["errors"]] == ["/distrct", "/page"]
    assert {fault["location"] for fault in two.json()["errors"]} == {"query"}


@pytest.mark.parametrize(
    "cursor",
    ["WzFd", "WyJhIiwiYiIsMSwiYyIsImQiXQ", "W251bGxd", "%F0%9F%92%A1", "W10",
     "WyIyMDI2LTAzLTAyVDAwOjAwOjAwIiwxLDEsImEiLCJiIl0"],
)  # fmt: skip
async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    taken = (await client.post("/v1/reports", json=a_report(), headers=DORA)).json()
    path = f"/v1/outages/{taken['outage']['id']}/timeline?cursor={cursor}"
    response = await client.get(path, headers=DORA)

    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")
