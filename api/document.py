"""The OpenAPI document: built from the code, then said as it is: problems, tokens, roles."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.answers.base import CODES
from api.deprecation import DEPRECATED, Farewell, mark
from api.example_answers import exemplify
from api.known_parameters import NOT_YET, UNKNOWN
from api.links import LINKS
from api.problems import MEDIA_TYPE, status_of
from api.sign_in import Door

_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}
_BARE = frozenset({"/healthz", "/metrics"})
"""Addresses that answer also without the database."""
_REQUEST_ID = {
    "description": "What this request is called in the logs.",
    "required": True,
    "schema": {"type": "string"},
}
_HEADERS = {
    "401": ("WWW-Authenticate", "Which scheme is wanted, and what was wrong.", True),
    "412": ("ETag", "The tag of what stands now.", True),
    "429": ("Retry-After", "Seconds to wait.", True),
    "503": ("Retry-After", "Seconds to wait.", True),
}


def describe(
    app: FastAPI,
    routes: Iterable[APIRoute],
    deprecated: Mapping[str, Farewell] = DEPRECATED,
) -> None:
    """Make an application describe its routes, once and then from memory."""
    build = app.openapi
    known = {(method, route.path_format): route for route in routes for method in _methods(route)}

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            written = build()
            written["components"]["securitySchemes"] = {"bearer": _BEARER}
            for path, methods in written["paths"].items():
                for method, operation in methods.items():
                    _complete(operation, method, known[method.upper(), path])
            mark(written, deprecated)
        return app.openapi_schema or {}

    app.openapi = document  # type: ignore[method-assign]


def doors(dependant: Any) -> Iterator[Door]:
    """Return the doors in front of an endpoint."""
    if isinstance(dependant.call, Door):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from doors(inner)


def roles_of(route: APIRoute) -> list[str]:
    """Return the roles that a route lets in; none when it is open."""
    return sorted({role.value for door in doors(route.dependant) for role in door.roles})


def _methods(route: APIRoute) -> list[str]:
    return sorted(route.methods or ())


def _complete(operation: dict[str, Any], method: str, route: APIRoute) -> None:
    """Say who may ask, and give each answer exactly one shape."""
    if roles := roles_of(route):
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = roles
    responses = operation["responses"]
    # Every fault of a request is a problem and named; the framework's own shape is never sent.
    responses.pop("default", None)
    if CODES not in responses.get("422", {}):
        responses.pop("422", None)
    for code in _common(operation, method, route):
        codes = responses.setdefault(str(status_of(code)), {}).setdefault(CODES, [])
        codes[:] = sorted({*codes, code})
    operation["responses"] = {status: responses[status] for status in sorted(responses)}
    for status, response in responses.items():
        _shape(response, status)
    _link(operation)
    exemplify(operation)


def _common(operation: dict[str, Any], method: str, route: APIRoute) -> Iterator[str]:
    """Name what every endpoint of this kind refuses."""
    yield "internal_error"
    if route.path_format not in _BARE:
        yield "database_unreachable"
    if operation.get("security"):
        yield from ("token_missing", "token_invalid", "token_expired", "nothing_granted")
        yield from ("role_may_not", "role_not_held", "scope_missing", "act_as_refused")
        yield "issuer_unreachable"
    if method != "get":
        yield from ("body_too_large", "body_too_slow", "body_not_json")
    if "requestBody" in operation:
        yield "invalid_request"
    names = {each["name"] for each in operation.get("parameters", ())}
    if names:
        yield "invalid_request"
    if "cursor" in names:
        yield "cursor_invalid"
    if "if-match" in names:
        yield from ("precondition_required", "precondition_failed")
    if route.path_format.startswith("/v1/"):
        yield from (UNKNOWN, NOT_YET, "rate_limited")
    yield "malformed_request"


def _shape(response: dict[str, Any], status: str) -> None:
    """Give an answer its one shape and its headers."""
    headers = response.setdefault("headers", {})
    headers.setdefault("X-Request-Id", _REQUEST_ID)
    for media in response.get("content", {}).values():
        schema = media.get("schema", {})
        if "$ref" in schema:
            media["schema"] = {"$ref": schema["$ref"]}
    if CODES not in response:
        response.setdefault("description", HTTPStatus(int(status)).phrase)
        return
    response["description"] = "Refused: " + ", ".join(f"`{code}`" for code in response[CODES])
    response["content"] = {MEDIA_TYPE: {"schema": _PROBLEM}}
    if status in _HEADERS:
        name, told, required = _HEADERS[status]
        header = {"description": told, "required": required, "schema": {"type": "string"}}
        headers.setdefault(name, header)


def _link(operation: dict[str, Any]) -> None:
    """Name what may be asked next with what an answer holds."""
    for link in LINKS:
        if link.source == operation["operationId"]:
            said = operation["responses"][str(link.status)].setdefault("links", {})
            said[link.name] = link.written()
