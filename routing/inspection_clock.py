"""Whether the times of a plan can be: driving, waiting, working, and who waits for whom."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from routing.inspection_fitness import is_humans_choice, sets_out
from routing.inspection_hold import urgent_tasks
from routing.receipt import Fault, Hold, Route, Violation, Visit
from routing.snapshot import Crew, FrozenStop, Snapshot, Task
from routing.travel import Place, Travel, place_of

SECOND = timedelta(seconds=1)


def clock_faults(snapshot: Snapshot, routes: list[Route], travel: Travel) -> Iterator[Violation]:
    """Yield visits whose order or times do not follow from the ones before."""
    clock = _Clock(snapshot, routes, travel)
    for route in routes:
        yield from clock.faults(route)


class _Clock:
    """Judges each visit by what the plan itself says of the visit before."""

    def __init__(self, snapshot: Snapshot, routes: list[Route], travel: Travel) -> None:
        self._snapshot, self._travel = snapshot, travel
        self._tasks: Mapping[str, Task] = {task.id: task for task in snapshot.tasks}
        self._crews: Mapping[str, Crew] = {crew.id: crew for crew in snapshot.crews}
        self._finish = {visit.task: visit.finish_at for route in routes for visit in route.visits}
        self._stops = {stop.task: stop for stops in snapshot.frozen.values() for stop in stops}
        urgent = urgent_tasks(snapshot)
        self._meets = {t.id: t.meeting for t in snapshot.tasks if t.meeting and t.id not in urgent}
        self._taken = {route.crew: route.taken for route in routes}
        self._last = self._last_at_meetings(routes)

    def faults(self, route: Route) -> Iterator[Violation]:
        """Yield the faults of one route."""
        crew, before = self._crews[route.crew], None
        for place, visit in enumerate(route.visits):
            task = self._tasks[visit.task]
            stop = self._stops.get(task.id)
            if stop is not None and stop.turnable and visit.hold is not Hold.FROZEN:
                stop = None  # turned around: from then on an order like any other
            if visit.sequence != place + 1:
                yield Violation(fault=Fault.WRONG_ORDER, crew=crew.id, task=task.id)
            elif self._starts_before_its_forerunners(task, visit):
                kept = is_humans_choice(self._snapshot, task, crew)
                yield Violation(fault=Fault.WRONG_ORDER, crew=crew.id, task=task.id, kept=kept)
            if stop is not None and stop.arrived_at is not None:
                yield from self._on_site(crew, task, visit, stop, stop.arrived_at)
            else:
                yield from self._driven(crew, task, visit, before, stop)
            yield from self._promise(crew, task, visit)
            before = visit

    def _starts_before_its_forerunners(self, task: Task, visit: Visit) -> bool:
        return any(
            each not in self._finish or self._finish[each] > visit.start_at
            for each in task.after
            if each in self._tasks
        )

    def _driven(
        self, crew: Crew, task: Task, visit: Visit, before: Visit | None, stop: FrozenStop | None
    ) -> Iterator[Violation]:
        free, place = self._leaves(crew, before, visit)
        seconds, metres = self._travel.leg(place, place_of(task))
        if visit.depart_at < free:
            yield Violation(fault=Fault.OVERLAP, crew=crew.id, task=task.id)
        arrival, soonest = visit.depart_at + timedelta(seconds=seconds), self._soonest(task, stop)
        right = (
            abs(visit.travel_s - seconds) <= 1
            and abs(visit.travel_m - metres) <= max(2, metres // 1000)
            and abs(visit.eta - arrival) <= SECOND
            and visit.eta <= self._latest(task, free + timedelta(seconds=seconds), soonest)
            and (visit.eta >= soonest or stop is not None)
        )
        if not right:
            yield Violation(fault=Fault.WRONG_ETA, crew=crew.id, task=task.id)
        work = timedelta(seconds=task.work_s)
        if visit.start_at != visit.eta or visit.finish_at != visit.start_at + work:
            yield Violation(fault=Fault.WRONG_ARITHMETIC, crew=crew.id, task=task.id)

    def _latest(self, task: Task, arrives: datetime, soonest: datetime) -> datetime:
        """Return when a crew that does not dawdle begins: it may wait for those it meets."""
        waits = self._last.get(self._meets.get(task.id, ""), arrives)
        return max(arrives, soonest, waits) + SECOND

    def _last_at_meetings(self, routes: list[Route]) -> dict[str, datetime]:
        """Return for every meeting when the last of its crews could begin."""
        last: dict[str, datetime] = {}
        for route in routes:
            crew, before = self._crews[route.crew], None
            for visit in route.visits:
                name = self._meets.get(visit.task)
                if name is not None:
                    begins = self._could_begin(crew, visit, before)
                    last[name] = max(last.get(name, begins), begins)
                before = visit
        return last

    def _could_begin(self, crew: Crew, visit: Visit, before: Visit | None) -> datetime:
        """Return when a crew could begin if it waited for nobody it meets."""
        if visit.task in self._stops:
            return visit.start_at
        task = self._tasks[visit.task]
        free, place = self._leaves(crew, before, visit)
        drive = timedelta(seconds=self._travel.leg(place, place_of(task))[0])
        return max(free + drive, self._soonest(task, None))

    def _leaves(self, crew: Crew, before: Visit | None, visit: Visit) -> tuple[datetime, Place]:
        """Return when and from where a crew can leave for a visit, its break over."""
        free, place = sets_out(crew, self._snapshot.at), place_of(crew)
        if before is not None:
            free, place = max(free, before.finish_at), place_of(self._tasks[before.task])
        told = self._taken[crew.id]
        if told is not None and free <= told.start_at and told.end_at <= visit.depart_at:
            free = told.end_at
        return free, place

    def _soonest(self, task: Task, stop: FrozenStop | None) -> datetime:
        """Return when the task may start at all, as far as others are concerned."""
        if stop is not None:
            return self._snapshot.at
        moments = [self._snapshot.at, task.released_at]
        if task.lock is not None and task.lock.start is not None:
            moments.append(task.lock.start)
        if task.not_before is not None:
            moments.append(task.not_before)
        moments.extend(self._finish[each] for each in task.after if each in self._finish)
        return max(moments)

    def _on_site(
        self, crew: Crew, task: Task, visit: Visit, stop: FrozenStop, arrived: datetime
    ) -> Iterator[Violation]:
        if visit.eta != arrived or visit.depart_at > arrived or visit.travel_s != 0:
            yield Violation(fault=Fault.WRONG_ETA, crew=crew.id, task=task.id)
        expected = stop.finish_at or arrived + timedelta(seconds=task.work_s)
        done = max(self._snapshot.at, arrived, expected)
        if visit.start_at != arrived or visit.finish_at != done:
            yield Violation(fault=Fault.WRONG_ARITHMETIC, crew=crew.id, task=task.id)

    @staticmethod
    def _promise(crew: Crew, task: Task, visit: Visit) -> Iterator[Violation]:
        """Yield a slack or lateness that does not follow from arrival and deadline."""
        early = (task.deadline - visit.eta).total_seconds() if task.deadline else None
        if early is None:
            right = visit.slack_s is None and visit.late_s == 0
        else:
            right = visit.slack_s is not None and abs(visit.slack_s - early) <= 1
            right = right and abs(visit.late_s - max(0.0, -early)) <= 1
        if not right:
            yield Violation(fault=Fault.WRONG_ARITHMETIC, crew=crew.id, task=task.id)
