"""The drill's line to a running installation: HTTP with tokens of the local issuer."""

from types import TracebackType
from typing import Self

import httpx

from relight.settings import Settings
from relight.token import issue
from sim.drill.line import Answer, Badge, NoAnswer, Request

TIMEOUT = httpx.Timeout(12.0, connect=3.0, pool=30.0)
LIMITS = httpx.Limits(max_connections=40, max_keepalive_connections=20)


class HttpLine:
    """Carries requests over HTTP; one token per badge, signed with the installation's key."""

    def __init__(self, base_url: str, settings: Settings) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, limits=LIMITS)
        self._tokens: dict[Badge, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def ask(self, request: Request) -> Answer:
        """Send a request; a broken connection or an unreadable answer is no answer."""
        headers = {"Authorization": f"Bearer {self._token(request.badge)}"}
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        if request.seen is not None:
            headers["If-Match"] = request.seen
        try:
            response = await self._client.request(
                request.method,
                request.path,
                json=request.body,
                params=dict(request.query),
                headers=headers,
            )
            body = response.json() if response.content else None
        except (httpx.TransportError, ValueError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        return Answer(response.status_code, body, dict(response.headers))

    def _token(self, badge: Badge) -> str:
        if badge not in self._tokens:
            self._tokens[badge] = issue(
                self._settings, badge.role, badge.subject, crew=badge.crew, hours=48
            )
        return self._tokens[badge]
