"""The OpenAPI document: built from the code, then said as it is: problems, tokens, roles."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import MEDIA_TYPE
from api.sign_in import Door

_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def describe(app: FastAPI, routes: Iterable[APIRoute]) -> None:
    """Make an application describe its routes, once and then from memory."""
    build = app.openapi
    roles = {
        (method, route.path_format): _roles(route)
        for route in routes
        for method in route.methods or ()
    }

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            written = build()
            written["components"]["securitySchemes"] = {"bearer": _BEARER}
            for path, methods in written["paths"].items():
                for method, operation in methods.items():
                    _complete(operation, roles.get((method.upper(), path), []))
        return app.openapi_schema or {}

    app.openapi = document  # type: ignore[method-assign]


def doors(dependant: Any) -> Iterator[Door]:
    """Return the doors in front of an endpoint."""
    if isinstance(dependant.call, Door):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from doors(inner)


def _roles(route: APIRoute) -> list[str]:
    return sorted({role.value for door in doors(route.dependant) for role in door.roles})


def _complete(operation: dict[str, Any], roles: list[str]) -> None:
    """Say who may ask, and give each answer exactly one shape."""
    if roles:
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = roles
    # Every fault of a request is a problem; the framework's own shape is never sent.
    operation["responses"].pop("422", None)
    for code, response in operation["responses"].items():
        content = response.get("content", {})
        for media in content.values():
            schema = media.get("schema", {})
            if "$ref" in schema:
                media["schema"] = {"$ref": schema["$ref"]}
        if code == "default" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
