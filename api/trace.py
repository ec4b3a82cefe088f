"""Around the routes: a request id, one log line per request, and no bare failure."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.gauges import Gauges
from api.problems import Problem, answer
from store.faults import without_values

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_REFUSED = 400
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_UNENDING = frozenset({"/v1/live"})
log = structlog.get_logger("relight.api")


class Trace:
    """Gives every request an id and writes down how it was answered; no personal data."""

    def __init__(self, app: ASGIApp, gauges: Gauges) -> None:
        self.app = app
        self.gauges = gauges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = request_id_of(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._serve(scope, receive, send_with_id)
        except Exception as error:
            # The root of the process: logged once with its request id, answered as a problem.
            log.exception("request failed", exc_info=without_values(error))
            if status is None:
                problem = answer(Request(scope), Problem("internal_error"))
                await problem(scope, receive, send_with_id)
        finally:
            self._note(scope, status or 500, time.perf_counter() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
            await answer(Request(scope), Problem("malformed_request"))(scope, receive, send)
        elif (fault := scope.get("fault")) is not None:
            await answer(Request(scope), fault)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self.gauges.requests.labels(scope["method"], route, status).inc()
        if route not in _UNENDING:
            self.gauges.latency.labels(scope["method"], route).observe(seconds)
        if route not in _QUIET:
            log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                **_about(scope, status),
            )


def request_id_of(scope: Scope) -> str:
    """Return the id a request came with, where it can be used, or a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    known = given.decode("latin-1")
    return known if _ID.match(known) else uuid4().hex


def _about(scope: Scope, status: int) -> dict[str, str]:
    """Name what a request was about, by ids that exist: anything may be typed into a path."""
    given = scope.get("path_params", {}) if status < _REFUSED else {}
    bound = structlog.contextvars.get_contextvars()
    ids = {name.removesuffix("_id"): str(value) for name, value in given.items()}
    return {name: value for name, value in ids.items() if name not in bound}
