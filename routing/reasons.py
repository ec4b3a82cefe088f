"""Why a task has no crew: for the task, and for every crew the first rule or price in the way."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from routing.pricing import call_out_price, horizon_s, seconds_from, tariff, travel_price
from routing.receipt import Code, CrewReason, Plan, Route, StopCause, Unassigned
from routing.rules import clock_reason, standing_reason
from routing.snapshot import Crew, Snapshot, Task
from routing.timetable import Timetable
from routing.tolls import Tolls
from routing.travel import Travel, place_of
from routing.units import UNIT

_CODES = list(Code)


def explain_left(
    left: Sequence[Task],
    snapshot: Snapshot,
    routes: Sequence[Route],
    travel: Travel,
    cause: StopCause,
    previous: Plan | None,
) -> tuple[Unassigned, ...]:
    """Return the reasons for every left-out task, given the routes that were chosen."""
    if not left:
        return ()
    table, visits = Timetable(snapshot, travel), {route.crew: route.visits for route in routes}
    finished = {visit.task: visit.finish_at for route in routes for visit in route.visits}
    tolls = Tolls(snapshot, previous)
    ends = [table.free(crew, visits.get(crew.id, ())) for crew in snapshot.crews]
    seconds, _ = travel.matrix([end[1] for end in ends], [place_of(task) for task in left])
    found = []
    for column, task in enumerate(left):
        crews = []
        for row, crew in enumerate(snapshot.crews):
            drive = int(seconds[row, column])
            start = max(
                ends[row][0] + timedelta(seconds=drive),
                table.earliest(task),
                *(finished[each] for each in task.after if each in finished),
            )
            idle = 0 if visits.get(crew.id) else call_out_price(crew, snapshot)
            extra = travel_price(snapshot) * drive + tolls.of(task, crew.id) + idle
            crews.append(_crew_reason(task, crew, snapshot, start, extra=extra, cause=cause))
        found.append(_for_task(task, snapshot, crews, finished))
    return tuple(found)


def _crew_reason(
    task: Task, crew: Crew, snapshot: Snapshot, start: datetime, *, extra: int, cause: StopCause
) -> CrewReason:
    """Return what keeps a crew from doing this task after all it has.

    `extra` is what it costs beside the hour: the drive, the toll, calling the crew out.
    """
    reason = standing_reason(task, crew, snapshot.at)
    if reason is None:
        finish = start + timedelta(seconds=task.work_s)
        reason = clock_reason(task, crew, start, finish, snapshot.at)
    if reason is not None:
        return reason
    rates = tariff(task, snapshot, horizon_s(snapshot))
    extra += rates.of_start(seconds_from(snapshot.at, start))
    unfinished = cause in (StopCause.WALL_CAP, StopCause.SOLUTION_LIMIT, StopCause.NO_SEARCH)
    code = Code.NOT_FOUND_IN_TIME if extra < rates.skip and unfinished else Code.TOO_EXPENSIVE
    prices = {"extra": round(extra / UNIT, 1), "unassigned": round(rates.skip / UNIT, 1)}
    return CrewReason(crew=crew.id, code=code, params={**prices})


def _for_task(
    task: Task, snapshot: Snapshot, crews: Sequence[CrewReason], finished: Mapping[str, datetime]
) -> Unassigned:
    """Return the reason of the task: that of the crew which came closest to taking it."""
    known = {each.id for each in snapshot.tasks}
    missing = [each for each in task.after if each in known and each not in finished]
    if missing:
        return Unassigned(
            task=task.id, code=Code.WAITS_FOR_TASK, params={"task": missing[0]}, crews=tuple(crews)
        )
    if not crews:
        return Unassigned(task=task.id, code=Code.NO_CREW)
    locked_to = task.lock.crew if task.lock else None
    if locked_to is not None and locked_to not in {crew.crew for crew in crews}:
        return Unassigned(
            task=task.id,
            code=Code.LOCKED_CREW_ABSENT,
            params={"locked_to": locked_to},
            crews=tuple(crews),
        )
    closest = max(crews, key=lambda each: _CODES.index(each.code))
    return Unassigned(task=task.id, code=closest.code, params=closest.params, crews=tuple(crews))
