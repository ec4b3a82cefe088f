"""The stream of one client: where it begins, what it is told, and when it ends."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from anyio.lowlevel import checkpoint
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from api.live.fan_out import FanOut, Line
from api.live.rows import Touched, as_json, read
from api.live.view import Told, View
from api.office import Office
from api.problems import Problem
from api.sign_in import Caller
from store import changes
from store.changes import Change, Mark

log = structlog.get_logger("relight.api.live")
MOST_BEHIND = 10_000
"""Whoever missed more changes than this reads the lists anew: that is cheaper for both."""
_PIECE = 100
_STUCK_S = 30.0
_TOKEN = re.compile(r"([0-9a-f]{8})-(\d{1,18})-(\d{1,18})")


def read_token(token: str | None) -> tuple[str, Mark] | None:
    """Return the origin and the mark a token names; raises Problem when it is not one of ours."""
    if token is None:
        return None
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Problem("since_invalid")
    return found[1], Mark(int(found[2]), int(found[3]))


@dataclass
class Stream:
    """What a client asked for; `ask_again` asks the door whether it may still listen.

    `for_s` ends the stream after so many seconds, 0 as soon as it has caught up.
    """

    office: Office
    view: View
    since: tuple[str, Mark] | None
    for_s: float | None
    ask_again: Callable[[], Awaitable[Caller]]

    @property
    def _fan_out(self) -> FanOut:
        return self.office.live

    async def reach(self) -> None:
        """Fail now, while that can still be answered, when the database is away."""
        await self.office.ask(changes.origin)

    async def events(self) -> AsyncIterator[bytes]:
        """Tell from the beginning to the end; a lost database ends it, and the client returns."""
        try:
            if self.for_s == 0:
                async for event in self._beginning(await self._fan_out.mark()):
                    yield event
                return
            async with self._fan_out.follow(self.view) as line:
                async for event in self._beginning(line.begins):
                    yield event
                async for event in self._going_on(line):
                    yield event
        except (DBAPIError, PoolTimeout) as error:
            log.warning("live client let go", cause=type(error).__name__)

    async def _beginning(self, upto: Mark) -> AsyncIterator[bytes]:
        """Greet, or tell what was missed; then say how far that went."""
        reason, missed = await self._missed(upto)
        if self.since is None:
            greeting = {"kinds": sorted(self.view.kinds), "heartbeat_s": self._fan_out.heartbeat_s}
            yield self._event("hello", upto, at=await self.office.now(), **greeting)
        elif reason is not None:
            yield self._resync(upto, reason)
        for first in range(0, len(missed), _PIECE):
            rows = await self._rows(missed[first : first + _PIECE])
            told = self._all([(self.view.told(touched), touched) for touched in rows])
            if told:
                yield told
        yield await self._heartbeat(upto)

    async def _missed(self, upto: Mark) -> tuple[str | None, Sequence[Change]]:
        """Return what came since the client's token, or why that cannot be told."""
        if self.since is None:
            return None, ()
        origin, since = self.since
        if origin != self._fan_out.origin or since > upto:
            return "unknown", ()

        def ask(session: Session) -> list[Change] | None:
            if not changes.is_kept(session, since):
                return None
            scope = self.view.scope
            return changes.between(session, since, upto, districts=scope, limit=MOST_BEHIND + 1)

        found = await self.office.ask(ask)
        if found is None:
            return "too_old", ()
        return ("too_many", ()) if len(found) > MOST_BEHIND else (None, _once(found))

    async def _rows(self, missed: Sequence[Change]) -> list[Touched]:
        return await self.office.ask(read, missed, await self.office.now())

    async def _going_on(self, line: Line) -> AsyncIterator[bytes]:
        ends = None if self.for_s is None else time.monotonic() + self.for_s
        beat_at = time.monotonic() + self._fan_out.heartbeat_s
        while ends is None or time.monotonic() < ends:
            until = beat_at if ends is None else min(beat_at, ends)
            taken = await line.take(until - time.monotonic())
            if taken.spilled is not None:
                yield self._resync(taken.spilled, "slow")
            for first in range(0, len(taken.told), _PIECE):
                yield self._all(taken.told[first : first + _PIECE])
                await checkpoint()  # a long burst holds nobody else up
            if time.monotonic() >= beat_at:
                code = await self._why_not_any_more()
                if code is not None:
                    yield self._event("sign_in_again", taken.upto, code=code)
                    return
                yield await self._heartbeat(taken.upto)
                beat_at = time.monotonic() + self._fan_out.heartbeat_s

    async def _why_not_any_more(self) -> str | None:
        """Return why the caller may not listen any more, or None while it may."""
        try:
            caller = await self.ask_again()
        except Problem as problem:
            return problem.code
        return None if caller == self.view.caller else "token_invalid"

    def _all(self, told: Sequence[tuple[Told | None, Touched]]) -> bytes:
        return b"".join(self._told(what, touched) for what, touched in told if what is not None)

    def _told(self, what: Told, touched: Touched) -> bytes:
        if what == "gone":
            return self._event("gone", touched.mark, kind=touched.kind, id=touched.id)
        return self._written("row", touched.mark, touched.told_to(self.view.caller))

    async def _heartbeat(self, upto: Mark) -> bytes:
        behind_s = round(self._fan_out.behind_s, 1)
        return self._event("heartbeat", upto, at=await self.office.now(), behind_s=behind_s)

    def _resync(self, mark: Mark, reason: str) -> bytes:
        if reason != "slow":
            self.office.gauges.live_resyncs.labels(reason).inc()
        return self._event("resync", mark, reason=reason)

    def _event(self, event: str, mark: Mark, **told: Any) -> bytes:
        return self._written(event, mark, as_json({"event": event, **told}))

    def _written(self, event: str, mark: Mark, data: str) -> bytes:
        token = f"{self._fan_out.origin}-{mark.xid}-{mark.id}"
        return ServerSentEvent(data, event=event, id=token, sep="\n").encode()


def _once(found: Sequence[Change]) -> list[Change]:
    """Return each changed row once, at its last change, with all districts it concerned."""
    last: dict[tuple[str, str], Change] = {}
    for change in found:
        name = (change.kind, change.key)
        before = last.pop(name, change)
        districts = before.districts | change.districts
        last[name] = Change(change.mark, change.kind, change.key, districts)
    return list(last.values())


class LiveResponse(EventSourceResponse):
    """Streams events; a client that takes nothing for half a minute is let go."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream) -> None:
        headers = {"Cache-Control": "no-cache"}
        super().__init__(stream.events(), headers=headers, ping=0, sep="\n", send_timeout=_STUCK_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("live client took nothing", after_s=_STUCK_S)
