"""Grants: a person may hold several roles, and each request is made under one of them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from api.sign_in import Grant, Person
from api.sign_in.caller import merged
from api.sign_in.scopes import scope_of
from api.sign_in.tokens import ACCESS, TokenKeys, claims_of
from tests.api.callers import KEY, signed_in


def holding(*grants: str, scopes: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return the header of a person with several grants."""
    person = Person(
        subject="dora", grants=tuple(Grant.parse(text) for text in grants), scopes=scopes
    )
    claims = claims_of(person, "relight", datetime.now(UTC), timedelta(minutes=5))
    return {"Authorization": f"Bearer {TokenKeys(KEY).sign(claims, ACCESS)}"}


@pytest.mark.parametrize("text", ["dispatcher@jp", "admin@*", "crew@jp:jp-crew-01", "auditor@a,b"])
def test_a_grant_reads_as_it_is_written(text: str) -> None:
    assert str(Grant.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["dispatcher", "dispatcher@", "king@jp", "board@jp", "crew@jp", "auditor@jp:jp-crew-01"]
)
def test_what_nobody_may_hold_is_no_grant(text: str) -> None:
    with pytest.raises((ValueError, ValidationError)):
        Grant.parse(text)


def test_grants_of_one_role_are_put_together() -> None:
    grants = tuple(map(Grant.parse, ("auditor@jp", "admin@*", "auditor@yl", "auditor@jp")))

    assert [str(grant) for grant in merged(grants)] == ["auditor@jp,yl", "admin@*"]


async def test_the_door_takes_the_first_grant_that_may_pass(client: httpx.AsyncClient) -> None:
    both = holding("auditor@*", "supervisor@jp", "admin@*")
    first = await client.get("/v1/me", headers=both)
    passing = await client.get("/v1/dead-letters", headers=both)
    refused = await client.get("/v1/callbacks/next", headers=both)

    assert first.json()["role"] == "auditor"
    assert [grant["role"] for grant in first.json()["grants"]] == ["auditor", "supervisor", "admin"]
    assert passing.status_code == 200
    assert (refused.status_code, refused.json()["role"]) == (403, "auditor")


async def test_a_person_says_under_which_role_they_ask(client: httpx.AsyncClient) -> None:
    both = holding("dispatcher@jp", "auditor@yl")
    wish = {"Relight-Role": "auditor"}
    under = await client.get("/v1/me", headers=both | wish)
    other = await client.get("/v1/boards/jp", headers=both | wish)
    unheld = await client.get("/v1/me", headers=both | {"Relight-Role": "admin"})

    assert (under.json()["role"], under.json()["districts"]) == ("auditor", ["yl"])
    assert (other.status_code, other.json()["code"]) == (403, "other_district")
    assert (unheld.status_code, unheld.json()["code"]) == (403, "role_not_held")


async def test_a_person_to_whom_nothing_is_granted_is_told_so(client: httpx.AsyncClient) -> None:
    person = Person(subject="nora")
    claims = claims_of(person, "relight", datetime.now(UTC), timedelta(minutes=5))
    header = {"Authorization": f"Bearer {TokenKeys(KEY).sign(claims, ACCESS)}"}

    response = await client.get("/v1/me", headers=header)

    assert (response.status_code, response.json()["code"]) == (403, "nothing_granted")


async def test_a_token_of_another_kind_or_for_another_reader_opens_no_door(
    client: httpx.AsyncClient,
) -> None:
    person = Person(subject="dora", grants=(Grant.parse("admin@*"),))
    claims = claims_of(person, "relight", datetime.now(UTC), timedelta(minutes=5))
    for kind, said in (("track+jwt", claims), (ACCESS, {**claims, "aud": "console"})):
        header = {"Authorization": f"Bearer {TokenKeys(KEY).sign(said, kind)}"}
        response = await client.get("/v1/me", headers=header)

        assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


async def test_scopes_limit_what_a_machine_may_ask_for(client: httpx.AsyncClient) -> None:
    narrow = holding("dispatcher@*", scopes=("outages:read",))
    read = await client.get("/v1/outages", headers=narrow)
    me = await client.get("/v1/me", headers=narrow)
    other = await client.get("/v1/crews", headers=narrow)

    assert (read.status_code, me.json()["scopes"]) == (200, ["outages:read"])
    assert (other.status_code, other.json()["code"]) == (403, "scope_missing")
    assert other.json()["scope"] == "crews:read"


def test_the_word_of_a_scope_is_drawn_from_the_endpoint() -> None:
    assert scope_of("POST", "/v1/reports") == "reports:write"
    assert scope_of("GET", "/v1/outages/{outage_id}/timeline") == "outages:read"
    assert scope_of("GET", "/v1/callbacks/next") == "callbacks:write"
    assert scope_of("GET", "/v1/me") is None
    assert scope_of("GET", "/healthz") is None


async def test_a_token_signed_before_the_key_changed_still_holds(
    client: httpx.AsyncClient,
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from api.sign_in import read

    new = Ed25519PrivateKey.generate()
    old = signed_in("auditor")["Authorization"].removeprefix("Bearer ")

    assert read(old, TokenKeys(new, KEY)).subject == "auditor"
    assert TokenKeys(new, KEY).public()["keys"][0]["x"] != TokenKeys(KEY).public()["keys"][0]["x"]
