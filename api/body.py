"""Bodies are small, JSON or a sign-in form, and sent without dawdling, or refused unread."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

LIMIT_BYTES = 64 * 1024
WITHIN_S = 10.0


class BodyGate:
    """Reads a body up to the limit, then hands the request on with it, or with its fault."""

    def __init__(
        self, app: ASGIApp, limit_bytes: int = LIMIT_BYTES, within_s: float = WITHIN_S
    ) -> None:
        self.app = app
        self.limit_bytes = limit_bytes
        self.within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        fault, body = await self._fault(scope, receive)
        if fault is not None:
            scope["fault"] = Problem(
                fault,
                limit=self.limit_bytes,
                seconds=round(self.within_s),
                # What is left of the body is not read: no other request can follow on this line.
                headers={"Connection": "close"},
            )
        scope["body"] = body
        await self.app(scope, _once(body, receive), send)

    async def _fault(self, scope: Scope, receive: Receive) -> tuple[str | None, bytes]:
        """Read the body, and tell what is wrong with it."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.limit_bytes:
            return "body_too_large", b""
        try:
            async with asyncio.timeout(self.within_s):
                body = await self._read(receive)
        except TimeoutError:
            return "body_too_slow", b""
        if body is None:
            return "body_too_large", b""
        if body and not _is_wanted(headers.get("content-type", ""), scope["path"]):
            return "body_not_json", b""
        return None, body

    async def _read(self, receive: Receive) -> bytes | None:
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.limit_bytes:
                return None
            more = message.get("more_body", False)
        return b"".join(parts)


def _is_wanted(content_type: str, path: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if path.startswith("/oidc/"):
        return kind == "application/x-www-form-urlencoded"
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
