"""Bodies are small, JSON or a form, and sent without dawdling, or refused unread."""

import asyncio
import re
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

LIMIT_BYTES = 64 * 1024
WITHIN_S = 10.0
PHOTO_BYTES = 8 * 1024 * 1024 + LIMIT_BYTES
"""A photo and what is said of it."""
PHOTO_WITHIN_S = 60.0
"""A photo comes from the roadside: a megabyte over 200 kbit/s takes forty seconds."""
PHOTOS_AT_ONCE = 16
"""So many photos are read at the same time; the others wait, and nobody fills the memory."""
_PHOTOS = re.compile(r"/v1/outages/[^/]+/photos")


@dataclass(frozen=True)
class Measure:
    """What is read of a body at most, how long it may take, and how another kind is refused."""

    limit_bytes: int
    within_s: float
    fault: str = "body_not_json"


class BodyGate:
    """Reads a body up to the limit, then hands the request on with it, or with its fault."""

    def __init__(
        self, app: ASGIApp, limit_bytes: int = LIMIT_BYTES, within_s: float = WITHIN_S
    ) -> None:
        self.app = app
        self._usual = Measure(limit_bytes, within_s)
        self._photo = Measure(PHOTO_BYTES, PHOTO_WITHIN_S, "body_not_multipart")
        self._photos = asyncio.Semaphore(PHOTOS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        # Whoever does not even say who they are sends no photo.
        if _PHOTOS.fullmatch(scope["path"]) and "authorization" in Headers(scope=scope):
            async with self._photos:
                await self._serve(scope, receive, send, self._photo)
        else:
            await self._serve(scope, receive, send, self._usual)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, measure: Measure) -> None:
        fault, body = await self._fault(scope, receive, measure)
        if fault is not None:
            scope["fault"] = Problem(
                fault,
                limit=measure.limit_bytes,
                seconds=round(measure.within_s),
                # What is left of the body is not read: no other request can follow on this line.
                headers={"Connection": "close"},
            )
        scope["body"] = body
        await self.app(scope, _once(body, receive), send)

    async def _fault(
        self, scope: Scope, receive: Receive, measure: Measure
    ) -> tuple[str | None, bytes]:
        """Read the body, and tell what is wrong with it."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > measure.limit_bytes:
            return "body_too_large", b""
        try:
            async with asyncio.timeout(measure.within_s):
                body = await _read(receive, measure.limit_bytes)
        except TimeoutError:
            return "body_too_slow", b""
        if body is None:
            return "body_too_large", b""
        if body and not _is_wanted(headers.get("content-type", ""), scope["path"]):
            return measure.fault, b""
        return None, body


async def _read(receive: Receive, limit_bytes: int) -> bytes | None:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit_bytes:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _is_wanted(content_type: str, path: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if path.startswith("/oidc/"):
        return kind == "application/x-www-form-urlencoded"
    if _PHOTOS.fullmatch(path):
        return kind == "multipart/form-data"
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _once(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives the body that was read, then what follows."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
