"""Roads are closed and opened again by those whose district they run through."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from roads.reading import read_now
from store.tables.land import StreetRow
from tests.api.callers import signed_in
from tests.api.follower import catch_up, now_of, rows_of
from tests.api.live_house import served
from tests.api.test_lists import flat, pages_of
from tests.conftest import DEMO_NOW

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
DORA = signed_in("dispatcher", "dora", districts=("jp",))
YANG = signed_in("dispatcher", "yang", districts=("yl",))
ALL = signed_in("supervisor", "sue")
ADDRESS = "/v1/closures"
IN_JP, IN_YL, NOWHERE = (106.55, 29.56), (107.25, 29.62), (100.0, 20.0)
LATER = (DEMO_NOW + timedelta(days=400)).isoformat()


CORNERS = ((106.54, 29.555), (106.56, 29.555), (106.56, 29.565), (106.54, 29.565))


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


AREA = ring(*CORNERS, CORNERS[0])


def a_street(number: int, lon: float, lat: float) -> dict[str, Any]:
    path = f"SRID=4326;LINESTRING({lon - 0.002} {lat},{lon + 0.002} {lat})"
    return {"id": number, "kind": "primary", "oneway": False, "path": path}


@pytest.fixture(autouse=True)
def streets(demo: Engine) -> Iterator[None]:
    """Lay three streets, and leave nothing closed."""
    places = (IN_JP, (IN_JP[0], IN_JP[1] + 0.002), IN_YL, NOWHERE)
    with demo.begin() as connection:
        rows = [a_street(number, *at) for number, at in enumerate(places, 1)]
        connection.execute(insert(StreetRow), rows)
    yield
    with demo.begin() as connection:
        connection.execute(text("DELETE FROM streets"))
        connection.execute(text("DELETE FROM closures"))
        connection.execute(text("DELETE FROM outbox"))


@pytest.fixture(scope="module")
def http(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield http


async def close(
    client: httpx.AsyncClient, who: dict[str, str] = DORA, **said: Any
) -> httpx.Response:
    return await client.post(ADDRESS, json={"reason": "landslide", **said}, headers=who)


async def listed(client: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    response = await client.get(ADDRESS + query, headers=DORA)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def stirred(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        query = text("SELECT DISTINCT key FROM outbox WHERE kind = 'stir' ORDER BY key")
        return list(connection.scalars(query))


def closed(engine: Engine) -> tuple[int, ...]:
    """Return what the next plan takes for closed."""
    with Session(engine) as session:
        latest = text("SELECT max(declared_at) FROM closures")
        return read_now(session, session.scalar(latest)).conditions.closed


async def test_a_closed_street_is_listed_and_the_next_plan_knows_it(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    told = await close(client, id="slide", streets=[2, 1, 2])

    assert told.status_code == 201, told.text
    assert told.json()["streets"] == [1, 2]
    assert told.json()["declared_by"] == "dora"
    assert told.json()["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [
            [[106.548, 29.56], [106.552, 29.56]], [[106.548, 29.562], [106.552, 29.562]],
        ],
    }  # fmt: skip
    assert await listed(client) == [told.json()]
    assert closed(demo) == (1, 2)
    assert stirred(demo) == ["board/jp", "board/yl"]


async def test_an_area_closes_its_streets_and_bars_what_is_open_in_it(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    told = await close(client, id="gas", area=AREA, until=LATER)
    again = await close(client, id="gas", area=AREA, until=LATER)

    assert told.status_code == 201, told.text
    assert again.json() == told.json()
    assert told.json()["streets"] == [1, 2]
    assert told.json()["area"] == AREA
    assert await listed(client) == [told.json()]
    assert closed(demo) == (1, 2)


async def test_an_area_is_closed_by_those_it_lies_with(client: httpx.AsyncClient) -> None:
    others = await close(client, YANG, area=AREA)
    far = [[[10.0, 10.0], [10.1, 10.0], [10.1, 10.1], [10.0, 10.0]]]
    nowhere = await close(client, area={"type": "Polygon", "coordinates": far})

    assert (others.status_code, others.json()["code"]) == (403, "other_district")
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "area_nowhere")
    assert await listed(client, "?over=true") == []


async def test_a_place_picks_the_street_next_to_it(client: httpx.AsyncClient) -> None:
    near = await close(client, at=[IN_JP[0], IN_JP[1] + 0.0015])
    far = await close(client, at=[IN_JP[0], IN_JP[1] + 0.02])

    assert near.json()["streets"] == [2]
    assert (far.status_code, far.json()["code"]) == (422, "no_street_near")


async def test_a_lifted_closure_is_over_and_still_there(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    await close(client, id="slide", streets=[1])
    with demo.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))
    lifted = await client.post(f"{ADDRESS}/slide/lift", headers=ALL)
    again = await client.post(f"{ADDRESS}/slide/lift", headers=DORA)

    assert lifted.json()["lifted_by"] == "sue"
    assert again.json() == lifted.json()
    assert await listed(client) == []
    assert await listed(client, "?over=true") == [lifted.json()]
    assert stirred(demo) == ["board/jp", "board/yl"]


async def test_the_same_closure_again_is_the_same_and_another_is_refused(
    client: httpx.AsyncClient,
) -> None:
    first = await close(client, id="slide", streets=[1])
    again = await close(client, id="slide", streets=[1])
    other = await close(client, id="slide", streets=[2])
    elses = await close(client, ALL, id="slide", streets=[1])

    assert again.json() == first.json()
    assert [each.json()["code"] for each in (other, elses)] == ["idempotency_key_reused"] * 2
    assert len(await listed(client)) == 1


async def test_an_idempotency_key_is_an_id(client: httpx.AsyncClient) -> None:
    told = await client.post(
        ADDRESS, json={"streets": [1], "reason": "flood"}, headers={**DORA, "Idempotency-Key": "k1"}
    )

    assert told.json()["id"] == "k1"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"streets": [1, 99]}, "street_unknown"),
        ({"streets": []}, "too_short"),
        ({"streets": [1], "at": list(IN_JP)}, "closure_subject"),
        ({}, "closure_subject"),
        ({"kind": "primary"}, "closure_share"),
        ({"streets": [1], "share": 0.5}, "closure_share"),
        ({"kind": "primary", "share": 0}, "too_small"),
        ({"kind": "canal", "share": 0.5}, "not_in_list"),
        ({"streets": [1], "since": LATER, "until": LATER}, "range_reversed"),
        ({"streets": [1], "until": "2024-01-01T00:00:00Z"}, "closure_over"),
        ({"streets": [1], "reason": "x"}, "too_short"),
        ({"area": {"type": "Point", "coordinates": [106.5, 29.5]}}, "area_wrong"),
        ({"area": ring(*CORNERS)}, "area_wrong"),  # its end is not its beginning
        ({"area": ring(*CORNERS[:2], CORNERS[0])}, "area_wrong"),
        ({"area": ring(CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3], CORNERS[0])}, "area_wrong"),
        (
            {"area": ring(*((lat, lon) for lon, lat in (*CORNERS, CORNERS[0])))},
            "coordinates_swapped",
        ),
        ({"area": AREA, "streets": [1]}, "closure_subject"),
        ({"area": AREA, "share": 0.5}, "closure_share"),
    ],
)
async def test_what_cannot_be_closed_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, demo: Engine, said: dict[str, Any], code: str
) -> None:
    told = await close(client, ALL, **said)

    assert told.status_code == 422
    assert code in {told.json()["code"], *(fault["code"] for fault in told.json()["errors"])}
    assert await listed(client, "?over=true") == []
    assert stirred(demo) == []


async def test_an_unknown_street_is_named(client: httpx.AsyncClient) -> None:
    told = await close(client, streets=[1, 99, 98])

    assert told.json()["detail"] == "This land has no street 98, 99."
    assert told.json()["errors"][0]["pointer"] == "/streets"


async def test_streets_are_closed_by_those_they_run_through(client: httpx.AsyncClient) -> None:
    others = await close(client, YANG, streets=[1])
    mixed = await close(client, streets=[1, 3])
    own = await close(client, YANG, id="own", streets=[3])
    nobodys = await close(client, YANG, streets=[4])
    lifted = await client.post(f"{ADDRESS}/own/lift", headers=DORA)

    assert [each.status_code for each in (others, mixed, own, nobodys)] == [403, 403, 201, 201]
    assert others.json()["district"] == "jp"
    assert (lifted.status_code, lifted.json()["code"]) == (403, "other_district")


async def test_roads_are_slow_by_the_word_of_whoever_serves_all_districts(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    slow: Any = {"kind": "primary", "share": 0.5}
    refused = await close(client, **slow)
    kept = await close(client, ALL, **slow)
    await close(client, ALL, area_class="remote", share=0.4)

    assert refused.status_code == 403
    assert (kept.json()["share"], kept.json()["geometry"]) == (0.5, None)
    with Session(demo) as session:
        latest = session.scalar(text("SELECT max(declared_at) FROM closures"))
        now = read_now(session, latest)
    assert (now.conditions.slow, now.pace) == ({"primary": 0.5}, {AreaClass.REMOTE: 0.4})


async def test_closures_are_read_in_pages(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await close(client, id=f"c{number}", streets=[1], since=LATER if number < 3 else None)
    pages = await pages_of(client, ADDRESS, DORA, 2)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [each["id"] for each in flat(pages)] == ["c3", "c4", "c0", "c1", "c2"]


async def test_nobody_lifts_what_is_not_there(client: httpx.AsyncClient) -> None:
    told = await client.post(f"{ADDRESS}/none/lift", headers=DORA)

    assert told.status_code == 404


def test_the_feed_tells_what_is_closed_and_when_it_is_lifted(
    http: httpx.Client, demo: Engine
) -> None:
    since = now_of(http, ALL)
    told = http.post(ADDRESS, json={"id": "slide", "reason": "mud", "streets": [3]}, headers=YANG)
    crew = signed_in("crew", crew="jp-crew-04")
    found = [catch_up(http, who, since=since, kind="closure") for who in (DORA, crew)]
    boxed = catch_up(http, DORA, since=since, bbox="0,0,1,1", district="jp")
    http.post(f"{ADDRESS}/slide/lift", headers=YANG)
    later = catch_up(http, DORA, since=found[0][-1].id, kind="closure")

    assert [rows_of(each) for each in (*found, boxed)] == [[("row", "slide")]] * 3
    assert found[0][0].data["row"] == told.json()
    assert rows_of(later) == [("gone", "slide")]
    assert rows_of(catch_up(http, crew, since=since, kind="closure")) == [("gone", "slide")]
