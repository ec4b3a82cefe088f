"""The local issuer: a code for a password, tokens for a code, and what a thief does not get."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.sign_in import Grant
from api.sign_in.issuer import passwords
from store import machines, people
from tests.api.browser import BACK, ORIGIN, Browser

PASSWORD = "correct horse battery"
KEPT = passwords.keep(PASSWORD)


@pytest.fixture
async def browser(app: FastAPI, demo: Engine) -> AsyncIterator[Browser]:
    """A browser at an installation where dora may dispatch and audit; nobody has failed yet."""
    with Session(demo) as session, session.begin():
        session.execute(text("DELETE FROM sign_in_failures"))
    add_person(demo, "dora", "dispatcher@jp", "auditor@*")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Browser(http)


def add_person(engine: Engine, subject: str, *grants: str) -> None:
    held = [Grant.parse(each).model_dump(mode="json") for each in grants]
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        people.disable(session, subject, now)
        people.add(session, subject, name="Dora", password=KEPT, grants=held, now=now)


def add_machine(engine: Engine, name: str, *grants: str, **more: Any) -> str:
    held = [Grant.parse(each).model_dump(mode="json") for each in grants]
    with Session(engine) as session, session.begin():
        secret = machines.add_client(
            session,
            name,
            name=name,
            grants=held,
            scopes=more.get("scopes", ()),
            may_act_as=more.get("may_act_as", False),
            redirect_uris=more.get("redirect_uris", ()),
            now=datetime.now(UTC),
        )
    return secret or ""


async def signed_in(browser: Browser, **more: Any) -> dict[str, Any]:
    told = await browser.exchange(await browser.code("dora", PASSWORD, **more))
    assert told.status_code == 200, told.text
    return told.json()


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_console_finds_everything_by_discovery(browser: Browser) -> None:
    told = (await browser.http.get("/oidc/.well-known/openid-configuration")).json()
    keys = (await browser.http.get("/oidc/jwks")).json()["keys"]

    assert told["issuer"] == f"{ORIGIN}/oidc"
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        assert told[name].startswith(ORIGIN)
    assert all("d" not in key for key in keys)


async def test_a_password_becomes_a_code_and_a_code_becomes_tokens(browser: Browser) -> None:
    told = await signed_in(browser)
    me = (await browser.http.get("/v1/me", headers=bearing(told["access_token"]))).json()
    info = await browser.http.get("/oidc/userinfo", headers=bearing(told["access_token"]))
    keys = jwt.PyJWKSet.from_dict((await browser.http.get("/oidc/jwks")).json())
    said = jwt.decode(
        told["id_token"],
        keys[jwt.get_unverified_header(told["id_token"])["kid"]],
        algorithms=["EdDSA"],
        audience="console",
        issuer=f"{ORIGIN}/oidc",
    )

    assert (me["subject"], me["name"], me["role"]) == ("dora", "Dora", "dispatcher")
    assert me["scopes"] is None
    assert (said["sub"], said["nonce"]) == ("dora", "n1")
    assert info.json()["sub"] == "dora"


async def test_an_id_token_and_a_refresh_token_open_no_door(browser: Browser) -> None:
    told = await signed_in(browser)
    for name in ("id_token", "refresh_token"):
        response = await browser.http.get("/v1/me", headers=bearing(told[name]))

        assert response.status_code == 401


async def test_a_token_may_be_asked_for_less(browser: Browser) -> None:
    told = await signed_in(browser, scope="openid outages:read")
    header = bearing(told["access_token"])

    assert (await browser.http.get("/v1/outages", headers=header)).status_code == 200
    assert (await browser.http.get("/v1/crews", headers=header)).json()["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("more", "sent_back"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, True),
        ({"code_challenge_method": "plain"}, True),
        ({"code_challenge_method": None}, True),
        ({"scope": "openid everything"}, True),
        ({"response_type": "token"}, True),
        ({"prompt": "none"}, True),
        ({"redirect_uri": "https://evil.example/signed-in"}, False),
        ({"redirect_uri": f"{BACK}/../evil"}, False),
        ({"redirect_uri": None}, False),
        ({"client_id": "nobody"}, False),
        ({"client_id": None}, False),
    ],
)
async def test_what_must_not_begin_does_not(
    browser: Browser, more: dict[str, Any], sent_back: bool
) -> None:
    response = await browser.open(**more)

    if sent_back:
        assert response.status_code == 303
        assert response.headers["location"].startswith(f"{BACK}?error=")
    else:
        assert response.status_code == 400
        assert "location" not in response.headers
    assert 'name="password"' not in response.text


async def test_a_code_is_good_once_and_a_second_use_ends_what_came_of_it(
    browser: Browser,
) -> None:
    code = await browser.code("dora", PASSWORD)
    first = await browser.exchange(code)
    second = await browser.exchange(code)
    refreshed = await browser.refresh(first.json()["refresh_token"])

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{ORIGIN}/console/signed-in"},
        {"client_id": "another"},
    ],
)
async def test_a_stolen_code_is_of_no_use_and_burnt_by_the_try(
    browser: Browser, demo: Engine, wrong: dict[str, str]
) -> None:
    if wrong.get("client_id") == "another" and not machines_known(demo, "another"):
        add_machine(demo, "another", redirect_uris=("/elsewhere",))
    code = await browser.code("dora", PASSWORD)
    stolen = await browser.exchange(code, **wrong)
    assert stolen.status_code == 400

    if "client_id" not in wrong:
        assert (await browser.exchange(code)).status_code == 400


def machines_known(engine: Engine, name: str) -> bool:
    with Session(engine) as session:
        return machines.client(session, name) is not None


async def test_a_code_ends_after_a_minute(browser: Browser, demo: Engine) -> None:
    code = await browser.code("dora", PASSWORD)
    with demo.begin() as connection:
        connection.execute(text("UPDATE sign_in_codes SET expires_at = :then"),
                           {"then": datetime.now(UTC) - timedelta(seconds=1)})  # fmt: skip

    assert (await browser.exchange(code)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_take_turns_and_an_old_one_ends_them_all(
    browser: Browser, demo: Engine
) -> None:
    first = await signed_in(browser)
    second = (await browser.refresh(first["refresh_token"])).json()
    # The answer was lost on the way: the same one again, at once.
    again = await browser.refresh(first["refresh_token"])
    with demo.begin() as connection:
        connection.execute(text("UPDATE refresh_tokens SET used_at = used_at - interval '31 s'"))
    stolen = await browser.refresh(first["refresh_token"])
    after = await browser.refresh(second["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert again.status_code == 200
    assert (stolen.status_code, after.status_code) == (400, 400)


async def test_whoever_is_disabled_or_changes_the_password_gets_no_more_tokens(
    browser: Browser, demo: Engine
) -> None:
    told = await signed_in(browser)
    other = await signed_in(browser)
    with Session(demo) as session, session.begin():
        people.set_password(session, "dora", KEPT, datetime.now(UTC))
    changed = await browser.refresh(told["refresh_token"])
    third = await signed_in(browser)
    with Session(demo) as session, session.begin():
        people.disable(session, "dora", datetime.now(UTC))

    assert changed.status_code == 400
    for token in (other, third):
        assert (await browser.refresh(token["refresh_token"])).status_code == 400
    assert (await browser.fill_in("dora", PASSWORD)).status_code == 401


async def test_signing_out_ends_the_family(browser: Browser) -> None:
    told = await signed_in(browser)
    next_one = (await browser.refresh(told["refresh_token"])).json()["refresh_token"]
    out = await browser.http.post(
        "/oidc/revoke", data={"client_id": "console", "token": told["refresh_token"]}
    )

    assert out.status_code == 200
    assert (await browser.refresh(next_one)).status_code == 400


async def test_grants_are_looked_up_anew_at_every_refresh(browser: Browser, demo: Engine) -> None:
    told = await signed_in(browser)
    with Session(demo) as session, session.begin():
        held = [Grant.parse("auditor@yl").model_dump(mode="json")]
        people.set_grants(session, "dora", held)
    fresh = (await browser.refresh(told["refresh_token"])).json()
    me = (await browser.http.get("/v1/me", headers=bearing(fresh["access_token"]))).json()

    assert (me["role"], me["districts"]) == ("auditor", ["yl"])


async def test_a_machine_gets_tokens_for_its_secret_within_its_scopes(
    browser: Browser, demo: Engine
) -> None:
    secret = add_machine(demo, "scada", "call_taker@jp", scopes=("reports:write",))
    asked = {"grant_type": "client_credentials"}
    told = await browser.http.post("/oidc/token", data=asked, auth=("scada", secret))
    wrong = await browser.http.post("/oidc/token", data=asked, auth=("scada", secret + "x"))
    none = await browser.http.post("/oidc/token", data={**asked, "client_id": "scada"})
    more = await browser.http.post(
        "/oidc/token", data={**asked, "scope": "outages:read"}, auth=("scada", secret)
    )
    odd = await browser.http.post(
        "/oidc/token", data=asked, headers={"Authorization": "Basic //79"}
    )
    me = (await browser.http.get("/v1/me", headers=bearing(told.json()["access_token"]))).json()

    assert (me["subject"], me["scopes"]) == ("client/scada", ["reports:write"])
    assert "refresh_token" not in told.json()
    assert told.headers["cache-control"] == "no-store"
    for response in (wrong, none, odd):
        assert response.json()["error"] == "invalid_client", response.text
    assert more.json()["error"] == "invalid_scope"


async def test_a_machine_has_no_code_flow_and_a_console_no_secret(
    browser: Browser, demo: Engine
) -> None:
    secret = add_machine(demo, "robot", "auditor@*", scopes=("*",))
    machine = Browser(browser.http, client_id="robot")
    asked = {"grant_type": "client_credentials", "client_id": "console"}

    assert (await machine.open()).status_code == 400
    assert (await browser.http.post("/oidc/token", data=asked)).status_code in (400, 401)
    told = await browser.http.post(
        "/oidc/token", data={"grant_type": "client_credentials"}, auth=("robot", secret)
    )
    me = await browser.http.get("/v1/me", headers=bearing(told.json()["access_token"]))
    assert me.json()["scopes"] is None


async def test_a_revoked_machine_gets_no_more_tokens(browser: Browser, demo: Engine) -> None:
    secret = add_machine(demo, "old", "auditor@*", scopes=("*",))
    with Session(demo) as session, session.begin():
        assert machines.revoke_client(session, "old", datetime.now(UTC))
    told = await browser.http.post(
        "/oidc/token", data={"grant_type": "client_credentials"}, auth=("old", secret)
    )

    assert told.json()["error"] == "invalid_client"
