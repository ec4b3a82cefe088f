"""The gate: who comes too often or finds intake full is turned away before anything is done.

It costs microseconds and asks nobody. A report of danger always passes: above its caller's rate it
only goes the way of the others, and while the others find the lane full it has a lane of its own.
"""

import json
import time
from collections.abc import Callable
from functools import lru_cache
from random import randint

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.danger_marks import tells_of_danger
from api.gauges import Gauges
from api.lanes import Lane, Lanes
from api.language import preferred
from api.limits import Limiter, Rate, address_of, is_this_machine, retry_after
from api.problems import MEDIA_TYPE, content, status_of
from api.rates import Kind, Rates
from api.standings import Standing, Standings
from api.trace import request_id_of

BUSY_S = (2, 8)
"""Whoever finds intake full comes again after so many seconds, not all at once."""
TELL_EVERY_S = 10.0
FREE = frozenset({"/healthz", "/readyz", "/metrics", "/v1/live"})
"""Probes, and the feed, which is one long request: its number is bounded where it is served."""
log = structlog.get_logger("relight.api")


class Gate:
    """Lets a request in or turns it away, by the rates and by the room there is in intake."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        rates: Rates,
        limiter: Limiter,
        lanes: Lanes,
        standings: Standings,
        gauges: Gauges,
        pause: Callable[[], int] = lambda: randint(*BUSY_S),  # noqa: S311 - spreads, hides nothing
    ) -> None:
        self.app = app
        self._rates = rates
        self._limiter = limiter
        self._lanes = lanes
        self._standings = standings
        self._gauges = gauges
        self._pause = pause
        self._told_at = -TELL_EVERY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        standing = self._standings.of(scope)
        if scope["method"] == "POST" and scope["path"] == "/v1/reports" and "fault" not in scope:
            await self._report(standing, scope, receive, send)
            return
        wait = self._too_often(standing, scope)
        if wait is None:
            await self._let_in(standing, scope, receive, send)
        else:
            await self._turn_away("rate_limited", retry_after(wait), scope, send)

    async def _report(self, standing: Standing, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a report into its lane, unless that is full or the caller reports too often."""
        wait = self._too_often(standing, scope)
        if wait is None and (rate := self._rates.reports.get(standing.kind)) is not None:
            wait = self._limiter.hit(rate, "reports", standing.name)
        lane = Lane.DESK if standing.kind is Kind.STAFF else Lane.PUBLIC
        if tells_of_danger(scope.get("body", b"")):
            # Above the rate it is still let in, but may not take the lane from others' danger.
            lane = Lane.DANGER if wait is None else lane
        elif wait is not None:
            await self._turn_away("rate_limited", retry_after(wait), scope, send)
            return
        elif not self._lanes.has_room(lane):
            await self._turn_away("intake_busy", str(self._pause()), scope, send)
            return
        scope["lane"] = lane
        if standing.kind is not Kind.STAFF:
            send = _closing(send)
        self._gauges.admitted.labels(lane).inc()
        with self._lanes.taking(lane), self._gauges.open.labels(lane).track_inprogress():
            await self._let_in(standing, scope, receive, send)

    def _too_often(self, standing: Standing, scope: Scope) -> float | None:
        """Return how long a caller must wait who asks too often, by name and by address."""
        rates = self._rates
        if (rate := rates.person.get(standing.kind)) is not None:
            wait = self._limiter.hit(rate, "person", standing.name)
            if wait is not None:
                return wait
        address = self._counted_address(standing, scope)
        if address is None or rates.address is None:
            return None
        if standing.kind is Kind.STRANGER:
            return self._limiter.full(rates.address, "address", address)
        return self._limiter.hit(rates.address, "address", address)

    def _counted_address(self, standing: Standing, scope: Scope) -> str | None:
        address = None if standing.kind is Kind.STAFF else address_of(scope)
        return None if address is None or is_this_machine(address) else address

    async def _let_in(self, standing: Standing, scope: Scope, receive: Receive, send: Send) -> None:
        address = self._counted_address(standing, scope)
        rate: Rate | None = self._rates.address
        if standing.kind is not Kind.STRANGER or address is None or rate is None:
            await self.app(scope, receive, send)
            return

        async def send_and_count(message: dict[str, object]) -> None:
            # A stranger is not counted for the first request, but for being nobody.
            if message["type"] == "http.response.start" and message["status"] == 401:
                self._limiter.hit(rate, "address", address)
            await send(message)

        await self.app(scope, receive, send_and_count)

    async def _turn_away(self, code: str, seconds: str, scope: Scope, send: Send) -> None:
        request_id = request_id_of(scope)
        self._gauges.turned_away.labels(code).inc()
        self._tell(code)
        lang = preferred(_read(scope, b"accept-language"))
        body = _written(code, lang, seconds).replace(_HERE, json.dumps(request_id).encode())
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"content-language", lang.encode()),
            (b"retry-after", seconds.encode()),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": status_of(code), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _tell(self, code: str) -> None:
        """Write down that callers are turned away: one line for many, or a flood fills the logs."""
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            log.warning("turned away", code=code, open={**self._lanes.open})


def _closing(send: Send) -> Send:
    """End the line after this answer: the next caller comes by the door and is shown the way."""

    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return send_and_close


def _read(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


_HERE = b'"@request_id@"'


@lru_cache(maxsize=512)
def _written(code: str, lang: str, seconds: str) -> bytes:
    told = content(code, lang, "@request_id@", seconds=int(seconds))
    return json.dumps(told, ensure_ascii=False).encode()
