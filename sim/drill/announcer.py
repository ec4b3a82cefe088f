"""Planned work: announced before the day, done by people whom no board sends, seldom too late."""

import asyncio
from datetime import datetime, timedelta

from sim.drill.chance import happens, stream
from sim.drill.line import Badge, NoAnswer, Request
from sim.drill.scene import Scene
from sim.drill.script import Fault

SHARE_OVERRUN = 0.1
BEFORE = timedelta(minutes=15)
LENGTH = timedelta(minutes=40)
DESK = Badge("dispatcher", "dispatcher-1")


class Announcer:
    """Whoever plans work: announces all of it, and switches on again at its end."""

    def __init__(self, scene: Scene, faults: list[Fault]) -> None:
        self._scene = scene
        self._works = [fault for fault in faults if fault.kind == "planned"]

    async def live(self) -> None:
        """Announce every work, then bring each to its end."""
        async with asyncio.TaskGroup() as works:
            for fault in self._works:
                works.create_task(self._work(fault))

    async def _work(self, fault: Fault) -> None:
        scene = self._scene
        until = fault.off + max(fault.work, LENGTH)
        try:
            if not await self._announce(fault, until):
                return
        except NoAnswer:
            return
        if happens(stream(scene.seed, "overrun", fault.id), SHARE_OVERRUN):
            # The light does not come back as announced: the callers say so, and a crew is sent.
            scene.write("planned.overruns", fault=fault.id, until=until)
            return
        await scene.pace.sleep_until(until)
        if not scene.pace.over:
            scene.truth.mended(fault.id)
            scene.write("lit", outage=None, crew=None, faults=[fault.id])

    async def _announce(self, fault: Fault, until: datetime) -> bool:
        scene = self._scene
        body = {
            "id": f"{scene.run}/planned/{fault.id}",
            "transformers": sorted({home.transformer for home in fault.homes}),
            "since": (fault.off - BEFORE).isoformat(),
            "until": until.isoformat(),
            "reason": fault.cause,
            "notice": f"Drill: {fault.cause}.",
        }
        request = Request(DESK, "POST", "/v1/planned-works", body)
        answer = await scene.insist(request, what="planned", ref=fault.id)
        code = None if answer.fine else answer.code
        scene.write("planned.announced", fault=fault.id, until=until, code=code)
        return answer.fine
