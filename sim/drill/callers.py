"""People who report: by many channels, some twice, some again because nobody answered."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sim.drill.calls import Call
from sim.drill.chance import stream
from sim.drill.line import UNCERTAIN, Answer, Badge, NoAnswer, Request
from sim.drill.scene import Scene
from sim.drill.script import Fault

AT_ONCE = 24
ABOUT_PLACES = frozenset({"address_not_found", "outside_service_area", "coordinates_swapped"})
DESK_CHANNELS = {"staff_sighting": "dispatcher", "meter": "admin"}


def badge_for(call: Call, crew: str) -> Badge:
    """Return who sends this call: the customer's own app, a call taker, or staff."""
    if call.channel in ("app", "web"):
        return Badge("customer", f"customer-{call.key}")
    if call.channel == "grid_phone":
        return Badge("crew", f"{crew}-member", crew)
    role = DESK_CHANNELS.get(call.channel, "call_taker")
    return Badge(role, f"{role}-{hash_place(call.key)}")


def hash_place(key: str) -> int:
    """Return which of three desks takes a call."""
    return 1 + sum(key.encode()) % 3


class Callers:
    """Everybody who will call on this day."""

    def __init__(self, scene: Scene, faults: list[Fault], crew: str) -> None:
        self._scene = scene
        self._crew = crew
        self._lines = asyncio.Semaphore(AT_ONCE)
        self._first = {fault.calls[0].key for fault in faults}
        self._calls = sorted(
            (call for fault in faults for call in fault.calls), key=lambda c: (c.at, c.key)
        )
        scene.progress.planned = len(self._calls)

    async def call(self) -> None:
        """Make every call at its time and return when all are answered."""
        async with asyncio.TaskGroup() as calls:
            for call in self._calls:
                await self._scene.pace.sleep_until(call.at)
                if self._scene.pace.over:
                    return
                calls.create_task(self._make(call))

    async def _make(self, call: Call) -> None:
        scene = self._scene
        if call.key not in self._first and scene.truth.repaired_once(call.key):
            scene.write("report.not_needed", ref=call.key)
            scene.progress.not_needed += 1
            return
        async with self._lines:
            try:
                if call.wrong is not None and await self._at_wrong_place(call, call.wrong):
                    return
                if call.manner == "without_key":
                    await self._without_key(call)
                else:
                    await self._with_key(call, call.key)
            except NoAnswer:
                scene.progress.unsure += 1

    async def _with_key(self, call: Call, ref: str) -> None:
        scene = self._scene
        request = self._request(call, ref, key=f"{scene.run}/{ref}")
        answer = await scene.insist(request, what="report", ref=ref)
        self._note(answer, call, ref)
        if call.manner == "sent_twice" and answer.fine:
            again = await scene.insist(request, what="report", ref=ref)
            self._note(again, call, ref)

    async def _at_wrong_place(self, call: Call, wrong: dict[str, Any]) -> bool:
        """Say a wrong place first; tell whether that was taken, else the caller says it right."""
        scene, ref = self._scene, f"{call.key}-wrong"
        body = call.body | {"place": wrong, "note": note_of(scene.run, ref)}
        request = Request(
            badge_for(call, self._crew), "POST", "/v1/reports", body, f"{scene.run}/{ref}"
        )
        answer = await scene.insist(request, what="report", ref=ref)
        if answer.code not in ABOUT_PLACES:
            self._note(answer, call, ref)
            return True
        said = answer.body.get("detail") or answer.body.get("title")
        scene.write("report.corrected", ref=ref, code=answer.code, said=said)
        minutes = stream(scene.seed, "right", call.key).uniform(0.3, 1.5)
        await scene.pace.sleep(timedelta(minutes=minutes))
        return False

    async def _without_key(self, call: Call) -> None:
        """Call once; when no answer comes nobody can know, so call again as a new report."""
        scene = self._scene
        scene.write("report.sending", ref=call.key, tries=1, keyless=True)
        try:
            answer = await scene.line.ask(self._request(call, call.key, key=None))
            fault = answer.code
        except NoAnswer as error:
            answer, fault = None, str(error)
        if answer is not None and answer.status not in UNCERTAIN:
            self._note(answer, call, call.key)
            return
        scene.write("report.given_up", ref=call.key, fault=fault)
        minutes = stream(scene.seed, "again", call.key).uniform(1, 3)
        await scene.pace.sleep(timedelta(minutes=minutes))
        await self._with_key(replace(call, manner="with_key"), f"{call.key}-again")

    def _request(self, call: Call, ref: str, key: str | None) -> Request:
        body: dict[str, Any] = call.body | {"note": note_of(self._scene.run, ref)}
        return Request(badge_for(call, self._crew), "POST", "/v1/reports", body, key)

    def _note(self, answer: Answer, call: Call, ref: str) -> None:
        scene = self._scene
        if answer.status != HTTPStatus.CREATED and not answer.fine:
            scene.write("report.refused", ref=ref, status=answer.status, code=answer.code)
            scene.progress.refused += 1
            return
        report, outage = answer.body["report"], answer.body["outage"]
        scene.write(
            "report.acknowledged",
            ref=ref,
            report=report["id"],
            outage=outage["id"],
            promised=answer.body["promised_arrival_at"],
            area=answer.body["area_class"],
            planned=(answer.body.get("planned") or {}).get("id"),
            replayed=answer.headers.get("idempotency-replayed") == "true",
        )
        if scene.truth.caller(report["id"]) is None:
            scene.progress.taken(report["id"])
            due = datetime.fromisoformat(answer.body["promised_arrival_at"])
            known = scene.progress.due.get(outage["id"], due)
            scene.progress.due[outage["id"]] = min(known, due)
            scene.progress.dark.add(outage["id"])
        scene.truth.attached(call.key, report["id"], outage["id"])


def note_of(run: str, ref: str) -> str:
    """Return the note by which a report of this drill is known again in any list."""
    return f"drill {run}/{ref}"
