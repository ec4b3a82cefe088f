"""Holds every answer a test gets to what the OpenAPI document promises."""

import httpx
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match

from api.answers.base import CODES
from api.app import described
from api.routes import ROUTES

DOCUMENT = described().openapi()
_REFUSED = 400


async def hold(response: httpx.Response) -> None:
    """Fail when an answer has not the shape, or is not one of the refusals, its endpoint names."""
    request = response.request
    scope = {"type": "http", "path": request.url.path, "method": request.method, "headers": []}
    route = next((each for each in ROUTES if each.matches(scope)[0] is Match.FULL), None)
    if route is None:
        return
    await response.aread()
    if response.status_code >= _REFUSED:
        _hold_refusal(response, route)
    elif (named := route.responses.get(response.status_code)) and "model" in named:
        shape = TypeAdapter(named["model"])
        for told in told_in(response):
            shape.validate_json(told)


def _hold_refusal(response: httpx.Response, route: APIRoute) -> None:
    operation = DOCUMENT["paths"][route.path_format][response.request.method.lower()]
    told = operation["responses"].get(str(response.status_code), {})
    if CODES not in told and told:
        return
    code = response.json()["code"]
    known = f"{response.request.method} {route.path}"
    assert code in told.get(CODES, ()), f"name it: responses=... | refuses({code!r}) at {known}"
    missing = {name for name in told["headers"] if name.lower() not in response.headers}
    assert not missing, (known, code, missing)


def told_in(response: httpx.Response) -> list[str]:
    """Return the documents of an answer: one, or one for each event of a stream."""
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        return [response.text]
    return [line[6:] for line in response.text.splitlines() if line.startswith("data: ")]
