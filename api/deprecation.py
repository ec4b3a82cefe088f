"""What will be taken away one day: declared here, and told with every answer that uses it.

An endpoint is named by its operation, a field by `Shape.field` as the document writes it. Answers
of an endpoint bear `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to what to do instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Farewell:
    """Since when something is not to be used any more, until when it works, and what to do."""

    since: datetime
    until: datetime
    instead: str


DEPRECATED: dict[str, Farewell] = {}
"""Nothing yet. What is named here keeps working for a year at least."""


class Ageing:
    """Tells with each answer of a deprecated endpoint that it is one."""

    def __init__(self, app: ASGIApp, deprecated: Mapping[str, Farewell]) -> None:
        self.app = app
        self.deprecated = deprecated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self.deprecated:
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            farewell = self.deprecated.get(getattr(scope.get("route"), "name", ""))
            if message["type"] == "http.response.start" and farewell is not None:
                _say(MutableHeaders(scope=message), farewell)
            await send(message)

        await self.app(scope, receive, told)


def _say(headers: MutableHeaders, farewell: Farewell) -> None:
    headers["Deprecation"] = f"@{int(farewell.since.timestamp())}"
    headers["Sunset"] = format_datetime(farewell.until.astimezone(UTC), usegmt=True)
    headers.append("Link", f'<{farewell.instead}>; rel="deprecation"; type="text/html"')


def mark(document: dict[str, Any], deprecated: Mapping[str, Farewell]) -> None:
    """Mark in the document what is deprecated; raises KeyError for what is not there."""
    operations = {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    for name, farewell in deprecated.items():
        shape, _, field = name.partition(".")
        place = document["components"]["schemas"][shape]["properties"][field] if field else None
        marked = operations[name] if place is None else place
        marked |= {"deprecated": True, "x-sunset": farewell.until.date().isoformat()}
