"""The sign-in page: what it looks like to a browser, and to somebody who guesses."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.sign_in.issuer import passwords
from api.sign_in.issuer.entrance import HERE
from api.sign_in.issuers import Issuers
from api.temporal_line import TemporalLine
from domain.policy import Policy
from store import sign_ins
from store.sign_ins import Patience
from tests.api.browser import BACK, ORIGIN, Browser
from tests.api.callers import KEY, NOWHERE
from tests.api.test_local_issuer import PASSWORD, add_person


@pytest.fixture
async def browser(app: FastAPI, demo: Engine) -> AsyncIterator[Browser]:
    with Session(demo) as session, session.begin():
        session.execute(text("DELETE FROM sign_in_failures"))
    add_person(demo, "dora", "dispatcher@jp")
    transport = httpx.ASGITransport(app, client=("198.51.100.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Browser(http)


async def test_the_page_trusts_nobody_else_and_speaks_both_languages(browser: Browser) -> None:
    page = await browser.open()
    policy = page.headers["content-security-policy"]

    assert page.status_code == 200
    assert "Password · 密码" in page.text
    assert "script" not in page.text
    for rule in ("default-src 'none'", "frame-ancestors 'none'", f"form-action 'self' {ORIGIN}"):
        assert rule in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    cookie = page.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/oidc"))


async def test_what_was_typed_comes_back_as_text_and_without_the_password(
    browser: Browser,
) -> None:
    page = await browser.fill_in('"><script>alert(1)</script>', "secret-that-was-typed")

    assert page.status_code == 401
    assert "<script>" not in page.text
    assert "secret-that-was-typed" not in page.text


async def test_a_form_that_is_not_ours_signs_nobody_in(browser: Browser) -> None:
    form = {"name": "dora", "password": PASSWORD, "proof": "0" * 64}
    without = await browser.http.post("/oidc/authorize", params=browser.wish(), data=form)
    await browser.open()
    forged = await browser.http.post("/oidc/authorize", params=browser.wish(), data=form)
    cross = [
        await browser.fill_in("dora", PASSWORD, headers=headers)
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        )
    ]

    for response in (without, forged, *cross):
        assert response.status_code == 400, response.headers
        assert "location" not in response.headers
    good = await browser.fill_in("dora", PASSWORD, headers={"Origin": ORIGIN})
    assert good.status_code == 303
    # So says Chromium of a page without a referrer, such as this one.
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (await browser.fill_in("dora", PASSWORD, headers=own)).status_code == 303
    assert good.headers["location"].startswith(BACK)


async def test_names_may_be_typed_large_and_a_stranger_is_told_no_more_than_a_mistyper(
    browser: Browser,
) -> None:
    wrong = await browser.fill_in("dora", "not the password")
    nobody = await browser.fill_in("nobody", "not the password")
    large = await browser.fill_in("DORA", PASSWORD)

    assert wrong.text.replace("dora", "nobody").split("proof")[0] == (nobody.text.split("proof")[0])
    assert (wrong.status_code, nobody.status_code, large.status_code) == (401, 401, 303)


async def test_whoever_guesses_must_wait_also_with_the_right_password(
    browser: Browser, demo: Engine
) -> None:
    tries = [await browser.fill_in("dora", f"guess number {n}") for n in range(HERE.free + 2)]
    right = await browser.fill_in("dora", PASSWORD)

    assert [page.status_code for page in tries] == [401] * (HERE.free + 1) + [429]
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
    with demo.begin() as connection:
        connection.execute(text("UPDATE sign_in_failures SET locked_until = NULL"))
        kept = connection.execute(text("SELECT key FROM sign_in_failures")).scalars().all()
    assert not [key for key in kept if "dora" in key or "198" in key]
    assert (await browser.fill_in("dora", PASSWORD)).status_code == 303


async def test_many_guesses_at_once_are_no_more_than_one_after_the_other(
    browser: Browser,
) -> None:
    page = await browser.open()
    proof = page.text.split('name="proof" value="')[1].split('"')[0]
    told = await asyncio.gather(
        *(
            browser.http.post(
                "/oidc/authorize",
                params=browser.wish(),
                data={"name": "dora", "password": f"guess number {n}", "proof": proof},
            )
            for n in range(12)
        )
    )

    assert [page.status_code for page in told].count(401) == HERE.free + 1
    assert [page.status_code for page in told].count(429) == 12 - HERE.free - 1


def test_waiting_doubles_up_to_its_limit() -> None:
    patience = Patience(free=2, longest_s=60)

    assert [patience.wait_s(n) for n in (1, 2, 3, 4, 8, 99)] == [0, 0, 2, 4, 60, 60]


def test_an_account_is_never_locked_out_for_good(engine: Engine) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 1, 1, tzinfo=UTC)
    account = {"account": Patience(free=1, longest_s=60)}
    with Session(engine) as session:
        for _ in range(50):
            wait = sign_ins.begin_try(session, account, now)
            now += timedelta(seconds=wait or 1)
        assert sign_ins.begin_try(session, account, now + timedelta(seconds=60)) == 0
        session.rollback()


@pytest.mark.parametrize("password", ["short", "a-long-one-for-dora", "x" * 129])
def test_a_poor_password_is_not_taken(password: str) -> None:
    assert not passwords.good_enough(password, "dora")


def test_an_invented_password_is_good_enough_and_never_the_same() -> None:
    invented = {passwords.invent() for _ in range(100)}

    assert len(invented) == 100
    assert all(passwords.good_enough(each, "admin") for each in invented)


async def test_away_from_this_machine_nobody_signs_in_without_https(
    demo: Engine, policy: Policy
) -> None:
    app = create_app(
        engine=demo,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY,
        issuers=Issuers(public_url="http://relight.example"),
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relight.example") as http:
        page = await Browser(http, back="http://relight.example/signed-in").open()
        token = await http.post("/oidc/token", data={"grant_type": "client_credentials"})

    assert (page.status_code, token.status_code) == (400, 400)
    assert "RELIGHT_PUBLIC_URL" in page.text
