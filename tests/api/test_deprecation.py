"""What is deprecated says so, in the document and with every answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.answers.base import answers
from api.deprecation import DEPRECATED, Ageing, Farewell
from api.document import describe

LEAVING = Farewell(
    since=datetime(2027, 1, 1, tzinfo=UTC),
    until=datetime(2028, 2, 1, tzinfo=UTC),
    instead="/docs/changes#old",
)


class Thing(BaseModel):
    name: str
    nick: str = ""


router = APIRouter(prefix="/v1")


@router.get("/old", responses=answers(Thing))
async def old(response: Response) -> dict[str, str]:
    response.headers["Link"] = '</v1/old?cursor=x>; rel="next"'
    return {"name": "a"}


@router.get("/new", responses=answers(Thing))
async def new() -> dict[str, str]:
    return {"name": "a"}


def ageing(**deprecated: Farewell) -> FastAPI:
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    app.include_router(router)
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    named = {name.replace("__", "."): farewell for name, farewell in deprecated.items()}
    describe(app, routes, named)
    app.add_middleware(Ageing, deprecated=named)
    return app


@pytest.fixture
async def asked() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(ageing(old=LEAVING, Thing__nick=LEAVING))
    async with httpx.AsyncClient(transport=transport, base_url="http://old.test") as client:
        yield client


async def test_every_answer_of_a_deprecated_endpoint_says_so(asked: httpx.AsyncClient) -> None:
    response = await asked.get("/v1/old")

    assert response.headers["deprecation"] == "@1798761600"
    assert response.headers["sunset"] == "Tue, 01 Feb 2028 00:00:00 GMT"
    assert response.headers.get_list("link") == [
        '</v1/old?cursor=x>; rel="next"',
        '</docs/changes#old>; rel="deprecation"; type="text/html"',
    ]


async def test_other_answers_do_not(asked: httpx.AsyncClient) -> None:
    for path in ("/v1/new", "/v1/nowhere"):
        headers = (await asked.get(path)).headers
        assert not {"deprecation", "sunset", "link"} & set(headers)


async def test_the_document_marks_endpoints_and_fields(asked: httpx.AsyncClient) -> None:
    document = (await asked.get("/openapi.json")).json()
    thing = document["components"]["schemas"]["Thing"]["properties"]

    assert document["paths"]["/v1/old"]["get"]["deprecated"] is True
    assert document["paths"]["/v1/old"]["get"]["x-sunset"] == "2028-02-01"
    assert "deprecated" not in document["paths"]["/v1/new"]["get"]
    assert (thing["nick"]["deprecated"], thing["name"].get("deprecated")) == (True, None)


def test_what_is_not_there_cannot_be_deprecated() -> None:
    with pytest.raises(KeyError):
        ageing(older=LEAVING).openapi()


def test_nothing_is_taken_away_within_a_year_of_its_farewell() -> None:
    for farewell in [LEAVING, *DEPRECATED.values()]:
        assert (farewell.until - farewell.since).days >= 365
