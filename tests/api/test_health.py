"""Health: without Temporal the API is degraded and still takes reports."""

import httpx
from sqlalchemy import create_engine

from api.app import create_app
from api.temporal_line import TemporalLine
from domain.policy import Policy
from tests.api.callers import KEY, NOWHERE, a_report, signed_in


async def test_without_temporal_the_api_is_degraded_but_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"] == {"database": True, "migrations": True, "temporal": False}


async def test_without_a_database_the_api_says_so_and_comes_to_no_harm(policy: Policy) -> None:
    app = create_app(
        engine=create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none"),
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY,
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relight.test") as client:
        ready = await client.get("/readyz")
        report = await client.post("/v1/reports", json=a_report(), headers=signed_in("call_taker"))

    assert (ready.status_code, ready.json()["status"]) == (503, "unready")
    assert (report.status_code, report.json()["code"]) == (503, "database_unreachable")
    assert report.headers["retry-after"] == "2"


async def test_the_openapi_document_is_of_version_3_1(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert "/v1/reports" in document["paths"]
