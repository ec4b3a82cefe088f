"""Maps over HTTP: what there is, tiles that are kept by version, and who sees the network."""

from datetime import UTC, datetime

import httpx
import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.api.callers import signed_in
from tests.store.test_tiles import AT, around, lay_land

DORA = signed_in("dispatcher", "dora")
CARL = signed_in("customer", "carl")
SPOT = "/".join(map(str, around(*AT, 13)))


@pytest.fixture(autouse=True)
def land(demo: Engine, app: FastAPI) -> None:
    """The demo with a land, laid in once for the module."""
    with Session(demo) as session, session.begin():
        if session.scalar(text("SELECT count(*) FROM land")) == 0:
            lay_land(session)
    app.state.office.tiles.learn_nothing()


async def test_a_map_begins_with_one_answer(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/map", headers=DORA)).json()

    assert told["land"]["attribution"] == "© somebody"
    assert told["land"]["bounds"] == pytest.approx([106.45, 29.46, 106.65, 29.66])
    assert told["land"]["tiles"] == [
        f"/v1/tiles/land/{{z}}/{{x}}/{{y}}?v={told['land']['version']}"
    ]
    assert told["network"]["vector_layers"][0] == "areas"
    assert [each["id"] for each in told["districts"]] == ["jp", "yl"]
    assert told["districts"][0]["time_zone"] == "Asia/Shanghai"
    west, south, east, north = told["bounds"]
    assert west < AT[0] < east
    assert south < AT[1] < north
    assert told["base"] is None


async def test_customers_see_the_land_and_not_the_network(client: httpx.AsyncClient) -> None:
    begun = (await client.get("/v1/map", headers=CARL)).json()
    land = await client.get(f"/v1/tiles/land/{SPOT}", headers=CARL)
    network = await client.get(f"/v1/tiles/network/{SPOT}", headers=CARL)

    assert begun["network"] is None
    assert "roads" in mapbox_vector_tile.decode(land.content)
    assert (network.status_code, network.json()["code"]) == (403, "role_may_not")


@pytest.mark.parametrize("kind", ["land", "network"])
async def test_strangers_see_no_tile(client: httpx.AsyncClient, kind: str) -> None:
    told = await client.get(f"/v1/tiles/{kind}/{SPOT}")

    assert (told.status_code, told.json()["code"]) == (401, "token_missing")


async def test_staff_of_a_district_see_its_network_and_a_crew_sees_all(
    client: httpx.AsyncClient,
) -> None:
    elsewhere = signed_in("dispatcher", "yan", districts=("yl",))
    crew = signed_in("crew", "lead", districts=("yl",), crew="yl-crew-01")
    theirs = await client.get(f"/v1/tiles/network/{SPOT}", headers=elsewhere)
    lent = await client.get(f"/v1/tiles/network/{SPOT}", headers=crew)
    own = await client.get(f"/v1/tiles/network/{SPOT}", headers=DORA)

    assert theirs.content == b""
    assert lent.content == own.content
    assert "feeders" in mapbox_vector_tile.decode(own.content)


async def test_a_tile_that_is_held_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA)
    tag = {"If-None-Match": first.headers["etag"]}
    again = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA | tag)

    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert first.headers["content-encoding"] == "gzip"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_tile_asked_for_by_its_version_may_be_kept(client: httpx.AsyncClient) -> None:
    begun = (await client.get("/v1/map", headers=DORA)).json()
    named = begun["land"]["tiles"][0]
    z, x, y = SPOT.split("/")
    by_version = await client.get(named.format(z=z, x=x, y=y), headers=DORA)
    by_another = await client.get(f"/v1/tiles/land/{SPOT}?v=old", headers=DORA)
    network = begun["network"]["tiles"][0].format(z=z, x=x, y=y)
    own = await client.get(network, headers=DORA)

    assert "immutable" in by_version.headers["cache-control"]
    assert by_another.headers["cache-control"] == "private, no-cache"
    assert own.headers["cache-control"] == "private, no-cache"


async def test_another_land_has_other_tags_and_other_tiles(
    client: httpx.AsyncClient, app: FastAPI, demo: Engine
) -> None:
    before = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA)
    with demo.begin() as connection:
        connection.execute(text("UPDATE streets SET name_en = 'New' WHERE id = 1"))
        connection.execute(text("UPDATE land SET loaded_at = :now"), {"now": datetime.now(UTC)})
    unseen = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA)
    app.state.office.tiles.learn_nothing()
    after = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA)

    assert unseen.content == before.content, "it is looked up every five seconds only"
    assert after.headers["etag"] != before.headers["etag"]
    assert b"New" in after.content


@pytest.mark.parametrize(
    ("spot", "pointer", "code"),
    [("2/4/0", "/x", "too_large"), ("2/0/4", "/y", "too_large"), ("17/0/0", "/z", "too_large"),
     ("a/0/0", "/z", "not_a_number"), ("1/-1/0", "/x", "too_small")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["land", "network"])
async def test_a_tile_that_cannot_be_is_a_problem(
    client: httpx.AsyncClient, kind: str, spot: str, pointer: str, code: str
) -> None:
    told = await client.get(f"/v1/tiles/{kind}/{spot}", headers=DORA)
    (fault,) = told.json()["errors"]

    assert told.status_code == 422
    assert told.headers["content-type"] == "application/problem+json"
    assert (fault["pointer"], fault["code"], fault["location"]) == (pointer, code, "path")


async def test_without_packing_a_tile_is_sent_plain(client: httpx.AsyncClient) -> None:
    plain = {"Accept-Encoding": "identity"}
    told = await client.get(f"/v1/tiles/land/{SPOT}", headers=DORA | plain)

    assert "content-encoding" not in told.headers
    assert "roads" in mapbox_vector_tile.decode(told.content)
