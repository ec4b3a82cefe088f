"""From a snapshot to a plan: danger first, then a start plan, then the search, then the receipt."""

from collections.abc import Mapping, Sequence

import ortools

from routing.budget import Budget
from routing.danger import as_orders, commit
from routing.pricing import price
from routing.problem import build
from routing.reasons import explain_left
from routing.receipt import Hold, Plan, StopCause
from routing.search import search
from routing.snapshot import Snapshot, Stop, layers
from routing.start import start_routes
from routing.timetable import Timetable
from routing.travel import Travel, travel_of
from routing.way import make_way

SOLVER = f"or-tools-windows/1 ortools/{ortools.__version__}"


def plan(
    snapshot: Snapshot,
    previous: Plan | None = None,
    *,
    stop: Stop | None = None,
    travel: Travel | None = None,
) -> Plan:
    """Return who goes where and when; the same snapshot, previous plan and count give the same.

    A plan always comes back: what cannot be planned is in it with a reason.
    """
    budget = Budget(stop or snapshot.stop)
    travel = travel or travel_of(snapshot)
    committed = commit(snapshot, previous, travel)
    problem = build(snapshot, previous, committed, travel)
    routes, cause = search(problem, start_routes(problem, previous, budget), budget)
    if not snapshot.tasks:
        cause = StopCause.EMPTY
    orders = as_orders(committed)
    for crew, route in zip(problem.crews, routes, strict=True):
        orders[crew.id].extend((problem.tasks[task].id, Hold.PLANNED) for task in route)
    for crew_id, kept in keep_given(snapshot, orders):
        orders[crew_id].append((kept, Hold.KEPT))
    orders = make_way(snapshot, orders, travel)
    return _receipt(snapshot, previous, orders, cause=cause, budget=budget, travel=travel)


def keep_given(
    snapshot: Snapshot, orders: Mapping[str, Sequence[tuple[str, Hold]]]
) -> list[tuple[str, str]]:
    """Return what a human gave to a crew and no rule allows: it is kept, last on the route.

    Work that must wait for a task without a crew cannot be begun and is not among it.
    """
    placed = {task for order in orders.values() for task, _ in order}
    tasks = {task.id: task for task in snapshot.tasks}
    found = []
    for layer in layers(snapshot.tasks):
        urgency = ((tasks[each].deadline or snapshot.at, each) for each in layer - placed)
        for _, each in sorted(urgency):
            lock = tasks[each].lock
            if lock is None or lock.crew is None or lock.crew not in orders:
                continue
            if all(before in placed for before in tasks[each].after if before in tasks):
                found.append((lock.crew, each))
                placed.add(each)
    return found


def _receipt(
    snapshot: Snapshot,
    previous: Plan | None,
    orders: dict[str, list[tuple[str, Hold]]],
    *,
    cause: StopCause,
    budget: Budget,
    travel: Travel,
) -> Plan:
    routes = Timetable(snapshot, travel).routes(orders)
    placed = {visit.task for route in routes for visit in route.visits}
    left = [task for task in snapshot.tasks if task.id not in placed]
    return Plan(
        snapshot=snapshot.digest(),
        previous=previous.digest() if previous else None,
        routes=routes,
        unassigned=explain_left(left, snapshot, routes, travel, cause),
        cost=price(snapshot, routes, [task.id for task in left], previous),
        stop_cause=cause,
        solutions=budget.solutions,
        solver=SOLVER,
        travel=travel.version,
        wall_s=round(budget.spent_s, 3),
    )
