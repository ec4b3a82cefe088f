"""A board that hears nothing new comes to rest: its plans do not turn in a circle."""

from datetime import datetime, timedelta
from random import Random

from routing.planner import plan
from routing.receipt import Hold, Plan, StopCause
from routing.snapshot import Snapshot
from routing.timetable import Timetable
from routing.travel import travel_of
from tests.routing.builders import AT, a_crew, a_snapshot, a_task, minutes

AHEAD = minutes(60)
Told = dict[str, tuple[datetime, str]]
"""By task, the arrival that was told first and the crew it was told to."""


def a_busy_hour(second: int) -> Snapshot:
    """Fifty orders and six crews, a moment later each time: nothing else happens."""
    chance = Random(7)

    def somewhere() -> tuple[float, float]:
        return chance.uniform(-15, 15), chance.uniform(-15, 15)

    return a_snapshot(
        *(
            a_task(
                f"t{number}",
                *somewhere(),
                deadline=AT + minutes(chance.uniform(-30, 90)),
                weight=chance.choice((1, 3, 10)),
            )
            for number in range(50)
        ),
        *(a_crew(f"c{number}", *somewhere()) for number in range(6)),
        at=AT + timedelta(seconds=second),
    )


def standing(snapshot: Snapshot, told: Told) -> Plan:
    orders: dict[str, list[tuple[str, Hold]]] = {crew.id: [] for crew in snapshot.crews}
    for task, (_, crew) in sorted(told.items(), key=lambda each: each[1]):
        orders[crew].append((task, Hold.PLANNED))
    routes = Timetable(snapshot, travel_of(snapshot)).routes(orders)
    return Plan(
        snapshot=snapshot.digest(), routes=routes, stop_cause=StopCause.NO_SEARCH,
        solver="standing/1", travel="x",
    )  # fmt: skip


def changed(made: Plan, told: Told, now: datetime) -> int:
    """Tell crews the near part of a plan; return how many orders changed hands."""
    changes = 0
    for route in made.routes:
        for visit in route.visits:
            before = told.get(visit.task)
            if visit.start_at <= now + AHEAD and (before is None or before[1] != route.crew):
                told[visit.task] = (visit.eta, route.crew)
                changes += 1
    return changes


def test_a_board_that_hears_nothing_new_stops_changing_its_orders() -> None:
    told: Told = {}
    made, changes = None, []
    for second in range(16):
        snapshot = a_busy_hour(second)
        made = plan(snapshot, standing(snapshot, told) if told else None, intended=made)
        changes.append(changed(made, told, snapshot.at))

    assert changes[0] > 0
    assert sum(changes[-6:]) == 0, changes


def test_a_plan_is_never_dearer_than_going_on_with_what_was_intended() -> None:
    first, later = a_busy_hour(0), a_busy_hour(1)
    intended = plan(first)
    told: Told = {}
    changed(intended, told, first.at)
    before = standing(later, told)
    again = plan(later, before, intended=intended)

    assert again.intended == intended.digest()
    assert again.cost.total <= intended.cost.total * 1.001
