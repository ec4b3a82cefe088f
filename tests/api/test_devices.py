"""Which device is open: asked for candidates, confirmed, corrected, and told in the story."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.api.callers import signed_in
from tests.api.house import Mouth
from tests.api.test_merging import ask, opened, told

pytestmark = pytest.mark.timeout(180)
SWITCHES = """
INSERT INTO devices (id, kind, name, section_id, tie_section_id, normally_open, at)
SELECT 'sw-' || s.id, CASE WHEN s.parent_section_id IS NULL THEN 'breaker' ELSE 'switch' END,
    upper(s.id), s.id, NULL, false, ST_StartPoint(s.path)
FROM sections s WHERE s.id LIKE 'jp-f3-%'
ON CONFLICT DO NOTHING
"""


@pytest.fixture
def switched(mouth: Mouth) -> Mouth:
    """An installation with a device at the head of every section of one feeder."""
    with mouth.engine.begin() as connection:
        connection.execute(text(SWITCHES))
    return mouth


async def read(mouth: Mouth, path: str, role: str = "dispatcher", **query: Any) -> httpx.Response:
    return await mouth.http.get(f"/v1/outages/{path}", params=query, headers=signed_in(role))


async def known(mouth: Mouth, outage: str, device: str) -> dict[str, Any]:
    """Wait until the rows say that a device was confirmed."""

    async def said() -> dict[str, Any] | None:
        shown = await mouth.outage(outage)
        return shown if shown["device"] == device else None

    return await mouth.until(said)


def both_are_told(english: list[str], chinese: list[str]) -> None:
    said = [line for line in english if "is open" in line]
    assert len(said) == 2
    assert "breaker JP-F3-S1 is open" in said[0]
    assert "not JP-F3-S1 but switch JP-F3-S2 is open" in said[1]
    said = [line for line in chinese if "JP-F3" in line]
    assert "断路器 JP-F3-S1 已断开" in said[0]
    assert "更正" in said[1]
    assert all("{" not in line for line in english + chinese)


async def test_a_device_is_confirmed_and_corrected_and_both_are_in_the_story(
    switched: Mouth,
) -> None:
    outage, _ = await opened(switched, "jp-f3-s2-t1-p1")
    before = await switched.outage(outage)
    around = (await read(switched, f"{outage}/devices")).json()
    wide = next(each for each in around["items"] if each["id"] == "sw-jp-f3-s1")
    drawn = (await read(switched, f"{outage}/extent", device=wide["id"])).json()
    done = await ask(
        switched, outage, kind="confirm_device", network_device=wide["id"], id="seen-open"
    )
    confirmed = await known(switched, outage, wide["id"])
    again = await ask(
        switched, outage, kind="confirm_device", network_device=wide["id"], id="seen-open"
    )
    same = await ask(switched, outage, kind="confirm_device", network_device=wide["id"])
    right = await ask(switched, outage, kind="confirm_device", network_device="sw-jp-f3-s2")
    corrected = await known(switched, outage, "sw-jp-f3-s2")
    after = (await read(switched, f"{outage}/devices")).json()
    extent = (await read(switched, f"{outage}/extent")).json()
    stories = {lang: await told(switched, outage, lang) for lang in ("en", "zh")}

    assert (before["device"], around["confirmed"]) == (None, None)
    assert "confirm_device" in {each["action"] for each in before["allowed"]}
    assert (around["items"][0]["id"], around["items"][0]["where"]) == (
        "jp-f3-s2-t1", "suspected",
    )  # fmt: skip
    assert done.status_code == 200, done.text
    assert again.json()["repeated"] is True
    assert (same.status_code, same.json()["code"]) == (409, "nothing_to_do")
    assert confirmed["customers"] == confirmed["customers_off"] == wide["customers"]
    assert drawn["customers"] == wide["customers"]
    assert confirmed["at"] == wide["at"] != before["at"]
    assert confirmed["stage"] == "confirmed"
    assert right.status_code == 200, right.text
    assert corrected["customers"] == extent["customers"] < wide["customers"]
    assert (extent["device"], after["confirmed"]) == ("sw-jp-f3-s2", "sw-jp-f3-s2")
    both_are_told(stories["en"], stories["zh"])


async def test_orders_below_a_device_are_named_and_later_calls_from_there_join(
    switched: Mouth,
) -> None:
    outage, _ = await opened(switched, "jp-f3-s1-t1-p1")
    other, _ = await opened(switched, "jp-f3-s4-t5-p1")
    await ask(switched, outage, kind="confirm_device", network_device="sw-jp-f3-s1")
    await known(switched, outage, "sw-jp-f3-s1")
    around = (await read(switched, f"{outage}/devices")).json()
    joined = await switched.report("jp-f3-s3-t5-p1")
    near = await switched.http.get(
        "/v1/matches",
        params={"service_point": "jp-f3-s3-t5-p2"},
        headers=signed_in("call_taker", "tara"),
    )

    device = next(each for each in around["items"] if each["id"] == around["confirmed"])
    assert other in {each["id"] for each in device["outages"]}
    assert joined["outage"]["id"] == outage
    assert [each["id"] for each in near.json()["outages"] if each["joins"]] == [outage]


async def test_what_cannot_be_open_is_refused_and_nobody_else_may_say_it(
    switched: Mouth,
) -> None:
    outage, _ = await opened(switched, "jp-f3-s2-t2-p1")

    async def said(role: str = "dispatcher", **body: Any) -> tuple[int, str]:
        answer = await ask(switched, outage, role, kind="confirm_device", **body)
        return answer.status_code, answer.json()["code"]

    held = {"kind": "switch", "place": {"lon": 106.5, "lat": 29.5}, "customers": 1}
    refusals = {
        "unknown": await said(network_device="no-such-device"),
        "elsewhere": await said(network_device="jp-f4-s1-t1"),
        "role": await said("call_taker", network_device="sw-jp-f3-s2"),
        "unsaid": await said(),
        "invented": await said(network_device="sw-jp-f3-s2", held=held),
    }
    drawn = await read(switched, f"{outage}/extent", device="jp-f4-s1-t1")
    nothing = await read(switched, f"{outage}/extent", device="no-such-device")
    unknown = await read(switched, "out_0/devices")

    assert refusals == {
        "unknown": (422, "device_unknown"),
        "elsewhere": (422, "device_elsewhere"),
        "role": (403, "role_may_not"),
        "unsaid": (422, "invalid_request"),
        "invented": (422, "invalid_request"),
    }
    assert (drawn.status_code, drawn.json()["code"]) == (422, "device_elsewhere")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "device_unknown")
    assert unknown.json()["code"] == "outage_unknown"


async def test_a_point_on_the_map_finds_the_homes_around_it_the_nearest_first(
    client: httpx.AsyncClient,
) -> None:
    taker = signed_in("call_taker", "tara")

    async def places(**query: Any) -> httpx.Response:
        return await client.get("/v1/places", params=query, headers=taker)

    home = (await places(q="jp-f6-s2-t1-p1")).json()["items"][0]
    lon, lat = home["at"]["coordinates"]
    found = (await places(near=f"{lon},{lat}", limit=5)).json()
    nowhere = (await places(near="0,0")).json()
    codes = [
        (await places(**query)).json()["errors"][0]["code"]
        for query in ({}, {"q": "x", "near": "1,2"}, {"near": "north"}, {"near": "1"})
    ]
    swapped = (await places(near=f"{lat},{lon}")).json()["code"]

    assert found["items"][0]["service_point_id"] == home["service_point_id"]
    assert (found["items"][0]["metres"], found["items"][0]["by"]) == (0, "point")
    far = [each["metres"] for each in found["items"]]
    assert far == sorted(far)
    assert far[-1] <= 300
    assert home["metres"] is None
    assert nowhere == {"items": [], "more": False}
    assert codes == ["place_subject", "place_subject", "coordinates_wrong", "coordinates_wrong"]
    assert swapped == "coordinates_swapped"
