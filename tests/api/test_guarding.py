"""What browsers are told with every answer, and that other origins read none of them."""

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.guarding import Guarding
from tests.api.callers import signed_in

ELSEWHERE = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nowhere", "/healthz", "/oidc/jwks"])
async def test_every_answer_tells_browsers_to_be_careful(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path, headers=signed_in("auditor"))).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert path[:3] != "/v1" or headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/v1/me", "/v1/reports", "/oidc/token"])
async def test_no_other_origin_may_read_an_answer(client: httpx.AsyncClient, path: str) -> None:
    asked = await client.options(path, headers=ELSEWHERE)
    told = await client.get(path, headers=ELSEWHERE | signed_in("auditor"))

    for response in (asked, told):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_page_that_says_something_stricter_is_left_alone() -> None:
    async def own(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"cache-control", b"public"), (b"content-security-policy", b"default-src x")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(Guarding(own, https=True))
    async with httpx.AsyncClient(transport=transport, base_url="https://relight.test") as http:
        headers = (await http.get("/v1/me")).headers

    assert headers["cache-control"] == "public"
    assert headers["content-security-policy"] == "default-src x"
    assert headers["strict-transport-security"].startswith("max-age=")


async def test_the_page_that_explains_the_interface_may_load_what_it_needs(
    client: httpx.AsyncClient,
) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "style-src 'sha256-" in policy
