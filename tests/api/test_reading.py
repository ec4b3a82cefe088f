"""Reads: pages that fit together, scopes that hold, persons only for those who deal with them."""

import httpx
import pytest

from tests.api.callers import a_report, signed_in

DESK = signed_in("dispatcher", "dora")
NAMED = {
    "reporter_name": "王安宁",
    "reporter_phone": "13900000001",
    "note": "the dog bites",
}


@pytest.fixture
async def five(client: httpx.AsyncClient) -> list[dict[str, object]]:
    """Five outages under five feeders, and one in the neighbouring district."""
    points = [*(f"jp-f{n}-s1-t1-p1" for n in range(1, 6)), "yl-f1-s1-t1-p1"]
    taker = signed_in("call_taker", "tara")
    told = [
        await client.post(
            "/v1/reports", json=a_report(place={"service_point_id": p}, **NAMED), headers=taker
        )
        for p in points
    ]
    return [answer.json() for answer in told]


async def test_pages_of_a_list_follow_each_other_without_gap_or_repeat(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    whole = (await client.get("/v1/outages", headers=DESK)).json()["items"]
    first = await client.get("/v1/outages?limit=2", headers=DESK)
    seen, url = list(first.json()["items"]), first.links["next"]["url"]
    while url:
        page = await client.get(url, headers=DESK)
        seen += page.json()["items"]
        url = page.links.get("next", {}).get("url")

    assert [item["id"] for item in seen] == [item["id"] for item in whole]
    assert len({item["id"] for item in seen}) == len(seen) >= 6


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "WyJhIl0", "Wy0xXQ", "WzFlOTld"])
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    response = await client.get(f"/v1/outages?cursor={cursor}", headers=DESK)

    assert (response.status_code, response.json()["code"]) == (422, "cursor_invalid")


async def test_a_box_a_district_and_a_stage_narrow_the_list(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    async def ids(query: str) -> set[str]:
        response = await client.get(f"/v1/outages?limit=200&{query}", headers=DESK)
        assert response.status_code == 200, response.text
        return {item["id"] for item in response.json()["items"]}

    neighbour = five[5]["outage"]["id"]
    assert neighbour in await ids("district=yl")
    assert neighbour not in await ids("district=jp")
    assert neighbour in await ids("bbox=107,29.3,107.6,29.9")
    assert neighbour not in await ids("bbox=106,29.3,106.9,29.9")
    assert await ids("stage=closed") == set()
    assert neighbour in await ids("live=true&status=predicted")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("bbox=1,2,3", "coordinates_wrong"),
        ("bbox=a,b,c,d", "coordinates_wrong"),
        ("bbox=nan,nan,nan,nan", "coordinates_wrong"),
        ("bbox=107,30,106,29", "range_reversed"),
        ("limit=0", "too_small"),
        ("limit=x", "not_a_number"),
        ("stage=lost", "not_in_list"),
    ],
)
async def test_a_query_that_cannot_be_used_is_a_problem(
    client: httpx.AsyncClient, query: str, fault: str
) -> None:
    response = await client.get(f"/v1/outages?{query}", headers=DESK)

    problem = response.json()
    assert (response.status_code, problem["errors"][0]["code"]) == (422, fault)
    assert problem["errors"][0]["location"] == "query"


async def test_an_outage_shows_its_promise_and_its_number_as_etag(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    told = five[0]
    response = await client.get(f"/v1/outages/{told['outage']['id']}", headers=DESK)

    shown = response.json()
    assert response.headers["etag"] == f'"{shown["seq"]}"'
    assert shown["promise"]["arrival_by"] == told["promised_arrival_at"]
    assert shown["promise"]["policy"].startswith("state_grid_ceiling")
    assert shown["callbacks"]["without_outcome"] == shown["reports"]


async def test_the_people_of_one_district_do_not_see_another(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    elsewhere = signed_in("dispatcher", districts=("yl",))
    listed = await client.get("/v1/outages?limit=200", headers=elsewhere)
    one = await client.get(f"/v1/outages/{five[0]['outage']['id']}", headers=elsewhere)
    story = await client.get(f"/v1/outages/{five[0]['outage']['id']}/timeline", headers=elsewhere)
    report = await client.get(f"/v1/reports/{five[0]['report']['id']}", headers=elsewhere)
    asked = await client.get("/v1/outages?district=jp", headers=elsewhere)
    board = await client.get("/v1/boards/jp", headers=elsewhere)
    crew = await client.get("/v1/crews/jp-crew-01", headers=elsewhere)

    assert {item["district"] for item in listed.json()["items"]} == {"yl"}
    assert (report.status_code, report.json()["code"]) == (404, "not_found")
    for refused in (one, story, asked, board, crew):
        assert (refused.status_code, refused.json()["code"]) == (403, "other_district")


async def test_only_those_who_deal_with_persons_see_them(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    path = f"/v1/reports/{five[0]['report']['id']}"
    by_role = {
        role: (await client.get(path, headers=signed_in(role))).json()
        for role in ("call_taker", "dispatcher", "callback_agent", "supervisor", "admin")
    }
    audited = await client.get(path, headers=signed_in("auditor"))
    by_crew = await client.get(path, headers=signed_in("crew"))
    told = await client.get(
        f"/v1/outages/{five[0]['outage']['id']}/timeline", headers=signed_in("auditor")
    )

    assert {shown["reporter_phone"] for shown in by_role.values()} == {"13900000001"}
    assert by_crew.status_code == 403
    for hidden in (audited.text, told.text):
        assert not any(value in hidden for value in NAMED.values())
    assert audited.json()["number"] == five[0]["report"]["number"]


async def test_a_customer_sees_the_reports_of_their_own_and_no_others(
    client: httpx.AsyncClient, five: list[dict[str, object]]
) -> None:
    anna, berta = signed_in("customer", "anna"), signed_in("customer", "berta")
    own = await client.post("/v1/reports", json=a_report(channel="app"), headers=anna)
    path = f"/v1/reports/{own.json()['report']['id']}"

    listed = await client.get("/v1/reports", headers=anna)

    assert [item["id"] for item in listed.json()["items"]] == [own.json()["report"]["id"]]
    assert (await client.get(path, headers=anna)).status_code == 200
    assert (await client.get(path, headers=berta)).status_code == 404
    assert (await client.get("/v1/reports", headers=berta)).json()["items"] == []
    other = await client.get(f"/v1/reports/{five[0]['report']['id']}", headers=anna)
    assert other.status_code == 404


async def test_a_crew_sees_itself_and_its_route_only(client: httpx.AsyncClient) -> None:
    crew = signed_in("crew", crew="jp-crew-01")
    listed = await client.get("/v1/crews", headers=crew)
    own = await client.get("/v1/crews/jp-crew-01/route", headers=crew)
    other = await client.get("/v1/crews/jp-crew-02/route", headers=crew)
    desk = await client.get("/v1/crews?district=jp", headers=DESK)

    assert [item["id"] for item in listed.json()["items"]] == ["jp-crew-01"]
    assert own.json()["items"] == []
    assert (other.status_code, other.json()["code"]) == (403, "other_crew")
    assert len(desk.json()["items"]) == 14
    assert desk.json()["items"][0]["position"]["at"]["type"] == "Point"


async def test_the_gauges_count_what_waits(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text

    assert "relight_outbox_depth" in text
    assert "relight_database_up 1.0" in text
    assert "relight_open_outages" in text


async def test_an_address_is_told_in_english_too_unless_the_reporter_said_another(
    client: httpx.AsyncClient,
) -> None:
    home = {"service_point_id": "jp-f1-s1-t1-p1"}
    found = (await client.get("/v1/places?q=jp-f1-s1-t1-p1", headers=DESK)).json()["items"][0]

    async def report(place: dict[str, str]) -> tuple[str | None, str | None]:
        taker = signed_in("call_taker", "tara")
        taken = await client.post("/v1/reports", json=a_report(place=place), headers=taker)
        path = f"/v1/reports/{taken.json()['report']['id']}"
        told = (await client.get(path, headers=DESK)).json()
        return told["address"], told["address_en"]

    assert await report(home) == (found["address"], found["address_en"])
    assert await report(home | {"address": "the red door"}) == ("the red door", None)
