"""The driver: sets callers, crews and the callback desk going and waits for the last outcome."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sim.drill.agents import CallbackDesk
from sim.drill.announcer import Announcer
from sim.drill.callers import Callers
from sim.drill.crews import Crew, place_of
from sim.drill.dispatcher import Dispatcher
from sim.drill.inquiry import Inquiry
from sim.drill.journal import only, read_journal
from sim.drill.line import Badge, NoAnswer, Request, look
from sim.drill.meters import Meters
from sim.drill.scene import Scene, items_of
from sim.drill.script import Fault
from sim.drill.verdict import Verdict, draw_verdict

LOOK_EVERY_S = 0.5
CLOSE_WITHIN_S = 90.0
START_WITHIN_S = 60.0


class DrillRefused(Exception):  # noqa: N818 - it is a refusal, said in a sentence
    """The drill cannot be played on this installation."""


@dataclass(frozen=True)
class Roster:
    """A crew and where it stands when the drill begins."""

    crew: str
    at: tuple[float, float]


Told = Callable[[Scene], None]


class Driver:
    """Plays one script on one installation."""

    def __init__(
        self,
        scene: Scene,
        faults: Sequence[Fault],
        *,
        drain: timedelta,
        advise: bool = False,
        agents: int = 3,
        tell: Told | None = None,
    ) -> None:
        self._scene = scene
        self._faults = list(faults)
        self._drain = drain
        self._advise = advise
        self._agents = agents
        self._tell = tell or (lambda _: None)

    async def play(self, *others: Coroutine[Any, Any, None]) -> Verdict:
        """Play the script to its last outcome, with others beside it, and draw the verdict."""
        scene = self._scene
        try:
            roster = await self._muster()
        except BaseException:
            for other in others:
                other.close()
            raise
        scene.write("drill.begins", seed=scene.seed, run=scene.run, faults=len(self._faults))
        for entry in roster:
            scene.write("drill.crew", crew=entry.crew)
        for fault in self._faults:
            scene.write(
                "fault", fault=fault.id, kind=fault.kind, off=fault.off, cause=fault.cause,
                homes=len(fault.homes), customers=fault.customers, calls=len(fault.calls),
            )  # fmt: skip
        beside = [asyncio.create_task(other) for other in others]
        async with asyncio.TaskGroup() as people:
            for entry in roster:
                people.create_task(Crew(scene, entry.crew, entry.at).live())
            people.create_task(CallbackDesk(scene, self._agents).live())
            people.create_task(Meters(scene, self._faults).live())
            people.create_task(Announcer(scene, self._faults).live())
            if self._advise:
                people.create_task(Dispatcher(scene).live())
            calls = people.create_task(Callers(scene, self._faults, roster[0].crew).call())
            await self._until_done(calls)
            await self._until_closed()
            scene.pace.over = True
        await asyncio.gather(*beside)
        scene.write("drill.ends", owed=len(scene.progress.owed))
        return await self._judge()

    async def _muster(self) -> list[Roster]:
        """Ask which crews the district has and where they are."""
        request = Request(
            Badge("supervisor", "supervisor-1"), "GET", "/v1/crews",
            query={"district": self._scene.district},
        )  # fmt: skip
        answer = await look(self._scene.line, request, patience_s=START_WITHIN_S)
        roster = [Roster(item["id"], place_of(item["position"]["at"])) for item in items_of(answer)]
        if not roster:
            said = answer.code if answer is not None else "no answer"
            raise DrillRefused(f"There are no crews in district {self._scene.district}: {said}.")
        return roster

    async def _until_done(self, calls: asyncio.Task[None]) -> None:
        """Return when every caller was called back, or the drain's house time is over."""
        scene = self._scene
        last = max(call.at for fault in self._faults for call in fault.calls)
        while scene.pace.house_now() < last + self._drain:
            self._tell(scene)
            if calls.done():
                calls.result()
                if not scene.progress.owed:
                    return
            await asyncio.sleep(LOOK_EVERY_S)
        scene.write("drill.drained", owed=len(scene.progress.owed))

    async def _until_closed(self) -> None:
        """Give the last outages a moment to close after their last callback."""
        inquiry = Inquiry(self._scene.line)
        entries = list(read_journal(self._scene.journal.path))
        waiting = {entry["outage"] for entry in only(entries, "report.acknowledged")}
        ends = asyncio.get_running_loop().time() + CLOSE_WITHIN_S
        while waiting and asyncio.get_running_loop().time() < ends:
            for outage in sorted(waiting):
                if await self._closed(inquiry, outage):
                    waiting.discard(outage)
            self._tell(self._scene)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _closed(self, inquiry: Inquiry, outage: str) -> bool:
        try:
            return await inquiry.outage_stage(outage) == "closed"
        except NoAnswer:
            return False

    async def _judge(self) -> Verdict:
        entries = list(read_journal(self._scene.journal.path))
        reports = {entry["report"] for entry in only(entries, "report.acknowledged")}
        found = await Inquiry(self._scene.line).find(reports, self._scene.run)
        for outage, view in found.outages.items():
            if view is not None:
                self._scene.write("found", outage=outage, **asdict(view))
        return draw_verdict(entries, found)
