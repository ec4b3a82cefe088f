"""An issuer elsewhere: what of its tokens is believed, and what happens when it is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.sign_in.external import LOOK_AGAIN_S, STALE_S, External, Trust
from api.sign_in.issuers import Issuers
from api.temporal_line import TemporalLine
from domain.policy import Policy
from tests.api.callers import KEY, NOWHERE, signed_in
from tests.api.conftest import HOOKS
from tests.api.issuer import AUDIENCE, NAME, Elsewhere


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
async def here(
    demo: Engine, policy: Policy, elsewhere: Elsewhere, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    trust = Trust(NAME, AUDIENCE)
    app = create_app(
        engine=demo,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY,
        issuers=Issuers(external=External(trust, elsewhere.http, clock)),
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://relight.test", event_hooks=HOOKS
    ) as client:
        yield client
    await elsewhere.http.aclose()


async def me(here: httpx.AsyncClient, token: str) -> tuple[int, Any]:
    response = await here.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    return response.status_code, response.json()


async def test_a_token_from_elsewhere_speaks_under_a_name_of_its_own(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    token = elsewhere.token("dispatcher@jp", "offline_access", {"role": "auditor"}, "admin",
                            preferred_username="dora")  # fmt: skip
    status, told = await me(here, token)
    local = await here.get("/v1/me", headers=signed_in("auditor"))

    assert (status, told["subject"], told["name"]) == (200, "ext/5f2c", "dora")
    assert [grant["role"] for grant in told["grants"]] == ["dispatcher", "auditor"]
    assert told["scopes"] is None
    assert local.status_code == 200


async def test_words_of_scope_limit_a_token_and_long_subjects_are_shortened(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    token = elsewhere.token(sub="s" * 200, scope="openid outages:read profile")
    _, told = await me(here, token)

    assert told["scopes"] == ["outages:read"]
    assert len(told["subject"]) == 44


async def test_what_is_not_for_us_or_not_theirs_is_refused(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    other = Elsewhere()
    now = int(time.time())
    told = {
        elsewhere.token(aud="another"): "token_invalid",
        elsewhere.token(aud=None): "token_invalid",
        elsewhere.token(exp=now - 60): "token_expired",
        elsewhere.token(exp=None): "token_invalid",
        elsewhere.token(nbf=now + 60): "token_invalid",
        elsewhere.token(nonce="n"): "token_invalid",
        elsewhere.token(iss="https://issuer.example/other"): "token_invalid",
        elsewhere.token(header={"crit": ["x"], "x": 1}): "token_invalid",
        elsewhere.with_shared_secret(): "token_invalid",
        elsewhere.unsigned(): "token_invalid",
        other.token(): "token_invalid",
        "a.b.c": "token_invalid",
    }
    for token, code in told.items():
        status, problem = await me(here, token)

        assert (status, problem["code"]) == (401, code)
    await other.http.aclose()


async def test_a_small_difference_of_clocks_is_forgiven(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    now = int(time.time())

    assert (await me(here, elsewhere.token(exp=now - 10)))[0] == 200
    assert (await me(here, elsewhere.token(nbf=now + 10)))[0] == 200


async def test_somebody_without_a_grant_there_is_told_so(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    status, told = await me(here, elsewhere.token("offline_access"))

    assert (status, told["code"]) == (403, "nothing_granted")


async def test_a_new_key_is_found_but_not_looked_for_at_every_request(
    here: httpx.AsyncClient, elsewhere: Elsewhere, clock: Clock
) -> None:
    assert (await me(here, elsewhere.token()))[0] == 200
    elsewhere.rotate()
    early = [await me(here, elsewhere.token()) for _ in range(5)]
    clock.now += LOOK_AGAIN_S
    late = await asyncio.gather(*(me(here, elsewhere.token()) for _ in range(5)))

    assert {status for status, _ in early} == {401}
    assert {status for status, _ in late} == {200}
    assert elsewhere.asked == 2


async def test_known_keys_go_on_while_the_issuer_is_away(
    here: httpx.AsyncClient, elsewhere: Elsewhere, clock: Clock
) -> None:
    before = elsewhere.token()
    assert (await me(here, before))[0] == 200
    elsewhere.silent = True
    clock.now += STALE_S
    stale = [(await me(here, before))[0] for _ in range(3)]
    elsewhere.rotate()
    clock.now += LOOK_AGAIN_S
    unknown = await me(here, elsewhere.token())

    assert stale == [200, 200, 200]
    assert elsewhere.asked > 1
    assert (unknown[0], unknown[1]["code"]) == (401, "token_invalid")


async def test_a_withdrawn_key_ends_within_the_hour(
    here: httpx.AsyncClient, elsewhere: Elsewhere, clock: Clock
) -> None:
    before = elsewhere.token()
    assert (await me(here, before))[0] == 200
    elsewhere.rotate()
    clock.now += STALE_S
    # The first one to come after the hour makes the keys be fetched, beside its request.
    await me(here, before)
    for _ in range(100):
        if (await me(here, before))[0] == 401:
            break
        await asyncio.sleep(0.01)

    assert (await me(here, before))[0] == 401
    assert (await me(here, elsewhere.token()))[0] == 200


async def test_an_issuer_never_reached_is_a_plain_answer_and_soon_tried_again(
    here: httpx.AsyncClient, elsewhere: Elsewhere, clock: Clock
) -> None:
    elsewhere.silent = True
    first, told = await me(here, elsewhere.token())
    elsewhere.silent = False
    clock.now += 6
    second, _ = await me(here, elsewhere.token())

    assert (first, told["code"], second) == (503, "issuer_unreachable", 200)


async def test_the_discovery_document_of_another_issuer_is_not_believed(
    here: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    elsewhere.name = "https://issuer.example/other"
    status, told = await me(here, elsewhere.token())

    assert (status, told["code"]) == (503, "issuer_unreachable")
