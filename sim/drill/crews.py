"""Crews: they read their own route, drive, work and state what they do by phone."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sim.drill.chance import happens, stream
from sim.drill.line import NoAnswer, Request, look
from sim.drill.phone import Phone
from sim.drill.scene import Scene, items_of
from sim.drill.ways import delayed, spots_along

# A drive is told in so many messages, each with the places passed since the last.
LEGS = 4
SPOTS_PER_LEG = 5
# An idle phone looks at its route often at first, then more slowly.
IDLE_S = 0.5
LONGEST_IDLE_S = 2.0
# So long may the rows behind a route still show a task that was finished.
ROWS_LAG_S = 8.0
SHARE_REFUSED = 0.02
SHARE_OFFLINE = 0.04
SHARE_HELD = 0.04
SHARE_SECOND_FAULT = 0.02
SHARE_ESTIMATED = 0.7
SHARE_PARTLY = 0.2
ON_SITE = ("arrived", "assessing", "working", "on_hold")


@dataclass(frozen=True)
class Stop:
    """One task of the crew's route as the phone shows it."""

    task: str
    outage: str
    kind: str
    state: str
    at: tuple[float, float]
    area: str
    customers: int
    hazards: tuple[str, ...]
    assigned_at: str

    @property
    def order(self) -> str:
        """Name this order: the same task may be given to the crew again."""
        return f"{self.task}/{self.assigned_at}"


def read_stop(item: dict[str, Any]) -> Stop:
    """Read a stop of GET /v1/crews/{id}/route."""
    outage, place = item["outage"], item["place"]
    return Stop(
        task=item["task"],
        outage=outage["id"],
        kind=item["kind"],
        state=item["state"],
        at=place_of(place["at"]),
        area=place["area_class"],
        customers=outage["customers_off"] or 1,
        hazards=tuple(item["hazards"]),
        assigned_at=str(item["assigned_at"]),
    )


def place_of(point: dict[str, Any]) -> tuple[float, float]:
    """Return [lon, lat] of a GeoJSON point."""
    lon, lat = point["coordinates"]
    return float(lon), float(lat)


class Crew:
    """One crew with its phone, from its first order to the end of the drill."""

    def __init__(self, scene: Scene, crew: str, at: tuple[float, float]) -> None:
        self._scene = scene
        self._phone = Phone(scene, crew, at)
        self._crew = crew
        self._route: list[Stop] = []
        self._taken: set[str] = set()
        self._returned: set[str] = set()
        self._finished: dict[str, float] = {}
        self._visits: Counter[str] = Counter()

    async def live(self) -> None:
        """Take orders as they come in and serve them one after the other."""
        async with asyncio.TaskGroup() as hands:
            hands.create_task(self._watch())
            hands.create_task(self._serve_all())

    async def _watch(self) -> None:
        """Look at the route, often while there is work, and answer new orders at once."""
        request = Request(self._phone.badge, "GET", f"/v1/crews/{self._crew}/route")
        wait = IDLE_S
        while not self._scene.pace.over:
            asked = asyncio.get_running_loop().time()
            answer = None if self._phone.offline else await look(self._scene.line, request)
            if answer is not None and answer.fine:
                self._look_at([read_stop(item) for item in items_of(answer)], asked)
            wait = IDLE_S if self._route else min(wait * 1.3, LONGEST_IDLE_S)
            try:
                for stop in self._route:
                    if stop.state == "dispatched" and stop.order not in self._taken:
                        await self._answer(stop)
            except NoAnswer:
                return
            await asyncio.sleep(wait)

    def _look_at(self, route: list[Stop], asked: float) -> None:
        """Take over the route as the desk has it.

        A task we called finished before we asked, and that is still there, is not finished: its
        completion was refused, perhaps long after it was said offline.
        """
        self._route = route
        there = {stop.task for stop in route}
        if not self._phone.offline:
            self._finished = {
                task: since
                for task, since in self._finished.items()
                if task not in there or asked - since < ROWS_LAG_S
            }

    async def _answer(self, stop: Stop) -> None:
        """Take an order, or seldom return it."""
        chance = stream(self._scene.seed, "order", self._crew, stop.order)
        await self._minutes(chance.uniform(0.2, 0.8))
        refuses = happens(chance, SHARE_REFUSED) and stop.task not in self._returned
        if refuses and await self._say(stop, "refuse", reason="vehicle_fault"):
            self._returned.add(stop.task)
            return
        if await self._say(stop, "acknowledge"):
            self._taken.add(stop.order)

    async def _serve_all(self) -> None:
        while not self._scene.pace.over:
            stop = self._next_stop()
            if stop is None:
                await asyncio.sleep(IDLE_S)
                continue
            try:
                await self._serve(stop)
            except NoAnswer:
                return

    def _next_stop(self) -> Stop | None:
        """Return what was begun, whatever the order of the plan; else the first order taken."""
        mine = [stop for stop in self._route if stop.task not in self._finished]
        begun = [stop for stop in mine if stop.state in (*ON_SITE, "en_route")]
        taken = [stop for stop in mine if stop.state == "acknowledged" or stop.order in self._taken]
        return next(iter(begun or taken), None)

    async def _serve(self, stop: Stop) -> None:
        self._visits[stop.task] += 1
        visit = self._visits[stop.task]
        chance = stream(self._scene.seed, "stop", self._crew, stop.task, visit)
        if stop.state not in ON_SITE and not await self._come(stop, chance):
            # The screen was out of date: look again after a moment.
            await asyncio.sleep(IDLE_S * 2)
            return
        await self._work(stop, chance)
        if self._phone.offline:
            await self._minutes(chance.uniform(5, 20))
            await self._phone.sync()
            self._finished = dict.fromkeys(self._finished, asyncio.get_running_loop().time())

    async def _come(self, stop: Stop, chance: Random) -> bool:
        """Drive there and arrive; False when the order is not ours any more."""
        if stop.state != "en_route":
            await self._minutes(chance.uniform(0.5, 3))
            if not await self._say(stop, "depart"):
                return False
        self._phone.offline = happens(chance, SHARE_OFFLINE)
        visit = self._visits[stop.task]
        await self._drive(stop, stream(self._scene.seed, "road", stop.task, visit))
        if not await self._say(stop, "arrive"):
            return False
        self._scene.progress.arrivals += 1
        self._scene.progress.on_site.setdefault(stop.outage, self._scene.pace.house_now())
        return True

    async def _drive(self, stop: Stop, chance: Random) -> None:
        """Follow the way, in the time the streets really take, telling where we are."""
        scene, phone = self._scene, self._phone
        way = await asyncio.to_thread(scene.way, phone.at, stop.at, stop.area)
        seconds = delayed(way, chance)
        scene.write(
            "crew.drives", crew=self._crew, task=stop.task, metres=round(way.metres),
            told_s=round(way.seconds), takes_s=round(seconds), by=way.by,
        )  # fmt: skip
        begins, spots = scene.pace.house_now(), spots_along(way, LEGS * SPOTS_PER_LEG)
        times = [
            begins + timedelta(seconds=seconds * (number + 1) / len(spots))
            for number in range(len(spots))
        ]
        for first in range(0, len(spots), SPOTS_PER_LEG):
            leg = slice(first, first + SPOTS_PER_LEG)
            await scene.pace.sleep_until(times[leg][-1])
            phone.at = spots[leg][-1]
            if not phone.offline:
                await phone.report_positions(list(zip(spots[leg], times[leg], strict=True)))

    async def _work(self, stop: Stop, chance: Random) -> None:
        """Do what there is to do on site and finish the task."""
        if stop.state not in ("assessing", "working", "on_hold"):
            await self._say(stop, "contact_customer", reached=not happens(chance, 0.1))
            await self._minutes(chance.uniform(1, 4))
            await self._say(stop, "assess")
        if await self._hand_over(stop, chance):
            return
        if stop.kind == "make_safe" or stop.hazards:
            await self._minutes(chance.uniform(4, 12))
            await self._say(stop, "make_safe")
        if stop.kind != "make_safe":
            await self._repair(stop, chance)
        cause = chance.choice(("equipment", "tree", "vehicle"))
        if await self._say(stop, "complete", cause=cause):
            self._finished[stop.task] = asyncio.get_running_loop().time()
            return
        if await self._say(stop, "make_safe") | await self._restore(stop):
            await self._say(stop, "complete")

    async def _hand_over(self, stop: Stop, chance: Random) -> bool:
        """Say that the fault is the customer's own where it is, and who mends it; else False."""
        scene = self._scene
        if stop.kind == "make_safe" or stop.hazards or stop.state == "on_hold":
            return False
        if not scene.truth.behind_the_meter(stop.outage):
            return False
        await scene.pace.sleep(scene.truth.work_on(stop.outage))
        told = chance.choice(("in_person", "in_person", "by_phone", "notice_left"))
        # The network was whole all the time; what is dark still is nobody's outage.
        faults = scene.truth.repaired(stop.outage)
        if not await self._say(stop, "find_customer_side", told=told):
            return False
        scene.write("lit", outage=stop.outage, crew=self._crew, faults=sorted(faults))
        scene.progress.dark.discard(stop.outage)
        self._finished[stop.task] = asyncio.get_running_loop().time()
        return True

    async def _repair(self, stop: Stop, chance: Random) -> None:
        safety = f"{self._crew}-safety"
        if stop.state == "on_hold":
            await self._say(stop, "resume")
        elif stop.state != "working" and not await self._say(
            stop, "begin_work", safety_officer=safety
        ):
            await self._say(stop, "make_safe")
            await self._say(stop, "begin_work", safety_officer=safety)
        work = self._scene.truth.work_on(stop.outage)
        estimated = happens(chance, SHARE_ESTIMATED)
        if estimated:
            await self._estimate(stop, work * chance.lognormvariate(0.1, 0.3))
        if happens(chance, SHARE_HELD):
            await self._say(stop, "hold", reason="material")
            await self._minutes(chance.uniform(5, 20))
            await self._say(stop, "resume")
            if estimated:
                await self._estimate(stop, work * chance.lognormvariate(0.2, 0.2))
        await self._scene.pace.sleep(work / 2)
        if stop.customers >= 4 and happens(chance, SHARE_PARTLY):
            await self._say(stop, "restore_part", customers_back=stop.customers // 2)
        if happens(chance, SHARE_SECOND_FAULT):
            await self._phone.say(stop.outage, "add_task", task_kind="repair")
        await self._scene.pace.sleep(work / 2)
        await self._restore(stop)

    async def _estimate(self, stop: Stop, span: timedelta) -> None:
        """Tell when supply is expected back."""
        etr = self._scene.pace.house_now() + span
        await self._phone.say(stop.outage, "give_estimate", etr=etr.isoformat())

    async def _restore(self, stop: Stop) -> bool:
        """Switch on, then say so: the light is on whatever the desk knows of it."""
        faults = self._scene.truth.repaired(stop.outage)
        self._scene.write("lit", outage=stop.outage, crew=self._crew, faults=sorted(faults))
        said = await self._say(stop, "restore")
        self._scene.progress.restorations += said
        self._scene.progress.dark.discard(stop.outage)
        return said

    async def _say(self, stop: Stop, kind: str, **fields: Any) -> bool:
        """State an action on this stop; kept for later counts as said."""
        answer = await self._phone.say(stop.outage, kind, task=stop.task, **fields)
        return answer is None or answer.fine

    async def _minutes(self, minutes: float) -> None:
        await self._scene.pace.sleep(timedelta(minutes=minutes))
