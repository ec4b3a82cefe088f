"""What a crew carries is told by itself or its dispatchers, and shown with it."""

import httpx

from tests.api.callers import signed_in

CREW = signed_in("crew", crew="jp-crew-05")
DISPATCHER = signed_in("dispatcher")
ELSEWHERE = signed_in("dispatcher", districts=["yl"])
PATH = "/v1/crews/jp-crew-05/parts"


async def test_a_crew_tells_what_it_carries_and_a_dispatcher_corrects_it(
    client: httpx.AsyncClient,
) -> None:
    before = await client.get("/v1/crews/jp-crew-05", headers=CREW)
    told = await client.put(PATH, json={"parts": {"fuse": 6, "pole": 1}}, headers=CREW)
    mended = await client.put(PATH, json={"parts": {"fuse": 5}}, headers=DISPATCHER)
    shown = await client.get("/v1/crews/jp-crew-05", headers=CREW)
    ended = await client.put(PATH, json={"parts": None}, headers=DISPATCHER)

    assert before.json()["parts"] is None
    assert (told.status_code, told.json()["parts"]) == (200, {"fuse": 6, "pole": 1})
    assert mended.json()["parts"] == shown.json()["parts"] == {"fuse": 5}
    assert ended.json()["parts"] is None


async def test_parts_of_others_and_what_is_no_count_are_refused(client: httpx.AsyncClient) -> None:
    other = signed_in("crew", crew="jp-crew-04")
    by_other = await client.put(PATH, json={"parts": {}}, headers=other)
    afar = await client.put(PATH, json={"parts": {}}, headers=ELSEWHERE)
    nobody = await client.put("/v1/crews/none/parts", json={"parts": {}}, headers=DISPATCHER)
    below = await client.put(PATH, json={"parts": {"fuse": -1}}, headers=CREW)
    named = await client.put(PATH, json={"parts": {"Fuse 10 A": 1}}, headers=CREW)

    assert (by_other.status_code, by_other.json()["code"]) == (403, "other_crew")
    assert (afar.status_code, afar.json()["code"]) == (403, "other_district")
    assert nobody.status_code == 404
    assert below.status_code == named.status_code == 422
    assert below.json()["errors"][0]["pointer"] == "/parts/fuse"
