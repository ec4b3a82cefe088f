"""Holds every answer a test gets to the shape that the OpenAPI document promises."""

import httpx
from pydantic import TypeAdapter
from starlette.routing import Match

from api.routes import ROUTES


async def hold(response: httpx.Response) -> None:
    """Fail when a good answer has not the shape its endpoint names."""
    if not response.is_success or response.status_code == 204:
        return
    request = response.request
    scope = {"type": "http", "path": request.url.path, "method": request.method, "headers": []}
    for route in ROUTES:
        if route.matches(scope)[0] is Match.FULL:
            named = route.responses.get(response.status_code)
            if named is not None:
                await response.aread()
                TypeAdapter(named["model"]).validate_json(response.content)
            return
