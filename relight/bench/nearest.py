"""The planner's yardstick: danger, then first come, first served, by whoever is there first."""

from datetime import datetime

from routing.pricing import price
from routing.receipt import Cost, Hold, Visit
from routing.rules import clock_reason, standing_reason
from routing.snapshot import Crew, Snapshot, Task
from routing.timetable import Timetable
from routing.travel import travel_of


def first_come(snapshot: Snapshot) -> Cost:
    """Give each task in turn to the qualified crew that arrives first, and price the result.

    No task of the snapshot may wait for another one or be frozen.
    """
    timetable = Timetable(snapshot, travel_of(snapshot))
    routes: dict[str, list[Visit]] = {crew.id: [] for crew in snapshot.crews}
    left = []
    for task in sorted(snapshot.tasks, key=_turn):
        options = [
            (visit.eta, crew.id, visit)
            for crew in snapshot.crews
            if standing_reason(task, crew, snapshot.at) is None
            and (visit := _next(timetable, snapshot, crew, task, routes[crew.id])) is not None
        ]
        if options:
            _, crew_id, visit = min(options, key=lambda option: option[:2])
            routes[crew_id].append(visit)
        else:
            left.append(task.id)
    orders = {crew: [(visit.task, visit.hold) for visit in told] for crew, told in routes.items()}
    return price(snapshot, timetable.routes(orders), left, None)


def _turn(task: Task) -> tuple[bool, datetime, str]:
    return not task.danger, task.released_at, task.id


def _next(
    timetable: Timetable, snapshot: Snapshot, crew: Crew, task: Task, visits: list[Visit]
) -> Visit | None:
    visit = timetable.visit(crew, task, Hold.PLANNED, visits)
    broken = clock_reason(task, crew, visit.start_at, visit.finish_at, snapshot.at)
    return None if broken else visit
