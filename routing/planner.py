"""From a snapshot to a plan: danger first, then a start plan, then the search, then the receipt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import ortools

from domain.kinds import AreaClass, TaskKind
from routing.budget import Budget
from routing.danger import as_orders, commit
from routing.forerunners import layers
from routing.overrun import within_hours
from routing.pricing import all_turned, price
from routing.problem import build
from routing.reasons import explain_left
from routing.receipt import Hold, Plan, StopCause
from routing.search import search
from routing.snapshot import Crew, Snapshot, Stop, Task
from routing.start import start_routes
from routing.timetable import Timetable
from routing.travel import Travel, travel_of
from routing.turns import turned_for_gain
from routing.way import make_way

SOLVER = f"recreate/1 or-tools-windows/1 ortools/{ortools.__version__}"


def plan(
    snapshot: Snapshot,
    previous: Plan | None = None,
    *,
    stop: Stop | None = None,
    travel: Travel | None = None,
    intended: Plan | None = None,
) -> Plan:
    """Return who goes where and when; the same snapshot, plans before and count give the same.

    `previous` is what crews were told so far: changing it has its price. `intended` is the plan
    made last, of which crews were told the near part only: the search may begin from it. A plan
    always comes back: what cannot be planned is in it with a reason.
    """
    budget = Budget(stop or snapshot.stop)
    travel = travel or travel_of(snapshot)
    committed = commit(snapshot, previous, travel)
    problem = build(snapshot, previous, committed, travel)
    digest = snapshot.digest()
    routes = start_routes(problem, previous, budget, intended)
    routes, cause = search(problem, routes, budget, seed=int(digest[:15], 16))
    if not snapshot.tasks:
        cause = StopCause.EMPTY
    orders = as_orders(committed)
    for crew, route in zip(problem.crews, routes, strict=True):
        orders[crew.id].extend((problem.tasks[task].id, Hold.PLANNED) for task in route)
    for crew_id, kept in keep_given(snapshot, orders):
        orders[crew_id].append((kept, Hold.KEPT))
    orders = within_hours(snapshot, make_way(snapshot, orders, travel), travel)
    if not budget.over():
        orders = turned_for_gain(snapshot, orders, previous, travel) or orders
    return _receipt(
        snapshot, previous, orders, digest=digest, cause=cause, budget=budget, travel=travel,
        intended=intended,
    )  # fmt: skip


def warm_up() -> None:
    """Plan next to nothing, so that whoever comes first need not wait for the compiler."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    day: dict[str, Any] = {"shift_start": at, "shift_end": at + timedelta(hours=8)}
    near: dict[str, Any] = {"lon": 0, "lat": 0, "kind": TaskKind.REPAIR, "released_at": at}
    near |= {"area_class": AreaClass.URBAN, "deadline": at}
    plan(
        Snapshot(
            at=at,
            district="warm",
            tasks=tuple(Task(id=name, outage_id=name, **near) for name in "abc"),
            crews=tuple(Crew(id=name, lon=0, lat=0, position_at=at, **day) for name in "de"),
        ),
        stop=Stop(solutions=100),
    )


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
    digest: str,
    cause: StopCause,
    budget: Budget,
    travel: Travel,
    intended: Plan | None,
) -> Plan:
    routes = Timetable(snapshot, travel).routes(orders)
    placed = {visit.task for route in routes for visit in route.visits}
    left = [task for task in snapshot.tasks if task.id not in placed]
    return Plan(
        snapshot=digest,
        previous=previous.digest() if previous else None,
        intended=intended.digest() if intended else None,
        routes=routes,
        unassigned=explain_left(left, snapshot, routes, travel, cause, previous),
        turned=all_turned(snapshot, routes),
        cost=price(snapshot, routes, [task.id for task in left], previous),
        stop_cause=cause,
        solutions=budget.solutions,
        solver=SOLVER,
        travel=travel.version,
        wall_s=round(budget.spent_s, 3),
    )
