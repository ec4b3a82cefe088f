"""The line to the public API as the simulated people see it, and how they insist on an answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from sim.drill.journal import Journal
from sim.drill.pace import Pace

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 5.0
UNCERTAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class NoAnswer(Exception):  # noqa: N818 - a line may be dead without anybody's error
    """The request may or may not have arrived."""


@dataclass(frozen=True)
class Badge:
    """Who asks: a role, a name and, for a crew's phone, the crew."""

    role: str
    subject: str
    crew: str | None = None


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the body and the headers in lower case."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        """Tell whether the request was done."""
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def code(self) -> str:
        """Return the stable code of a problem, or the status."""
        body = self.body if isinstance(self.body, dict) else {}
        return str(body.get("code") or self.status)


@dataclass(frozen=True)
class Request:
    """One request of one person; `seen` is the tag of the state it is about."""

    badge: Badge
    method: str
    path: str
    body: Any = None
    key: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    seen: str | None = None


class Line(Protocol):
    """Carries one request to the API; raises NoAnswer when the outcome is not known."""

    async def ask(self, request: Request) -> Answer:
        """Send a request and return its answer."""


async def insist(
    line: Line, request: Request, *, journal: Journal, pace: Pace, what: str, ref: str
) -> Answer:
    """Send the same request until its outcome is known, writing down every try.

    Only for requests that carry an id, so that a repeat is the same request. Ends with NoAnswer
    when the drill is over before an answer came.
    """
    wait, tries = FIRST_WAIT_S, 0
    while True:
        tries += 1
        journal.write(f"{what}.sending", pace.house_now(), ref=ref, tries=tries)
        try:
            answer = await line.ask(request)
            fault = answer.code
        except NoAnswer as error:
            answer, fault = None, str(error)
        if answer is not None and answer.status not in UNCERTAIN:
            return answer
        journal.write(f"{what}.unsure", pace.house_now(), ref=ref, tries=tries, fault=fault)
        if pace.over:
            raise NoAnswer(f"{what} {ref}: {fault}")
        await asyncio.sleep(_wait(answer, wait))
        wait = min(wait * 1.6, LONGEST_WAIT_S)


def _wait(answer: Answer | None, wait: float) -> float:
    given = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(float(given), wait) if given.isdigit() else wait


async def look(line: Line, request: Request, *, patience_s: float = 0.0) -> Answer | None:
    """Read something; None when there is no answer now, after so much patience."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + patience_s
    while True:
        try:
            answer = await line.ask(request)
            if answer.status not in UNCERTAIN:
                return answer
        except NoAnswer:
            pass
        if loop.time() >= ends:
            return None
        await asyncio.sleep(1.0)
