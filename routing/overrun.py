"""Overrun: plain work steps back that the real roads, second for second, no longer allow.

The search counts drives in whole seconds, never too short. Where a second decides whether a break
lies before or behind a task, what it found may be timed otherwise; then a rule of the clock could
be broken, and what breaks it is left out, with what waits for it.
"""

from routing.meetings import partners_of
from routing.receipt import Hold, Route, Visit
from routing.rules import clock_reason, held_by
from routing.snapshot import Snapshot
from routing.timetable import Timetable
from routing.travel import Travel

Orders = dict[str, list[tuple[str, Hold]]]


def within_hours(snapshot: Snapshot, orders: Orders, travel: Travel) -> Orders:
    """Return orders that the clock allows; only where breaks are due may they be fewer."""
    if not any(crew.due_break for crew in snapshot.crews):
        return orders
    table = Timetable(snapshot, travel)
    while (over := _first_over(snapshot, table.routes(orders))) is not None:
        gone = _with_followers(snapshot, over.task)
        orders = {
            crew: [each for each in order if each[1] is not Hold.PLANNED or each[0] not in gone]
            for crew, order in orders.items()
        }
    return orders


def _first_over(snapshot: Snapshot, routes: tuple[Route, ...]) -> Visit | None:
    """Return the first visit that a rule of the clock forbids."""
    tasks, crews = {task.id: task for task in snapshot.tasks}, {c.id: c for c in snapshot.crews}
    for route in routes:
        crew = crews[route.crew]
        for visit in route.visits:
            task = tasks[visit.task]
            if visit.hold is not Hold.PLANNED or held_by(task, crew):
                continue
            if clock_reason(task, crew, visit.start_at, visit.finish_at, snapshot.at) is not None:
                return visit
    return None


def _with_followers(snapshot: Snapshot, name: str) -> set[str]:
    """Return a task, all that waits for it, and what begins together with any of it."""
    group, fresh, partners = set[str](), {name}, partners_of(snapshot)
    while fresh:
        group |= fresh
        fresh = {task.id for task in snapshot.tasks if fresh & set(task.after)} | {
            each for task in fresh for each in partners.get(task, ())
        }
        fresh -= group
    return group
