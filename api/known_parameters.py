"""Query parameters that an address does not know are refused, so that a typing error shows."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

UNKNOWN, NOT_YET = "unknown_parameter", "as_of_not_yet"
_KINDS = {"as_of": NOT_YET}
"""Reserved names: one day a read with `as_of` will show how things stood at a past time."""


async def only_known(request: Request) -> None:
    """Refuse what an endpoint of this interface would silently ignore."""
    route = request.scope["route"]
    if not isinstance(route, APIRoute) or not route.path.startswith("/v1/"):
        return
    unknown = sorted(set(request.query_params) - _names(route.dependant))
    if unknown:
        raise RequestValidationError(
            [{"type": _KINDS.get(name, UNKNOWN), "loc": ("query", name)} for name in unknown]
        )


def _names(dependant: Any) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_names(inner) for inner in dependant.dependencies))
