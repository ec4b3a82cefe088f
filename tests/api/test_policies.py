"""Policies are read by those who answer for them, and chosen per district with a reason."""

import hashlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.app import create_app
from api.temporal_line import TemporalLine
from domain.policy import Policy
from relight.packs import packs_in
from relight.settings import CODE
from tests.api.callers import KEY, NOWHERE, a_report, signed_in
from tests.api.conftest import HOOKS

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
BOSS = signed_in("supervisor")
ADDRESS = "/v1/districts/jp/policy"


@pytest.fixture(scope="module")
def app(demo: Engine, policy: Policy) -> FastAPI:
    packs = [read for _, read in packs_in(CODE / "policies") if isinstance(read, Policy)]
    line = TemporalLine(NOWHERE, "relight")
    return create_app(engine=demo, temporal=line, policy=policy, packs=packs, token_key=KEY)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    base = "http://relight.test"
    async with httpx.AsyncClient(transport=transport, base_url=base, event_hooks=HOOKS) as client:
        yield client


async def choose(
    client: httpx.AsyncClient, policy: str | None, reason: str = "the new contract"
) -> httpx.Response:
    tag = (await client.get(ADDRESS, headers=BOSS)).headers["ETag"]
    body = {"policy": policy, "reason": reason}
    return await client.put(ADDRESS, json=body, headers={**BOSS, "If-Match": tag})


@pytest.fixture(autouse=True)
async def nothing_chosen(client: httpx.AsyncClient) -> None:
    """Take back what another test chose: the database is the module's."""
    await choose(client, None, "as everybody else")


async def test_the_installed_policies_are_listed_with_what_they_promise(
    client: httpx.AsyncClient,
) -> None:
    items = (await client.get("/v1/policies", headers=BOSS)).json()["items"]

    found = {item["name"]: item for item in items}
    assert len(found) == len(items) == 5
    assert [name for name in found if found[name]["default"]] == ["state_grid_ceiling"]
    assert found["southern_grid"]["counted"] == "mean"
    assert found["southern_grid"]["mean"]["restoration_min"]["rural"] == 300
    assert any("SEED" in source for source in found["karamay"]["sources"])


async def test_a_policy_is_shown_whole_and_its_digest_is_that_of_its_text(
    client: httpx.AsyncClient,
) -> None:
    whole = (await client.get("/v1/policies/karamay", headers=BOSS)).json()
    unknown = await client.get("/v1/policies/karamai", headers=BOSS)

    said = json.dumps(whole["text"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(said.encode()).hexdigest() == whole["digest"]
    assert unknown.status_code == 404


async def test_a_district_gets_what_was_chosen_and_open_outages_keep_theirs(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    before = (await client.get(ADDRESS, headers=BOSS)).json()
    old = await client.post("/v1/reports", json=a_report(), headers=BOSS)

    chosen = (await choose(client, "karamay")).json()
    elsewhere = {"channel": "phone", "place": {"service_point_id": "jp-f2-s1-t1-p1"}}
    new = await client.post("/v1/reports", json=elsewhere, headers=BOSS)
    again = await client.post("/v1/reports", json=a_report(), headers=BOSS)

    assert (before["policy"]["name"], before["chosen"]) == ("state_grid_ceiling", None)
    assert chosen["policy"]["name"] == chosen["chosen"]["policy"] == "karamay"
    assert (chosen["chosen"]["by"], chosen["chosen"]["reason"]) == (
        "supervisor",
        "the new contract",
    )
    assert again.json()["outage"]["id"] == old.json()["outage"]["id"]
    with demo.connect() as connection:
        pinned = text(
            "SELECT p.name, arrival_deadline - clock_start FROM outages o"
            " JOIN policies p ON p.hash = o.policy_hash WHERE o.id = :id"
        )
        rows = [
            tuple(connection.execute(pinned, {"id": told.json()["outage"]["id"]}).one())
            for told in (old, new)
        ]
    assert [(name, limit.seconds // 60) for name, limit in rows] == [
        ("state_grid_ceiling", 45),
        ("karamay", 60),
    ]
    kept = await client.get(f"/v1/policies/{chosen['policy']['digest']}", headers=BOSS)
    assert kept.json()["name"] == "karamay"


async def test_who_changed_the_policy_when_and_why_stays_readable(
    client: httpx.AsyncClient,
) -> None:
    items = (await client.get("/v1/policies", headers=BOSS)).json()["items"]
    ceiling = next(item for item in items if item["name"] == "state_grid_ceiling")
    await choose(client, "southern_grid", "moved to the other grid")
    by_digest = await choose(client, ceiling["digest"], "and back, by its text")
    back = await choose(client, None, "as everybody else")
    first = await client.get(f"{ADDRESS}/changes?limit=2", headers=BOSS)
    rest = await client.get(first.headers["Link"].partition(">")[0][1:], headers=BOSS)

    told = [*first.json()["items"], *rest.json()["items"]]
    assert by_digest.json()["policy"]["name"] == "state_grid_ceiling"
    assert back.json()["chosen"] is None
    assert [(each["policy"], each["reason"]) for each in told[:3]] == [
        (None, "as everybody else"),
        ("state_grid_ceiling", "and back, by its text"),
        ("southern_grid", "moved to the other grid"),
    ]


async def test_an_installed_policy_nobody_used_yet_is_known_by_its_digest(
    client: httpx.AsyncClient,
) -> None:
    items = (await client.get("/v1/policies", headers=BOSS)).json()["items"]
    digest = next(item["digest"] for item in items if item["name"] == "regulatory_floor")

    shown = await client.get(f"/v1/policies/{digest}", headers=BOSS)
    chosen = await choose(client, digest)

    assert shown.json()["name"] == "regulatory_floor"
    assert chosen.json()["policy"]["name"] == "regulatory_floor"


async def test_a_choice_that_changes_nothing_is_no_change(client: httpx.AsyncClient) -> None:
    await choose(client, "karamay")
    before = (await client.get(f"{ADDRESS}/changes", headers=BOSS)).json()

    await choose(client, "karamay", "once more")

    assert (await client.get(f"{ADDRESS}/changes", headers=BOSS)).json() == before


async def test_a_choice_says_which_state_it_saw(client: httpx.AsyncClient) -> None:
    seen = (await client.get(ADDRESS, headers=BOSS)).headers["ETag"]
    await choose(client, "southern_grid")
    body = {"policy": "karamay", "reason": "did not see the other"}

    blind = await client.put(ADDRESS, json=body, headers=BOSS)
    late = await client.put(ADDRESS, json=body, headers={**BOSS, "If-Match": seen})

    assert (blind.status_code, late.status_code) == (428, 412)
    assert late.json()["present"]["policy"]["name"] == "southern_grid"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"policy": "wishful", "reason": "because"}, 422, "policy_unknown"),
        ({"policy": "0" * 64, "reason": "because"}, 422, "policy_unknown"),
        ({"policy": "karamay"}, 422, "invalid_request"),
        ({"policy": "karamay", "reason": ""}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_chosen_is_refused(
    client: httpx.AsyncClient, body: dict[str, str], status: int, code: str
) -> None:
    answer = await client.put(ADDRESS, json=body, headers={**BOSS, "If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_only_those_who_answer_for_a_district_choose_for_it(
    client: httpx.AsyncClient,
) -> None:
    body = {"policy": "karamay", "reason": "because"}
    there = signed_in("supervisor", districts=("other",))
    answers = [
        await client.put(ADDRESS, json=body, headers={**who, "If-Match": "*"})
        for who in (signed_in("dispatcher"), there)
    ]
    nowhere = await client.get("/v1/districts/nowhere/policy", headers=BOSS)

    assert [each.json()["code"] for each in answers] == ["role_may_not", "other_district"]
    assert nowhere.json()["code"] == "district_unknown"
