"""What a call taker finds out while the caller still speaks."""

import httpx
import pytest

from tests.api.callers import a_report, signed_in

TAKER = signed_in("call_taker", "tara")
HOME = "jp-f6-s2-t1-p1"


async def found(client: httpx.AsyncClient, wanted: str, **query: object) -> dict:
    answer = await client.get("/v1/places", params={"q": wanted, **query}, headers=TAKER)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def matched(client: httpx.AsyncClient, **query: object) -> dict:
    answer = await client.get("/v1/matches", params=query, headers=TAKER)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_home_is_found_by_its_id_number_name_and_parts_of_its_address(
    client: httpx.AsyncClient,
) -> None:
    (home,) = (await found(client, HOME))["items"]
    street = home["address_en"].split(", ")[0]
    number, name, _ = street.split(" ")
    ways = {
        "service_point": HOME,
        "phone": home["phone"],
        "name": home["customer"],
        "address": f"{name} {number}",
    }
    told = {by: await found(client, wanted, limit=20) for by, wanted in ways.items()}
    chinese = await found(client, home["address"])

    for by, answer in told.items():
        assert by in {item["by"] for item in answer["items"]}, by
    assert HOME in {item["service_point_id"] for item in told["phone"]["items"]}
    assert chinese["items"][0]["service_point_id"] == HOME
    assert all(name in item["address_en"] for item in told["address"]["items"])


async def test_few_are_shown_and_it_is_said_that_there_are_more(client: httpx.AsyncClient) -> None:
    many = await found(client, "Street", limit=3)
    none = await found(client, "no such street anywhere")
    too_short = await found(client, "P")
    literal = await found(client, "%%")

    assert (len(many["items"]), many["more"]) == (3, True)
    assert (none["items"], too_short["items"], literal["items"]) == ([], [], [])


@pytest.mark.parametrize("role", ["customer", "crew", "auditor", "callback_agent"])
async def test_who_takes_no_calls_looks_nobody_up(client: httpx.AsyncClient, role: str) -> None:
    who = signed_in(role, "x", crew="jp-crew-01") if role == "crew" else signed_in(role, "x")
    answer = await client.get("/v1/places", params={"q": HOME}, headers=who)

    assert (answer.status_code, answer.json()["code"]) == (403, "role_may_not")


async def test_what_was_typed_is_in_no_log(
    client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    await found(client, "19900001234")
    said = capfd.readouterr()

    assert "homes looked up" in said.out + said.err
    assert "19900001234" not in said.out + said.err


async def test_the_outage_that_a_report_would_join_is_the_one_it_joins(
    client: httpx.AsyncClient,
) -> None:
    before = await matched(client, service_point=HOME)
    said = a_report(place={"service_point_id": HOME}, reporter_phone="19912345678")
    first = (await client.post("/v1/reports", json=said, headers=TAKER)).json()
    neighbour = HOME.replace("p1", "p2")
    after = await matched(client, service_point=neighbour, phone="19912345678")
    (joins,) = [each for each in after["outages"] if each["joins"]]
    second = a_report(place={"service_point_id": neighbour})
    joined = (await client.post("/v1/reports", json=second, headers=TAKER)).json()

    assert not any(each["joins"] for each in before["outages"])
    assert (joins["id"], joins["why"]) == (first["outage"]["id"], "transformer")
    assert joined["outage"]["id"] == joins["id"]
    assert [each["same_phone"] for each in after["earlier"]] == [True]
    assert before["arrival_minutes"] == 45


async def test_a_bare_point_has_matches_and_nowhere_has_none(client: httpx.AsyncClient) -> None:
    home = await matched(client, service_point=HOME)
    lon, lat = home["at"]["coordinates"]
    point = await matched(client, lon=lon, lat=lat)
    nowhere = await client.get("/v1/matches", headers=TAKER)
    away = await client.get("/v1/matches", params={"lon": 0, "lat": 0}, headers=TAKER)

    assert point["district"] == home["district"]
    assert nowhere.json()["code"] == "place_missing"
    assert away.json()["code"] == "outside_service_area"


async def test_one_home_darkens_a_transformer_and_two_transformers_a_section(
    client: httpx.AsyncClient,
) -> None:
    outage = ""
    extents = []
    for home in ("jp-f7-s1-t1-p1", "jp-f7-s1-t2-p1"):
        said = a_report(place={"service_point_id": home})
        told = (await client.post("/v1/reports", json=said, headers=TAKER)).json()
        outage = told["outage"]["id"]
        answer = await client.get(f"/v1/outages/{outage}/extent", headers=TAKER)
        extents.append(answer.json())
    whats = [[each["properties"]["what"] for each in extent["features"]] for extent in extents]

    assert [extent["kind"] for extent in extents] == ["transformer", "section"]
    assert whats[0] == ["transformer"]
    assert {"section", "transformer"} <= set(whats[1])
    assert extents[1]["customers"] > extents[0]["customers"] > 0
