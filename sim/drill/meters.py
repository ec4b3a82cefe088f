"""Meters: they say that their supply is back, many at once, and now and then a word gets lost."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from sim.drill.calls import Call
from sim.drill.chance import happens, stream
from sim.drill.line import Badge, NoAnswer, Request, look
from sim.drill.scene import Scene, items_of
from sim.drill.script import Fault

LOOK_EVERY_S = 0.5
OUTAGES_A_LOOK = 6
SHARE_WORD_LOST = 0.08
LONGEST_MIN = 4.0
HEAD_END = Badge("call_taker", "head-end")


@dataclass(frozen=True)
class Word:
    """A power on that a meter will say at a house time."""

    call: Call
    at: datetime


class Meters:
    """The head-end of all meters: it sends what they say, and looks what became of it."""

    def __init__(self, scene: Scene, faults: list[Fault]) -> None:
        self._scene = scene
        self._dark = {
            call.key: call for fault in faults for call in fault.calls if call.channel == "meter"
        }
        self._said: list[Word] = []
        self._looked: deque[str] = deque()

    async def live(self) -> None:
        """Send words as homes are lit again, until the drill is over."""
        while not self._scene.pace.over:
            self._hear()
            try:
                await self._send()
            except NoAnswer:
                return
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    def _hear(self) -> None:
        """Note which meters have their supply back; a lost word is never said."""
        scene = self._scene
        for key in [key for key in self._dark if scene.truth.lit(key)]:
            call = self._dark.pop(key)
            chance = stream(scene.seed, "power on", key)
            if happens(chance, SHARE_WORD_LOST):
                scene.write("meter.word_lost", ref=key)
                continue
            minutes = chance.uniform(0.05, LONGEST_MIN)
            self._said.append(Word(call, scene.pace.house_now() + timedelta(minutes=minutes)))

    async def _send(self) -> None:
        """Send all words that are due in one request, the same ids until it is answered."""
        scene = self._scene
        now = scene.pace.house_now()
        due = [word for word in self._said if word.at <= now][:200]
        if not due:
            return
        events = [
            {
                "id": f"{scene.run}/{word.call.key}/on",
                "kind": "power_on",
                "service_point_id": word.call.body["place"]["service_point_id"],
                "occurred_at": word.at.isoformat(),
            }
            for word in due
        ]
        ref = f"{due[0].call.key}/{len(due)}"
        request = Request(HEAD_END, "POST", "/v1/meter-events", {"events": events})
        answer = await scene.insist(request, what="meters", ref=ref)
        sent = {word.call.key for word in due}
        self._said = [word for word in self._said if word.call.key not in sent]
        told = answer.body.get("events", []) if isinstance(answer.body, dict) else []
        refused = [each["code"] for each in told if each["result"] == "refused"]
        code = None if answer.fine else answer.code
        scene.write("meters.said", ref=ref, words=len(due), refused=refused, code=code)

    async def _look(self) -> None:
        """Look at some outages of meters in turn: nobody calls to say that a meter is done."""
        scene = self._scene
        owed = scene.progress.owed & scene.truth.reports_of_meters
        waiting = {scene.truth.outage_of(report) for report in owed}
        self._looked = deque([each for each in self._looked if each in waiting])
        self._looked.extend(sorted(waiting - set(self._looked)))
        for _ in range(min(OUTAGES_A_LOOK, len(self._looked))):
            outage = self._looked.popleft()
            self._looked.append(outage)
            await self._look_at(outage)

    async def _look_at(self, outage: str) -> None:
        scene = self._scene
        request = Request(HEAD_END, "GET", "/v1/reports", query={"outage": outage, "limit": "200"})
        for report in items_of(await look(scene.line, request)):
            name, outcome = report["id"], report["outcome"]
            mine = name in scene.truth.reports_of_meters
            if mine and outcome is not None and name in scene.progress.owed:
                scene.write("meter.settled", report=name, outage=outage, outcome=outcome)
                scene.progress.called(name)
