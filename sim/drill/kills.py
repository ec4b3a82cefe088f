"""Kills beside a drill: at seeded times parts are killed, and what lies down is started again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from sim.drill.chance import stream
from sim.drill.scene import Scene

PARTS = ("api", "relay", "worker", "planner", "temporal", "postgres")
DOWN_FROM_S = 0.5
DOWN_TO_S = 3.0
LOOK_EVERY_S = 0.5


class Parts(Protocol):
    """The parts of an installation by name, as the kill driver needs them."""

    def kill(self, name: str) -> None:
        """Kill a part as `kill -9` does."""

    def start(self, name: str) -> object:
        """Start a part unless it runs."""

    def alive(self, name: str) -> bool:
        """Say whether a part runs."""


@dataclass(frozen=True)
class Kill:
    """One kill: after how many steps of the run, which part, how long it stays down.

    A step is a report acknowledged or a caller called back.
    """

    after: int
    part: str
    down_s: float


def plan_kills(number: int, reports: int, seed: int, parts: Sequence[str] = PARTS) -> list[Kill]:
    """Draw kills spread over a run of so many reports; every part has its turn."""
    chance = stream(seed, "kills")
    turns: list[str] = []
    while len(turns) < number:
        turns.extend(chance.sample(list(parts), len(parts)))
    moments = sorted(chance.uniform(0.05, 0.9) * 2 * reports for _ in range(number))
    return [
        Kill(int(moment), part, chance.uniform(DOWN_FROM_S, DOWN_TO_S))
        for moment, part in zip(moments, turns, strict=False)
    ]


class Harasser:
    """Carries out the kills of a plan and keeps everything else running."""

    def __init__(self, scene: Scene, parts: Parts, kills: Sequence[Kill]) -> None:
        self._scene = scene
        self._parts = parts
        self._kills = list(kills)
        self._down: set[str] = set()

    async def harass(self) -> None:
        """Kill as planned, and start again what fell, until the drill is over."""
        mending = asyncio.create_task(self._mend())
        for kill in self._kills:
            await self._wait_for(kill.after)
            await self._carry_out(kill)
        await mending

    async def _wait_for(self, steps: int) -> None:
        progress = self._scene.progress
        for _ in count():
            if progress.acknowledged + progress.called_back >= steps or self._quiet():
                return
            await asyncio.sleep(0.05)

    def _quiet(self) -> bool:
        """Tell whether nothing more will happen, so that waiting for it is in vain."""
        progress = self._scene.progress
        settled = progress.acknowledged + progress.not_needed + progress.refused + progress.unsure
        done = settled >= progress.planned > 0 and not progress.owed
        return self._scene.pace.over or done

    async def _carry_out(self, kill: Kill) -> None:
        self._scene.write("killed", part=kill.part, after=kill.after, down_s=kill.down_s)
        self._scene.progress.kills += 1
        self._scene.progress.killed = kill.part
        self._down.add(kill.part)
        await asyncio.to_thread(self._parts.kill, kill.part)
        await asyncio.sleep(kill.down_s)
        await self._start_if_down(kill.part)
        self._down.discard(kill.part)

    async def _mend(self) -> None:
        """Start again what fell by itself, e.g. at a named kill point."""
        while not self._scene.pace.over:
            await asyncio.sleep(LOOK_EVERY_S)
            for part in PARTS:
                if part not in self._down and not self._parts.alive(part):
                    self._scene.write("fell", part=part)
                    await self._start_if_down(part)

    async def _start_if_down(self, part: str) -> None:
        """Start a part; a start that fails is tried again, since the parts lean on each other."""
        for _ in range(5):
            if self._parts.alive(part):
                return
            try:
                await asyncio.to_thread(self._parts.start, part)
            except Exception as error:  # noqa: BLE001 - a server may need another try
                self._scene.write("start.failed", part=part, fault=str(error)[:300])
                await asyncio.sleep(1)
