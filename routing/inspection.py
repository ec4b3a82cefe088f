"""The second pair of eyes: what is wrong with a plan, by arithmetic of its own.

Shares nothing with the planner but the values and the travel engine, so that one mistake cannot
hide the other. Each part of the judgement is a module `inspection_*`.
"""

from collections import Counter
from collections.abc import Iterator

from routing.inspection_break import break_faults
from routing.inspection_clock import clock_faults
from routing.inspection_fitness import fitness_faults
from routing.inspection_hold import (
    danger_left_faults,
    danger_order_faults,
    frozen_faults,
    lock_faults,
)
from routing.inspection_meeting import meeting_faults
from routing.inspection_parts import parts_faults
from routing.inspection_price import price_faults
from routing.receipt import Code, Fault, Plan, Violation
from routing.snapshot import Snapshot
from routing.travel import Travel, travel_of


def check(
    snapshot: Snapshot,
    plan: Plan,
    *,
    previous: Plan | None = None,
    travel: Travel | None = None,
) -> tuple[Violation, ...]:
    """Return everything wrong with a plan; what a human chose is told with `kept`.

    Without the previous plan the price of changes is not judged.
    """
    travel = travel or travel_of(snapshot)
    found = list(_name_faults(snapshot, plan))
    crews = {crew.id for crew in snapshot.crews}
    tasks = {task.id for task in snapshot.tasks}
    known = [
        route.model_copy(
            update={"visits": tuple(visit for visit in route.visits if visit.task in tasks)}
        )
        for route in plan.routes
        if route.crew in crews
    ]
    found.extend(_count_faults(snapshot, plan))
    found.extend(frozen_faults(snapshot, known, plan.turned))
    found.extend(lock_faults(snapshot, plan, known, travel))
    found.extend(fitness_faults(snapshot, known))
    found.extend(parts_faults(snapshot, known))
    found.extend(clock_faults(snapshot, known, travel))
    found.extend(break_faults(snapshot, known))
    found.extend(meeting_faults(snapshot, known))
    found.extend(danger_order_faults(snapshot, known, travel))
    found.extend(danger_left_faults(snapshot, plan, known, travel))
    found.extend(_reason_faults(snapshot, plan))
    if not found or all(each.kept for each in found):
        found.extend(price_faults(snapshot, plan, previous))
    return tuple(found)


def broken(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Return the violations that are the plan's own, not a human's choice."""
    return tuple(each for each in violations if not each.kept)


def _name_faults(snapshot: Snapshot, plan: Plan) -> Iterator[Violation]:
    if plan.snapshot != snapshot.digest():
        yield Violation(fault=Fault.SNAPSHOT_MISMATCH)
    crews = {crew.id for crew in snapshot.crews}
    tasks = {task.id for task in snapshot.tasks}
    for route in plan.routes:
        if route.crew not in crews:
            yield Violation(fault=Fault.UNKNOWN_CREW, crew=route.crew)
        for visit in route.visits:
            if visit.task not in tasks:
                yield Violation(fault=Fault.UNKNOWN_TASK, crew=route.crew, task=visit.task)
    for left in plan.unassigned:
        if left.task not in tasks:
            yield Violation(fault=Fault.UNKNOWN_TASK, task=left.task)
    for crew, count in Counter(route.crew for route in plan.routes).items():
        if count > 1:
            yield Violation(fault=Fault.DOUBLE_ASSIGNMENT, crew=crew)


def _count_faults(snapshot: Snapshot, plan: Plan) -> Iterator[Violation]:
    named = Counter(visit.task for route in plan.routes for visit in route.visits)
    named.update(left.task for left in plan.unassigned)
    for task in snapshot.tasks:
        if named[task.id] == 0:
            yield Violation(fault=Fault.LOST_TASK, task=task.id)
        if named[task.id] > 1:
            yield Violation(fault=Fault.DOUBLE_ASSIGNMENT, task=task.id)


def _reason_faults(snapshot: Snapshot, plan: Plan) -> Iterator[Violation]:
    """Yield left-out tasks whose reasons do not name every crew."""
    crews = {crew.id for crew in snapshot.crews}
    for left in plan.unassigned:
        named = {each.crew for each in left.crews}
        if left.code is not Code.LEFT_FOR_PLANNING and named != crews:
            yield Violation(fault=Fault.NO_REASON, task=left.task)
