"""A plan with one task elsewhere: timed and priced by the plan's own arithmetic.

Only the crews a change can reach are timed anew: those it names, and those that wait for them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.carrying import Stock
from routing.meetings import others_of, partners_of
from routing.pricing import price
from routing.receipt import Cost, Hold, Plan, Route, Visit
from routing.snapshot import Snapshot, Task
from routing.timetable import Timetable
from routing.travel import Place, Real, Travel, Whole, place_of

Orders = Mapping[str, Sequence[tuple[str, Hold]]]


class ToldLegs:
    """A travel engine that repeats the legs a plan has told, and asks for the others."""

    def __init__(self, travel: Travel, snapshot: Snapshot, plan: Plan | None) -> None:
        self._travel = travel
        self._told: dict[tuple[Place, Place], tuple[int, int]] = {}
        crews = {crew.id: place_of(crew) for crew in snapshot.crews}
        tasks = {task.id: place_of(task) for task in snapshot.tasks}
        there = {stop.task for stops in snapshot.frozen.values() for stop in stops}
        for route in plan.routes if plan else ():
            here = crews[route.crew]
            for visit in route.visits:
                target = tasks[visit.task]
                if visit.task not in there:
                    self._told[here, target] = (visit.travel_s, visit.travel_m)
                here = target

    @property
    def version(self) -> str:
        """Name the engine that is asked."""
        return self._travel.version

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return seconds and metres of one leg."""
        found = self._told.get((origin, target))
        if found is None:
            found = self._told[origin, target] = self._travel.leg(origin, target)
        return found

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return seconds and metres of every pair."""
        return self._travel.matrix(origins, targets)


@dataclass(frozen=True)
class Arrangement:
    """Who does what in which order and when; `circular` when routes wait for each other."""

    ground: "Ground"
    routes: Mapping[str, tuple[Visit, ...]]
    circular: bool = False

    def place(self, task: str) -> tuple[str, int] | None:
        """Return the crew and the place, from 0, of a task that has a crew."""
        for crew, visits in self.routes.items():
            for number, visit in enumerate(visits):
                if visit.task == task:
                    return crew, number
        return None

    def order(self, crew: str) -> list[tuple[str, Hold]]:
        """Return what a crew does, in order."""
        return [(visit.task, visit.hold) for visit in self.routes.get(crew, ())]

    def without(self, task: str) -> "Arrangement":
        """Return the arrangement in which nobody goes to a task."""
        found = self.place(task)
        if found is None:
            return self
        order = self.order(found[0])
        del order[found[1]]
        return self.changed({found[0]: order})

    def having(self, task: str, crew: str, place: int) -> "Arrangement":
        """Return the arrangement with a task nobody has at a place of a crew's route."""
        order = self.order(crew)
        order.insert(place, (task, Hold.PLANNED))
        return self.changed({crew: order})

    def changed(self, orders: Orders) -> "Arrangement":
        """Return the arrangement with other orders for some crews, and what follows from them."""
        finished = {v.task: v.finish_at for mine in self.routes.values() for v in mine}
        reached = dict(orders)
        if self.circular:
            reached = {crew: self.order(crew) for crew in self.routes} | reached
        while True:
            reached |= {crew: self.order(crew) for crew in self._meeting(reached)}
            gone = {v.task for crew in reached for v in self.routes.get(crew, ())}
            outside = {task: at for task, at in finished.items() if task not in gone}
            routes, circular = self.ground.table.timed(reached, outside)
            if circular and len(reached) < len(self.routes.keys() | reached):
                reached = {crew: self.order(crew) for crew in self.routes} | reached
                continue
            now = {v.task: v.finish_at for mine in routes.values() for v in mine}
            moved = {each for each in gone | now.keys() if finished.get(each) != now.get(each)}
            waiting = self.ground.crews_waiting(moved, self.routes) - reached.keys()
            if not waiting:
                return Arrangement(self.ground, {**self.routes, **routes}, circular)
            reached |= {crew: self.order(crew) for crew in waiting}

    def _meeting(self, orders: Orders) -> set[str]:
        """Return the crews that meet those of these orders, directly or through others."""
        met = set(orders)
        fresh = {task for order in orders.values() for task, _ in order}
        while fresh and self.ground.partners:
            wanted = {each for task in fresh for each in self.ground.partners.get(task, ())}
            crews = {
                crew
                for crew, mine in self.routes.items()
                if crew not in met and any(visit.task in wanted for visit in mine)
            }
            met |= crews
            fresh = {visit.task for crew in crews for visit in self.routes[crew]}
        return met - orders.keys()

    def cost(self, crews: Iterable[str], left: Iterable[str]) -> Cost:
        """Return what some crews' routes and some left-out tasks cost, by term."""
        routes = [Route(crew=crew, visits=self.routes.get(crew, ())) for crew in sorted(crews)]
        return price(self.ground.snapshot, routes, left, self.ground.previous)


class Ground:
    """What does not change when a task is moved: the snapshot, the plan before, the roads."""

    def __init__(
        self, snapshot: Snapshot, plan: Plan | None, previous: Plan | None, travel: Travel
    ) -> None:
        self.snapshot, self.previous = snapshot, previous
        self.travel: Travel = ToldLegs(travel, snapshot, plan)
        self.table, self.stock = Timetable(snapshot, self.travel), Stock(snapshot)
        self.tasks: dict[str, Task] = {task.id: task for task in snapshot.tasks}
        self.crews = {crew.id: crew for crew in snapshot.crews}
        self.partners = partners_of(snapshot)
        self.others = others_of(snapshot)
        self.followers: dict[str, list[str]] = {}
        for task in snapshot.tasks:
            for each in task.after:
                self.followers.setdefault(each, []).append(task.id)

    def arrangement(self, plan: Plan | None) -> Arrangement:
        """Return what a plan says, or without one what is under way."""
        routes: dict[str, tuple[Visit, ...]] = dict.fromkeys(self.crews, ())
        if plan is None:
            orders = {
                crew: [(stop.task, Hold.FROZEN) for stop in stops]
                for crew, stops in self.snapshot.frozen.items()
            }
            timed, circular = self.table.timed(orders, {})
            return Arrangement(self, {**routes, **timed}, circular)
        routes.update({route.crew: route.visits for route in plan.routes})
        seen = {v.task: v for mine in routes.values() for v in mine}
        frozen = {stop.task for stops in self.snapshot.frozen.values() for stop in stops}
        circular = any(
            each in seen and visit.start_at < seen[each].finish_at
            for task, visit in seen.items()
            if task not in frozen
            for each in self.tasks[task].after
        )
        return Arrangement(self, routes, circular)

    def crews_waiting(
        self, tasks: Collection[str], routes: Mapping[str, Sequence[Visit]]
    ) -> set[str]:
        """Return the crews that have work which waits for some of these tasks, or meets them."""
        waiting = {each for task in tasks for each in self.followers.get(task, ())}
        waiting |= {each for task in tasks for each in self.partners.get(task, ())}
        if not waiting:
            return set()
        return {crew for crew, mine in routes.items() if any(v.task in waiting for v in mine)}
