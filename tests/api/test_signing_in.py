"""Tokens: who is let in, who is not, and what each role may ask for."""

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.sign_in import ISSUER
from tests.api.callers import KEY, a_report, signed_in

CLAIMS = {"sub": "anna", "role": "dispatcher", "districts": ["*"], "iss": ISSUER}


def token(key: Ed25519PrivateKey = KEY, **claims: object) -> str:
    now = datetime.now(UTC)
    return jwt.encode(
        {**CLAIMS, "iat": now, "exp": now + timedelta(hours=1), **claims}, key, algorithm="EdDSA"
    )


def unsigned() -> str:
    """Return a token that claims to need no signature."""
    parts = [{"alg": "none", "typ": "JWT"}, CLAIMS | {"iat": 1, "exp": 9_999_999_999}]
    texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
    return b".".join([*texts, b""]).decode()


async def test_a_token_tells_who_speaks(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/me", headers=signed_in("crew", "lee", crew="jp-crew-01"))

    me = response.json()
    assert (me["subject"], me["role"], me["crew"]) == ("lee", "crew", "jp-crew-01")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("Basic YTpi", "token_missing"),
        ("Bearer ", "token_missing"),
        ("Bearer nonsense", "token_invalid"),
        (f"Bearer {token(Ed25519PrivateKey.generate())}", "token_invalid"),
        (f"Bearer {token(iss='somebody')}", "token_invalid"),
        (f"Bearer {token(role='board')}", "token_invalid"),
        (f"Bearer {token(role='system')}", "token_invalid"),
        (f"Bearer {token(role='king')}", "token_invalid"),
        (f"Bearer {token(role='crew')}", "token_invalid"),
        (f"Bearer {token(districts='jp')}", "token_invalid"),
        (f"Bearer {token(exp=datetime.now(UTC) - timedelta(minutes=1))}", "token_expired"),
        (f"Bearer {unsigned()}", "token_invalid"),
    ],
    # A token holds the hour: named by it, a test would have another name a second later.
    ids=(
        "none", "basic", "empty", "nonsense", "another_key", "another_issuer", "board", "system",
        "king", "no_crew", "districts_no_list", "expired", "unsigned",
    ),
)  # fmt: skip
async def test_without_a_good_token_nobody_is_let_in(
    client: httpx.AsyncClient, header: str | None, code: str
) -> None:
    headers = {"Authorization": header} if header else {}

    response = await client.post("/v1/reports", json=a_report(), headers=headers)

    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_an_auditor_takes_no_reports(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/reports", json=a_report(), headers=signed_in("auditor"))

    assert (response.status_code, response.json()["code"]) == (403, "role_may_not")


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(
    client: httpx.AsyncClient,
) -> None:
    nowhere = await client.get("/v1/nowhere")
    wrong = await client.delete("/v1/me")
    nul = await client.get("/v1/reports/a%00b", headers=signed_in("call_taker"))

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert (nul.status_code, nul.json()["code"]) == (400, "malformed_request")
    assert nowhere.headers["content-type"] == "application/problem+json"


async def test_a_given_request_id_is_kept_and_a_bad_one_is_replaced(
    client: httpx.AsyncClient,
) -> None:
    kept = await client.get("/healthz", headers={"X-Request-Id": "call-77"})
    replaced = await client.get("/healthz", headers={"X-Request-Id": "a b\tc"})

    assert kept.headers["x-request-id"] == "call-77"
    assert len(replaced.headers["x-request-id"]) == 32
