"""What must stay where it is: work under way, a human's locks, and danger before all else."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from routing.inspection_fitness import hour_faults, runs_out, sets_out, standing_faults, work_limit
from routing.inspection_parts import too_few
from routing.receipt import Code, Fault, Hold, Plan, Route, Violation, Visit
from routing.snapshot import Crew, Snapshot, Task
from routing.travel import Travel, place_of

FILLING = timedelta(minutes=15)


def frozen_faults(
    snapshot: Snapshot, routes: list[Route], turned: Collection[str]
) -> Iterator[Violation]:
    """Yield the first frozen stop of each crew that is not where it was.

    A crew on its way may be turned around, where that is allowed and it goes elsewhere at once;
    and then the plan says so.
    """
    visits = {route.crew: route.visits for route in routes}
    for crew, stops in snapshot.frozen.items():
        planned = visits.get(crew, ())
        held = {visit.task for visit in planned if visit.hold is Hold.FROZEN}
        elsewhere = len(planned) > len(held)
        gone = {each.task for each in stops if each.turnable and elsewhere} - held
        firm = [each for each in stops if each.task not in gone & set(turned)]
        for place, stop in enumerate(firm):
            if [visit.task for visit in planned[place : place + 1]] != [stop.task]:
                yield Violation(fault=Fault.FROZEN_MOVED, crew=crew, task=stop.task)
                break


def lock_faults(
    snapshot: Snapshot, plan: Plan, routes: list[Route], travel: Travel
) -> Iterator[Violation]:
    """Yield locks that do not hold: the wrong crew, none at all, or the wrong time."""
    crews = {crew.id for crew in snapshot.crews}
    tasks = {task.id: task for task in snapshot.tasks}
    visited = {visit.task for route in routes for visit in route.visits}
    for left in plan.unassigned:
        lock = tasks[left.task].lock if left.task in tasks else None
        if lock is not None and lock.crew in crews and left.code is not Code.LEFT_FOR_PLANNING:
            waits = any(each in tasks and each not in visited for each in tasks[left.task].after)
            yield Violation(fault=Fault.LOCK_CREW, crew=lock.crew, task=left.task, kept=waits)
    excuses = _Excuses(snapshot, routes, travel)
    for route in routes:
        for visit in route.visits:
            lock = tasks[visit.task].lock
            under_way = visit.task in excuses.frozen
            wrong: list[tuple[Fault, bool]] = []
            if lock and lock.crew not in (None, route.crew):
                wrong.append((Fault.LOCK_CREW, under_way))
            if lock and lock.start is not None and visit.start_at < lock.start:
                wrong.append((Fault.LOCK_TIME, under_way))
            if lock and lock.latest is not None and visit.start_at > lock.latest:
                wrong.append((Fault.LOCK_TIME, excuses.late(route, visit, lock.latest)))
            for fault, kept in wrong:
                yield Violation(fault=fault, crew=route.crew, task=visit.task, kept=kept)


class _Excuses:
    """Knows when a plan may rightly miss the time a human chose."""

    def __init__(self, snapshot: Snapshot, routes: list[Route], travel: Travel) -> None:
        self._snapshot, self._travel = snapshot, travel
        self._tasks = {task.id: task for task in snapshot.tasks}
        self._crews = {crew.id: crew for crew in snapshot.crews}
        self._finish = {visit.task: visit.finish_at for route in routes for visit in route.visits}
        self.frozen = frozen_tasks(snapshot)
        self._urgent = urgent_tasks(snapshot)
        self._bound = _bound(snapshot) | self._urgent
        self._meeting = [
            (route, visit)
            for route in routes
            for visit in route.visits
            if self._tasks[visit.task].meeting is not None
        ]

    def late(self, route: Route, visit: Visit, latest: datetime) -> bool:
        """Tell whether being late was a human's own doing, danger's, or out of reach.

        Who must be met may be the one who could not be there.
        """
        meeting = self._tasks[visit.task].meeting
        met = [each for each in self._meeting if self._tasks[each[1].task].meeting == meeting]
        stands = [(route, visit)] if meeting is None else met
        return any(self._late(*each, latest) for each in stands)

    def _late(self, route: Route, visit: Visit, latest: datetime) -> bool:
        task, crew = self._tasks[visit.task], self._crews[route.crew]
        before = {each.task for each in route.visits[: visit.sequence - 1]}
        given = task.lock is not None and task.lock.crew == crew.id
        return (
            task.id in self.frozen
            or bool(before & (self.frozen | self._urgent | set(task.after)))
            or bool(before & self._bound)
            or any(self._finish[each] > latest for each in task.after if each in self._finish)
            or (given and any(hour_faults(task, crew, visit, self._snapshot)))
            or _direct(self._snapshot, crew, task, self._travel) > latest
        )


def _bound(snapshot: Snapshot) -> set[str]:
    """Return what a human fixed, and all it waits for or begins together with."""
    tasks = {task.id: task for task in snapshot.tasks}
    bound, fresh = set[str](), {task.id for task in snapshot.tasks if task.lock is not None}
    while fresh:
        bound |= fresh
        met = {tasks[each].meeting for each in fresh} - {None}
        fresh = {each for task in fresh for each in tasks[task].after if each in tasks}
        fresh |= {task.id for task in snapshot.tasks if task.meeting in met}
        fresh -= bound
    return bound


def frozen_tasks(snapshot: Snapshot) -> set[str]:
    """Return the tasks that are under way."""
    return {stop.task for stops in snapshot.frozen.values() for stop in stops}


def _direct(snapshot: Snapshot, crew: Crew, task: Task, travel: Travel) -> datetime:
    """Return when a crew would begin this task if it drove there at once, or after its break."""
    seconds, _ = travel.leg(place_of(crew), place_of(task))
    # A matrix entry may be a second over the leg; a lock missed by that much was not reachable.
    drive, leaves, due = timedelta(seconds=seconds + 2), sets_out(crew, snapshot.at), crew.due_break
    begun = max(leaves + drive, task.released_at)
    hurried = task.danger or (task.lock is not None and task.lock.latest is not None)
    if due is None or hurried or begun + timedelta(seconds=task.work_s) <= due.latest:
        return begun
    rested = max(leaves, due.earliest) + timedelta(seconds=due.length_s)
    return max(rested + drive, task.released_at)


def danger_order_faults(
    snapshot: Snapshot, routes: list[Route], travel: Travel
) -> Iterator[Violation]:
    """Yield dangers that plain work keeps waiting.

    Plain is what is not under way, not given by a human and leads to no danger. It may fill the
    time until a danger can be begun, and stand before one the crew could not do without it.
    """
    tasks = {task.id: task for task in snapshot.tasks}
    crews = {crew.id: crew for crew in snapshot.crews}
    finished = {visit.task: visit.finish_at for route in routes for visit in route.visits}
    frozen, urgent = frozen_tasks(snapshot), urgent_tasks(snapshot)
    for route in routes:
        behind_plain, held = False, list[Visit]()
        for visit in route.visits:
            task, crew = tasks[visit.task], crews[route.crew]
            if task.danger and task.id not in frozen and behind_plain:
                moments = [finished[each] for each in task.after if each in finished]
                fixed = task.lock.start if task.lock else None
                soonest = max([snapshot.at, task.released_at, fixed or snapshot.at, *moments])
                if visit.start_at > soonest + FILLING and _could_go(
                    snapshot, task, crew, held, earliest=soonest, travel=travel
                ):
                    kept = task.lock is not None and task.lock.crew == crew.id
                    yield Violation(fault=Fault.DANGER_WAITS, crew=crew.id, task=task.id, kept=kept)
            if task.id in urgent | frozen:
                held.append(visit)
            behind_plain |= task.id not in urgent | frozen and task.lock is None


def urgent_tasks(snapshot: Snapshot) -> set[str]:
    """Return the dangerous tasks and everything they wait for."""
    tasks = {task.id: task for task in snapshot.tasks}
    urgent: set[str] = set()
    fresh = {task.id for task in snapshot.tasks if task.danger}
    while fresh:
        urgent |= fresh
        fresh = {each for task in fresh for each in tasks[task].after if each in tasks} - urgent
    return urgent


def danger_left_faults(
    snapshot: Snapshot, plan: Plan, routes: list[Route], travel: Travel
) -> Iterator[Violation]:
    """Yield dangers without a crew although one could go after what it is already held to."""
    tasks = {task.id: task for task in snapshot.tasks}
    finished = {visit.task: visit.finish_at for route in routes for visit in route.visits}
    visits = {route.crew: route.visits for route in routes}
    first = frozen_tasks(snapshot) | urgent_tasks(snapshot)
    for left in plan.unassigned:
        task = tasks.get(left.task)
        if task is None or not task.danger:
            continue
        if any(each in tasks and each not in finished for each in task.after):
            continue
        earliest = max([task.released_at, *(finished[e] for e in task.after if e in finished)])
        for crew in snapshot.crews:
            held = [visit for visit in visits.get(crew.id, ()) if visit.task in first]
            meeting = [tasks[visit.task].meeting for visit in visits.get(crew.id, ())]
            if task.meeting is not None and task.meeting in meeting:
                continue  # a meeting is for different crews
            if _could_go(snapshot, task, crew, held, earliest=earliest, travel=travel):
                yield Violation(fault=Fault.DANGER_LEFT, crew=crew.id, task=task.id)
                break


def _could_go(
    snapshot: Snapshot,
    task: Task,
    crew: Crew,
    held: Sequence[Visit],
    *,
    earliest: datetime,
    travel: Travel,
) -> bool:
    """Tell whether a crew could do one more task after these visits, within every rule."""
    if any(standing_faults(task, crew)):
        return False
    lock = task.lock
    if lock is not None and lock.crew not in (None, crew.id):
        return False
    if too_few(snapshot, task, crew, held):
        return False
    tasks = {each.id: each for each in snapshot.tasks}
    leaves = sets_out(crew, snapshot.at)
    place = place_of(crew)
    if held:
        leaves, place = max(leaves, held[-1].finish_at), place_of(tasks[held[-1].task])
    arrival = leaves + timedelta(seconds=travel.leg(place, place_of(task))[0])
    start = max(arrival, earliest, (lock.start if lock else None) or earliest)
    finish = start + timedelta(seconds=task.work_s)
    if start > crew.shift_end or finish > work_limit(crew, snapshot.at):
        return False
    return crew.shift_end > snapshot.at and not runs_out(task, crew, finish)
