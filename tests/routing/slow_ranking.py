"""The plain way to rank crews: really move the task to every place, time and price everything."""

from typing import NamedTuple

from routing.meetings import others_of
from routing.pricing import price
from routing.receipt import Code, Hold, Plan, Route, Visit
from routing.rules import clock_reason, held_by, standing_reason
from routing.snapshot import Crew, Snapshot, Task
from routing.timetable import Timetable
from routing.travel import travel_of

Orders = dict[str, list[tuple[str, Hold]]]


class Place(NamedTuple):
    """The cheapest place of a crew by the plain way."""

    sequence: int
    extra: float


class PlainRanking:
    """Moves one task through a whole plan, place by place."""

    def __init__(self, snapshot: Snapshot, plan: Plan, previous: Plan | None, name: str) -> None:
        self._snapshot, self._previous = snapshot, previous
        self._table = Timetable(snapshot, travel_of(snapshot))
        self._tasks = {task.id: task for task in snapshot.tasks}
        self._crews = {crew.id: crew for crew in snapshot.crews}
        self._task = self._tasks[name]
        self.now: Orders = {crew.id: [] for crew in snapshot.crews}
        for route in plan.routes:
            self.now[route.crew] = [(visit.task, visit.hold) for visit in route.visits]
        self._rest = {
            crew: [each for each in order if each[0] != name] for crew, order in self.now.items()
        }
        self._before, self._circular = self._timed(self._rest)
        self._base = self._price(self._before)

    def _timed(self, orders: Orders) -> tuple[dict[str, tuple[Visit, ...]], bool]:
        return self._table.timed(orders, {})

    def _price(self, visits: dict[str, tuple[Visit, ...]]) -> float:
        routes = [Route(crew=crew, visits=mine) for crew, mine in visits.items()]
        return price(self._snapshot, routes, (), self._previous).total

    def _too_few(self, crew: Crew, mine: set[str]) -> bool:
        """Tell whether the crew's route, and what a human gave it, leave too few parts."""
        given = {t.id for t in self._tasks.values() if t.lock and t.lock.crew == crew.id}
        others = [self._tasks[name].parts for name in (mine | given) - {self._task.id}]
        carried = crew.parts
        return carried is not None and any(
            needed > max(0, carried.get(part, 0) - sum(each.get(part, 0) for each in others))
            for part, needed in self._task.parts.items()
        )

    def best(self, crew: Crew) -> Place | None:
        """Return where this crew takes the task for least, or None where a rule forbids it."""
        reason = standing_reason(self._task, crew, self._snapshot.at)
        if reason is not None and not held_by(self._task, crew):
            return None
        mine = {task for task, _ in self._rest[crew.id]}
        others = others_of(self._snapshot).get(self._task.id, ())
        if mine.intersection(others) and not held_by(self._task, crew):
            return None
        if not held_by(self._task, crew) and self._too_few(crew, mine):
            return None
        placed = {task for order in self._rest.values() for task, _ in order}
        if any(each in self._tasks and each not in placed for each in self._task.after):
            return None
        held = [hold in (Hold.FROZEN, Hold.DANGER) for _, hold in self._rest[crew.id]]
        first = max((place + 1 for place, each in enumerate(held) if each), default=0)
        last = first if self._task.danger else len(held)
        found = [
            Place(place + 1, extra)
            for place in range(first, last + 1)
            if (extra := self._extra(crew, place)) is not None
        ]
        return min(found, key=lambda each: (each.extra, each.sequence), default=None)

    def moved(self, crew: str, place: int) -> tuple[dict[str, tuple[Visit, ...]], bool]:
        """Return everything timed with the task at a place of a crew's route."""
        orders = {each: list(order) for each, order in self._rest.items()}
        orders[crew].insert(place, (self._task.id, Hold.PLANNED))
        return self._timed(orders)

    def _extra(self, crew: Crew, place: int) -> float | None:
        visits, circular = self.moved(crew.id, place)
        if circular and not self._circular:
            return None
        was = {visit.task: visit.start_at for mine in self._before.values() for visit in mine}
        for whose, mine in visits.items():
            for visit in mine:
                if was.get(visit.task) != visit.start_at and not self._allowed(
                    self._tasks[visit.task], self._crews[whose], visit
                ):
                    return None
        return self._price(visits) - self._base

    def _allowed(self, task: Task, crew: Crew, visit: Visit) -> bool:
        if visit.hold is Hold.FROZEN or held_by(task, crew):
            return True
        at = self._snapshot.at
        return clock_reason(task, crew, visit.start_at, visit.finish_at, at) is None


NO_ROOM = {Code.SHIFT_END, Code.DUTY_HOURS, Code.LICENCE_EXPIRED, Code.WAITS_FOR_TASK}
