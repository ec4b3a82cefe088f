"""Why a task has no crew: for the task, and for every crew the first rule or price in the way."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from routing.carrying import Stock
from routing.fairness import Loads
from routing.meetings import others_of, partners_of
from routing.pricing import call_out_price, horizon_s, seconds_from, tariff, travel_price
from routing.receipt import Code, CrewReason, Params, Plan, Route, StopCause, Unassigned, Visit
from routing.rules import held_by, late_by_break, standing_reason
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
    tolls, company = Tolls(snapshot, previous), others_of(snapshot)
    stock, loads = Stock(snapshot), Loads(snapshot)
    work = {task.id: task.work_s for task in snapshot.tasks}
    ends = [table.free(crew, visits.get(crew.id, ())) for crew in snapshot.crews]
    seconds, _ = travel.matrix([end[1] for end in ends], [place_of(task) for task in left])

    def why_not(task: Task, column: int, row: int, crew: Crew) -> CrewReason:
        before, others = visits.get(crew.id, ()), company.get(task.id, ())
        mine = [visit.task for visit in before]
        there = [each for each in mine if each in others]
        if there and not held_by(task, crew):
            params: Params = {"task": there[0]}
            return CrewReason(crew=crew.id, code=Code.SAME_CREW, params=params)
        drive = int(seconds[row, column])
        begun = _begun(table, crew, before, task, timedelta(seconds=drive), ends[row][0], finished)
        extra = travel_price(snapshot) * drive + tolls.of(task, crew.id)
        extra += 0 if before else call_out_price(crew, snapshot)
        if loads.price:
            extra += loads.toll(crew.id, sum(work[each] for each in mine), task.work_s)
        reason = standing_reason(task, crew, snapshot.at) or stock.short_of(task, crew, mine)
        return reason or _crew_reason(task, crew, snapshot, begun, extra=extra, cause=cause)

    found = []
    for column, task in enumerate(left):
        crews = [why_not(task, column, row, crew) for row, crew in enumerate(snapshot.crews)]
        found.append(_for_task(task, snapshot, crews, finished))
    return _without_company(found, snapshot)


def _begun(
    table: Timetable, crew: Crew, before: Sequence[Visit], task: Task, way: timedelta,
    free: datetime, finished: Mapping[str, datetime],
) -> tuple[datetime, timedelta]:  # fmt: skip
    """Return when a crew could begin a task last of all, and how much its break delays that."""
    done = (finished[each] for each in task.after if each in finished)
    floor = max([table.earliest(task), *done])
    if crew.due_break is None:
        return max(free + way, floor), timedelta(0)
    start = table.begins(crew, before, task, way, floor)
    return max(start, floor), table.spared(crew, before, task, way, floor)


def _crew_reason(
    task: Task,
    crew: Crew,
    snapshot: Snapshot,
    begun: tuple[datetime, timedelta],
    *,
    extra: int,
    cause: StopCause,
) -> CrewReason:
    """Return what of clock or price keeps a crew from doing this task after all it has.

    It would begin at a moment, and by so much sooner without the crew's break. `extra` is what it
    costs beside the hour: the drive, the toll, calling the crew out.
    """
    start, spared = begun
    reason = late_by_break(task, crew, start, snapshot.at, spared)
    if reason is not None:
        return reason
    rates = tariff(task, snapshot, horizon_s(snapshot))
    extra += rates.of_start(seconds_from(snapshot.at, start))
    unfinished = cause in (StopCause.WALL_CAP, StopCause.SOLUTION_LIMIT, StopCause.NO_SEARCH)
    code = Code.NOT_FOUND_IN_TIME if extra < rates.skip and unfinished else Code.TOO_EXPENSIVE
    prices = {"extra": round(extra / UNIT, 1), "unassigned": round(rates.skip / UNIT, 1)}
    return CrewReason(crew=crew.id, code=code, params={**prices})


_ABLE = frozenset({Code.TOO_EXPENSIVE, Code.NOT_FOUND_IN_TIME})


def _without_company(found: Sequence[Unassigned], snapshot: Snapshot) -> tuple[Unassigned, ...]:
    """Return the reasons, and of work that several crews begin together, whether one is missing."""
    partners = partners_of(snapshot)
    able = {
        each.task: {crew.crew for crew in each.crews if crew.code in _ABLE}
        for each in found
        if each.task in partners
    }
    told = list(found)
    for place, each in enumerate(found):
        mine = [other for other in partners.get(each.task, ()) if other in able]
        barred = next((other for other in mine if not able[other]), None)
        crews = set[str]().union(*(able[name] for name in (each.task, *mine) if name in able))
        few = len(crews) <= len(mine)
        lacking = bool(mine) and bool(able[each.task]) and (barred is not None or few)
        if lacking:
            params: Params = {"task": barred or mine[0]}
            changed = {"code": Code.NO_SECOND_CREW, "params": params}
            told[place] = each.model_copy(update=changed)
    return tuple(told)


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
    code = Code.NO_SECOND_CREW if closest.code is Code.SAME_CREW else closest.code
    return Unassigned(task=task.id, code=code, params=closest.params, crews=tuple(crews))
