"""Merging and splitting orders over HTTP: who may, what is refused at once, what the story says."""

import pytest

from tests.api.callers import signed_in
from tests.api.house import Mouth

pytestmark = pytest.mark.timeout(180)
HERE, THERE, ELSEWHERE = "jp-f1-s1-t1-p1", "jp-f2-s1-t1-p1", "yl-f1-s1-t1-p1"


async def ask(mouth: Mouth, outage: str, role: str = "dispatcher", **body: object):
    return await mouth.http.post(
        f"/v1/outages/{outage}/actions", json=body, headers=signed_in(role, "dora")
    )


async def opened(mouth: Mouth, home: str, **said: object) -> tuple[str, str]:
    told = await mouth.report(home, **said)
    outage = told["outage"]["id"]

    async def lives() -> bool:
        return (await mouth.outage(outage))["seq"] > 0

    await mouth.until(lives)
    return outage, told["report"]["id"]


async def told(mouth: Mouth, outage: str, language: str) -> list[str]:
    story = await mouth.http.get(
        f"/v1/outages/{outage}/timeline",
        headers=signed_in("auditor") | {"Accept-Language": language},
    )
    return [line["sentence"] for line in story.json()["items"]]


async def test_two_orders_become_one_and_both_stories_say_so(mouth: Mouth) -> None:
    giver, report = await opened(mouth, HERE)
    taker, _ = await opened(mouth, THERE)
    shown = await mouth.outage(giver)
    done = await ask(mouth, giver, kind="merge", into=taker, id="same-cause")

    async def merged() -> bool:
        return (await mouth.outage(giver))["status"] == "merged"

    await mouth.until(merged)
    over, whole = await mouth.outage(giver), await mouth.outage(taker)
    again = await ask(mouth, giver, kind="merge", into=taker, id="same-cause")
    late = await ask(mouth, giver, kind="urge", reason="caller_waits")
    asked = await mouth.http.get(f"/v1/reports/{report}", headers=signed_in("call_taker"))
    stories = {lang: await told(mouth, giver, lang) + await told(mouth, taker, lang)
               for lang in ("en", "zh")}  # fmt: skip

    # One report alone has nothing to be split from.
    assert {i["action"] for i in shown["allowed"]} & {"merge", "split"} == {"merge"}
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "merging"
    assert (over["merged_into"], over["stage"], over["reports"]) == (taker, "closed", 0)
    assert (whole["reports"], whole["allowed"] != []) == (2, True)
    assert again.json()["repeated"] is True
    assert (late.status_code, late.json()["code"], late.json()["outage"]) == (
        409,
        "moved_to",
        taker,
    )
    assert asked.json()["outage"]["id"] == taker
    number = str(whole["number"])
    assert any("Merged into order" in line and number in line for line in stories["en"])
    assert any("已接收工单" in line for line in stories["zh"])
    assert all("{" not in line for lines in stories.values() for line in lines)


async def test_what_cannot_be_merged_or_split_is_refused_before_anything_begins(
    mouth: Mouth,
) -> None:
    outage, report = await opened(mouth, HERE)
    other, _ = await opened(mouth, ELSEWHERE)
    tried = {
        "role": await ask(mouth, outage, "call_taker", kind="merge", into=other),
        "district": await ask(mouth, outage, kind="merge", into=other),
        "itself": await ask(mouth, outage, kind="merge", into=outage),
        "unknown": await ask(mouth, outage, kind="merge", into="out_0"),
        "all": await ask(mouth, outage, kind="split", reports=[report]),
        "none": await ask(mouth, outage, kind="split", transformers=["jp-f9-s1-t1"]),
    }

    assert {name: answer.json()["code"] for name, answer in tried.items()} == {
        "role": "role_may_not",
        "district": "merge_across_districts",
        "itself": "merge_into_itself",
        "unknown": "outage_unknown",
        "all": "split_takes_all",
        "none": "split_takes_none",
    }
    assert (await mouth.outage(outage))["status"] in ("queued", "dispatched")


async def test_a_report_that_is_split_off_goes_on_under_an_order_of_its_own(
    mouth: Mouth,
) -> None:
    outage, _ = await opened(mouth, HERE)
    _, second = await opened(mouth, "jp-f1-s1-t1-p2")

    async def heard() -> bool:
        listed = (await mouth.outage(outage))["allowed"]
        return "split" in {item["action"] for item in listed}

    await mouth.until(heard)
    done = await ask(mouth, outage, kind="split", reports=[second])

    async def moved() -> str | None:
        answer = await mouth.http.get(f"/v1/reports/{second}", headers=signed_in("call_taker"))
        found = answer.json()["outage"]["id"]
        return None if found == outage else found

    async def said() -> bool:
        lines = await told(mouth, outage, "en")
        return any("went on under order" in line for line in lines)

    new = await mouth.until(moved)
    await mouth.until(said)

    assert done.status_code == 200, done.text
    assert (await mouth.outage(new))["parent"] == outage
