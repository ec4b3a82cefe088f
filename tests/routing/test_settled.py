"""A board that hears nothing new comes to rest: its plans do not turn in a circle."""

from datetime import datetime, timedelta
from random import Random

from routing.moves import Move, Standing, moves
from routing.planner import plan
from routing.receipt import Hold, Plan, StopCause
from routing.snapshot import Snapshot, Task
from routing.timetable import Timetable
from routing.travel import travel_of
from tests.routing.builders import AT, a_crew, a_snapshot, a_task, minutes

AHEAD = minutes(60)
Told = dict[str, tuple[datetime, str]]
"""By task, the arrival that was told last and the crew it was told to."""


def a_busy_hour(second: int, news: int = 0) -> Snapshot:
    """Fifty orders and six crews, a moment later each time, and so much news."""
    chance = Random(7)

    def somewhere() -> tuple[float, float]:
        return chance.uniform(-15, 15), chance.uniform(-15, 15)

    def an_order(number: int) -> Task:
        return a_task(
            f"t{number}",
            *somewhere(),
            deadline=AT + minutes(chance.uniform(-30, 90)),
            weight=chance.choice((1, 3, 10)),
        )

    orders = [an_order(number) for number in range(50)]
    crews = [a_crew(f"c{number}", *somewhere()) for number in range(6)]
    orders += [an_order(50 + number) for number in range(news)]
    return a_snapshot(*orders, *crews, at=AT + timedelta(seconds=second))


def standing(snapshot: Snapshot, told: Told) -> Plan:
    orders: dict[str, list[tuple[str, Hold]]] = {crew.id: [] for crew in snapshot.crews}
    for task, (_, crew) in sorted(told.items(), key=lambda each: each[1]):
        orders[crew].append((task, Hold.PLANNED))
    routes = Timetable(snapshot, travel_of(snapshot)).routes(orders)
    return Plan(
        snapshot=snapshot.digest(), routes=routes, stop_cause=StopCause.NO_SEARCH,
        solver="standing/1", travel="x",
    )  # fmt: skip


def changes(made: Plan, told: Told, now: datetime) -> tuple[Move, ...]:
    """List what crews are told of a plan, by which they then know it."""
    known: dict[str, tuple[datetime | None, str | None]] = dict(told)  # type: ignore[arg-type]
    stand = [
        Standing(task, holder, ready=True, under_way=False, until=now + AHEAD, told=when)
        for task in (visit.task for route in made.routes for visit in route.visits)
        for when, holder in [known.get(task, (None, None))]
    ]
    found = moves(made, stand, {route.crew for route in made.routes}, now)
    told |= {each.task: (each.eta, each.crew) for each in found if each.eta and each.crew}
    return found


def ways(made: Plan, told: Told) -> list[tuple[list[str], list[str]]]:
    """By crew, its orders as it is to go about them, and as it does by the times it was told."""
    found = []
    for route in made.routes:
        mine = [v.task for v in route.visits if told.get(v.task, (None, None))[1] == route.crew]
        found.append((mine, sorted(mine, key=lambda task: told[task])))
    return found


def test_a_board_that_hears_nothing_new_stops_changing_its_orders() -> None:
    told: Told = {}
    made, counts = None, []
    for second in range(16):
        snapshot = a_busy_hour(second)
        made = plan(snapshot, standing(snapshot, told) if told else None, intended=made)
        counts.append(len(changes(made, told, snapshot.at)))

    assert counts[0] > 0
    assert sum(counts[-6:]) == 0, counts


def test_after_every_plan_each_crew_goes_about_its_orders_as_it_is_planned() -> None:
    told: Told = {}
    made, other_times = None, 0
    for minute in range(6):
        snapshot = a_busy_hour(60 * minute, news=2 * minute)
        made = plan(snapshot, standing(snapshot, told) if told else None, intended=made)
        other_times += sum(move.stays for move in changes(made, told, snapshot.at))

        assert all(planned == driven for planned, driven in ways(made, told))

    assert other_times > 0


def test_a_plan_is_never_dearer_than_going_on_with_what_was_intended() -> None:
    first, later = a_busy_hour(0), a_busy_hour(1)
    intended = plan(first)
    told: Told = {}
    changes(intended, told, first.at)
    before = standing(later, told)
    again = plan(later, before, intended=intended)

    assert again.intended == intended.digest()
    assert again.cost.total <= intended.cost.total * 1.001
