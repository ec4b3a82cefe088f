"""Danger first: the nearest qualified crew for all that threatens life, without a solver."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from routing.carrying import Stock
from routing.meetings import others_of
from routing.pricing import all_turned, price
from routing.reasons import explain_left
from routing.receipt import Code, Hold, Plan, StopCause, Unassigned, Visit
from routing.rules import clock_reason, held_by, is_last_resort, standing_reason
from routing.snapshot import Crew, Snapshot, Task
from routing.timetable import Timetable
from routing.tolls import Tolls
from routing.travel import Travel, travel_of

NAME = "nearest-qualified/1"
Commitments = dict[str, list[Visit]]


def nearest_qualified(
    snapshot: Snapshot, previous: Plan | None = None, *, travel: Travel | None = None
) -> Plan:
    """Return a plan of frozen and dangerous work only; everything else is left for planning."""
    travel = travel or travel_of(snapshot)
    orders = as_orders(commit(snapshot, previous, travel))
    routes = Timetable(snapshot, travel).routes(orders)
    placed = {visit.task for route in routes for visit in route.visits}
    tasks = [task for task in snapshot.tasks if task.id not in placed]
    dangers = [task for task in tasks if task.danger]
    left = [
        Unassigned(task=task.id, code=Code.LEFT_FOR_PLANNING) for task in tasks if not task.danger
    ]
    left.extend(explain_left(dangers, snapshot, routes, travel, StopCause.NO_SEARCH, previous))
    return Plan(
        snapshot=snapshot.digest(),
        previous=previous.digest() if previous else None,
        routes=routes,
        unassigned=tuple(left),
        turned=all_turned(snapshot, routes),
        cost=price(snapshot, routes, [task.id for task in tasks], previous),
        stop_cause=StopCause.EMPTY if not snapshot.tasks else StopCause.NO_SEARCH,
        solver=NAME,
        travel=travel.version,
    )


def as_orders(committed: Mapping[str, Iterable[Visit]]) -> dict[str, list[tuple[str, Hold]]]:
    """Return the bare order of committed visits."""
    return {
        crew: [(visit.task, visit.hold) for visit in visits] for crew, visits in committed.items()
    }


def commit(snapshot: Snapshot, previous: Plan | None, travel: Travel) -> Commitments:
    """Return what every crew does first: its frozen stops, then the danger it is nearest to.

    Dangers are placed by deadline; a task that a danger waits for is as urgent as the danger.
    """
    desk = _Desk(snapshot, previous, travel)
    waiting, placed = _urgent(snapshot, set(desk.finished)), True
    while placed:  # again: what was out of reach may lie beside what was just handed out
        waiting, before = [task for task in waiting if not desk.place(task)], len(waiting)
        placed = len(waiting) < before
    return desk.visits


def _urgent(snapshot: Snapshot, placed: set[str]) -> list[Task]:
    """Return dangerous tasks and what they wait for, each after those it waits for."""
    tasks = {task.id: task for task in snapshot.tasks}
    dangers = sorted(
        (task for task in snapshot.tasks if task.danger),
        key=lambda task: (task.deadline or snapshot.at, -task.weight, task.id),
    )
    ordered: dict[str, Task] = {}
    waiting = list(reversed(dangers))
    while waiting:
        task = waiting[-1]
        first = [tasks[each] for each in task.after if each in tasks and each not in ordered]
        if first:
            waiting.extend(first)
            continue
        waiting.pop()
        ordered.setdefault(task.id, task)
    return [task for task in ordered.values() if task.id not in placed]


class _Desk:
    """Hands out danger one task at a time, knowing what each crew already has."""

    def __init__(self, snapshot: Snapshot, previous: Plan | None, travel: Travel) -> None:
        self._snapshot, self._table = snapshot, Timetable(snapshot, travel)
        self._tolls, self._stock = Tolls(snapshot, previous), Stock(snapshot)
        self._known = {task.id for task in snapshot.tasks}
        self._others = others_of(snapshot)
        waited = {each for task in snapshot.tasks for each in task.after}
        stops = [stop for stops in snapshot.frozen.values() for stop in stops]
        firm = waited | self._others.keys()
        self._turnable = {stop.task for stop in stops if stop.turnable} - firm
        frozen = {
            crew: [(stop.task, Hold.FROZEN) for stop in stops]
            for crew, stops in snapshot.frozen.items()
        }
        self.visits: Commitments = {crew.id: [] for crew in snapshot.crews}
        self.visits.update({route.crew: list(route.visits) for route in self._table.routes(frozen)})
        self.finished = {v.task: v.finish_at for mine in self.visits.values() for v in mine}

    def place(self, task: Task) -> bool:
        """Append the task to the crew that arrives first, and on a tie drives least, if any can.

        The crew that had it keeps it unless another is sooner by more than `danger_switch_s`. Who
        is reserved or would have to be called out goes only where no other comes in time. A crew on
        its way to something else is turned around where that is sooner by more than that, too.
        """
        waits_for = [each for each in task.after if each in self._known]
        if any(each not in self.finished for each in waits_for):
            return False
        earliest = max((self.finished[each] for each in waits_for), default=None)
        patience = timedelta(seconds=self._snapshot.prices.danger_switch_s)
        ranked: list[tuple[datetime, int, str, Crew, Visit, list[Visit]]] = []
        for crew in self._snapshot.crews:
            kept = patience * (self._tolls.crew_before(task.id) == crew.id)
            for held in self._held(crew):
                visit = self._possible(task, crew, earliest, held)
                if visit is not None:
                    rank = visit.eta - kept + patience * (held is not self.visits[crew.id])
                    ranked.append((rank, visit.travel_s, crew.id, crew, visit, held))
        if not ranked:
            return False
        at, due = self._snapshot.at, task.deadline
        usual = [each for each in ranked if not is_last_resort(each[3], at)]
        if usual and (due is None or any(each[4].eta <= due for each in usual)):
            ranked = usual
        *_, crew, visit, held = min(ranked, key=lambda each: each[:3])
        for each in self.visits[crew.id]:
            if each not in held:  # turned around: planned anew, like any other
                self.finished.pop(each.task)
        self.visits[crew.id] = [*held, visit]
        self.finished[task.id] = visit.finish_at
        return True

    def _held(self, crew: Crew) -> Iterator[list[Visit]]:
        """Yield what a crew does first: all it has, and that without what it only drives to."""
        mine = self.visits[crew.id]
        yield mine
        there = [visit for visit in mine if visit.task not in self._turnable]
        if len(there) < len(mine) and all(visit.hold is Hold.FROZEN for visit in mine):
            yield there

    def _possible(
        self, task: Task, crew: Crew, earliest: datetime | None, held: Sequence[Visit]
    ) -> Visit | None:
        """Return the visit of a crew after what it is held to, or None where a rule forbids it."""
        given, others = held_by(task, crew), self._others.get(task.id, ())
        if others and not given and any(visit.task in others for visit in held):
            return None
        if not given and standing_reason(task, crew, self._snapshot.at) is not None:
            return None
        if not given and self._stock.short_of(task, crew, (visit.task for visit in held)):
            return None
        visit = self._table.visit(crew, task, Hold.DANGER, held, earliest)
        at = self._snapshot.at
        if not given and clock_reason(task, crew, visit.start_at, visit.finish_at, at) is not None:
            return None
        return visit
