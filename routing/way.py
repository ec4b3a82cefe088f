"""Making way: plain work steps back where it alone would make a human's hour be missed.

The search makes room for what a human fixed, but only for what it may plan itself. What is kept
although a rule forbids it, and what waits for that, comes in last and may find the crew busy.
"""

from collections.abc import Iterator

from routing.meetings import partners_of
from routing.pricing import horizon_s, tariff
from routing.receipt import Hold, Visit
from routing.snapshot import Snapshot, Task
from routing.timetable import Timetable
from routing.travel import Travel

Orders = dict[str, list[tuple[str, Hold]]]


def make_way(snapshot: Snapshot, orders: Orders, travel: Travel) -> Orders:
    """Return orders without the plain work that alone makes a fixed hour be missed.

    The cheapest work leaves first, with what waits for it, and no more than is needed. An hour
    that would be missed all the same puts nothing out.
    """
    if not any(_fixed(task) for task in snapshot.tasks):
        return orders
    way = _Way(snapshot, travel)
    given_up: set[str] = set()
    while (late := way.first_late(orders, given_up)) is not None:
        freed = way.freed(orders, late)
        if freed is None:
            given_up.add(late.task)
        else:
            orders = freed
    return orders


def _fixed(task: Task) -> bool:
    """Tell whether a human fixed an hour by which work begins."""
    return task.lock is not None and task.lock.latest is not None


class _Way:
    def __init__(self, snapshot: Snapshot, travel: Travel) -> None:
        self._table = Timetable(snapshot, travel)
        self._tasks = {task.id: task for task in snapshot.tasks}
        horizon = horizon_s(snapshot)
        self._partners = partners_of(snapshot)
        self._skip = {task.id: tariff(task, snapshot, horizon).skip for task in snapshot.tasks}

    def first_late(self, orders: Orders, given_up: set[str]) -> Visit | None:
        """Return the first visit that misses the hour a human fixed."""
        for route in self._table.routes(orders):
            for visit in route.visits:
                plain = visit.hold is not Hold.FROZEN and visit.task not in given_up
                if plain and self._misses(visit):
                    return visit
        return None

    def _misses(self, visit: Visit) -> bool:
        lock = self._tasks[visit.task].lock
        return lock is not None and lock.latest is not None and visit.start_at > lock.latest

    def freed(self, orders: Orders, late: Visit) -> Orders | None:
        """Return orders in which this visit keeps its hour, or None where that cannot be."""
        groups = []
        for name in self._before(orders, late.task):
            group = self._with_followers(orders, name)
            if group is not None and late.task not in group:
                groups.append((sum(self._skip[each] for each in group), sorted(group)))
        if not self._in_time(_without(orders, {n for _, g in groups for n in g}), late.task):
            return None
        for _, names in sorted(groups):
            orders = _without(orders, set(names))
            if self._in_time(orders, late.task):
                break
        return orders

    def _before(self, orders: Orders, name: str) -> Iterator[str]:
        """Yield what stands before a task, and before those it begins together with."""
        wanted = {name, *self._partners.get(name, ())}
        for order in orders.values():
            tasks = [task for task, _ in order]
            for each in wanted & set(tasks):
                yield from tasks[: tasks.index(each)]

    def _with_followers(self, orders: Orders, name: str) -> set[str] | None:
        """Return plain work, what it meets and waits for it, or None where any of it must stay."""
        group, fresh = set[str](), {name}
        placed = {task: hold for order in orders.values() for task, hold in order}
        while fresh:
            group |= fresh
            if not all(placed[each] is Hold.PLANNED and self._plain(each) for each in fresh):
                return None
            bound = {each for each in placed if fresh & set(self._tasks[each].after)}
            bound |= {e for each in fresh for e in self._partners.get(each, ()) if e in placed}
            fresh = {each for each in bound - group if placed[each] is not Hold.FROZEN}
        return group

    def _plain(self, name: str) -> bool:
        task: Task = self._tasks[name]
        return task.lock is None and not task.danger

    def _in_time(self, orders: Orders, name: str) -> bool:
        visits = (visit for route in self._table.routes(orders) for visit in route.visits)
        return not any(self._misses(visit) for visit in visits if visit.task == name)


def _without(orders: Orders, names: set[str]) -> Orders:
    return {
        crew: [each for each in order if each[0] not in names] for crew, order in orders.items()
    }
