"""Headers that tell browsers to be careful with every answer, unless it says something stricter."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # For data; a page says itself what it needs.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_HSTS = "max-age=31536000"


class Guarding:
    """Adds what every answer should say to browsers; nobody else's pages may read any of them."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._wanted(path).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _wanted(self, path: str) -> dict[str, str]:
        wanted = dict(_ALWAYS)
        if path.startswith("/v1/"):
            # Answers are about persons and about now: neither belongs in a cache.
            wanted["Cache-Control"] = "no-store"
        if self.https:
            wanted["Strict-Transport-Security"] = _HSTS
        return wanted
