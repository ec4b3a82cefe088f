"""What the public API says at the end: every report, its outage and the pages sent."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from sim.drill.line import Answer, Badge, Line, NoAnswer, Request, look
from sim.drill.scene import items_of

PATIENCE_S = 60.0
AT_ONCE = 8
ASKER = Badge("supervisor", "supervisor-verdict")


@dataclass(frozen=True)
class ReportFound:
    """A report as the API shows it; `outcome` None while nobody was called back."""

    outage: str | None
    outcome: str | None


@dataclass(frozen=True)
class OutageFound:
    """An outage as the API shows it."""

    stage: str
    reopened: int
    closed_at: str | None = None


@dataclass
class Findings:
    """All answers; a report or outage the API does not know is None."""

    reports: dict[str, ReportFound | None] = field(default_factory=dict)
    outages: dict[str, OutageFound | None] = field(default_factory=dict)
    noted: dict[str, set[str]] = field(default_factory=dict)
    rungs: dict[tuple[str, int], int] = field(default_factory=dict)


class Inquiry:
    """Asks the API about everything the journal names."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def find(self, reports: Iterable[str], run: str) -> Findings:
        """Look up reports, then their outages, then every report with a note of this run."""
        found = Findings()
        wanted = sorted(set(reports))
        shown = await asyncio.gather(*(self._report(report) for report in wanted))
        found.reports = dict(zip(wanted, shown, strict=True))
        outages = sorted({item.outage for item in shown if item and item.outage})
        views = await asyncio.gather(*(self._outage(outage) for outage in outages))
        found.outages = dict(zip(outages, views, strict=True))
        for item in await self._all("/v1/reports"):
            note = str(item.get("note") or "")
            if note.startswith(f"drill {run}/"):
                ref = note.removeprefix(f"drill {run}/")
                found.noted.setdefault(ref, set()).add(item["id"])
        for item in await self._all("/v1/pages", {"open": "false"}):
            if item["outage"]["id"] in found.outages:
                key = (item["ladder"], item["percent"])
                found.rungs[key] = found.rungs.get(key, 0) + 1
        return found

    async def outage_stage(self, outage: str) -> str | None:
        """Return the stage of an outage now; None when the API does not say."""
        view = await self._outage(outage)
        return view.stage if view is not None else None

    async def _report(self, report: str) -> ReportFound | None:
        answer = await self._get(f"/v1/reports/{report}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        outage = answer.body["outage"]
        return ReportFound(outage and outage["id"], answer.body["outcome"])

    async def _outage(self, outage: str) -> OutageFound | None:
        answer = await self._get(f"/v1/outages/{outage}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        seen = answer.body
        return OutageFound(seen["stage"], seen["reopened"], seen.get("closed_at"))

    async def _all(self, path: str, chosen: dict[str, str] | None = None) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": "200"} | (chosen or {}) | ({"cursor": cursor} if cursor else {})
            answer = await self._get(path, query)
            items.extend(items_of(answer))
            cursor = answer.body.get("next_cursor") if answer.fine else None
            if cursor is None:
                return items

    async def _get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        async with self._slots:
            request = Request(ASKER, "GET", path, query=query or {})
            answer = await look(self._line, request, patience_s=PATIENCE_S)
        if answer is None:
            raise NoAnswer(f"GET {path}: no answer within {PATIENCE_S:.0f} s")
        return answer
