"""The clock along each route, by the legs that are told to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.breaks import BreakTaken, Due, begins, taken
from routing.meetings import partners_of
from routing.pricing import seconds_from, seconds_until
from routing.receipt import Hold, Route, Visit
from routing.rules import before_a_break, crew_ready
from routing.snapshot import Crew, FrozenStop, Snapshot, Task
from routing.travel import Place, Travel, place_of

Order = Sequence[tuple[str, Hold]]


@dataclass
class _Together:
    """Crews walked at the same time: what is done, what is still awaited, and who could begin."""

    finished: dict[str, datetime]
    awaited: set[str]
    meeting: set[str]
    could_begin: dict[str, datetime] = field(default_factory=dict)


class Timetable:
    """Times visits crew by crew; a visit waits for the tasks it comes after, on any crew.

    Crews that meet begin when the last of them can. A crew that must wait does so before it
    departs, so arrival is also the start of work.
    """

    def __init__(self, snapshot: Snapshot, travel: Travel) -> None:
        self._snapshot, self._travel = snapshot, travel
        self._tasks = {task.id: task for task in snapshot.tasks}
        self._frozen = {stop.task: stop for stops in snapshot.frozen.values() for stop in stops}
        self._partners = partners_of(snapshot)

    def routes(self, orders: Mapping[str, Order]) -> tuple[Route, ...]:
        """Return the timed route of every crew of the snapshot that has visits."""
        visits, _ = self.timed(orders, {})
        return tuple(
            self.route(crew, visits[crew.id])
            for crew in self._snapshot.crews
            if visits.get(crew.id)
        )

    def route(self, crew: Crew, visits: tuple[Visit, ...]) -> Route:
        """Return the route of a crew, with the break it has on it."""
        return Route(crew=crew.id, visits=visits, taken=self._taken(crew, visits))

    def timed(
        self, orders: Mapping[str, Order], outside: Mapping[str, datetime]
    ) -> tuple[dict[str, tuple[Visit, ...]], bool]:
        """Return the visits of these crews, while other crews finish what is `outside`.

        Crews that meet must be timed together.
        The second is whether routes wait for each other in a circle: then nobody waits any more.
        """
        crews = {crew.id: crew for crew in self._snapshot.crews}
        visits: dict[str, list[Visit]] = {crew: [] for crew in orders}
        inside, circular = {task for order in orders.values() for task, _ in order}, False
        together = _Together(dict(outside), inside | outside.keys(), inside)
        pending = [crew for crew in orders if orders[crew]]
        while pending:
            moved, before = False, len(together.could_begin)
            for crew in pending:
                moved |= self._advance(crews[crew], orders[crew], visits[crew], together)
            moved |= len(together.could_begin) > before
            pending = [crew for crew in pending if len(visits[crew]) < len(orders[crew])]
            if pending and not moved:  # only a human's own orders can wait for each other
                together.awaited, together.meeting, circular = set(), set(), True
        return {crew: tuple(mine) for crew, mine in visits.items()}, circular

    def _advance(self, crew: Crew, order: Order, visits: list[Visit], together: _Together) -> bool:
        moved, finished = False, together.finished
        for task_id, hold in order[len(visits) :]:
            task = self._tasks[task_id]
            before = [each for each in task.after if each in together.awaited]
            if hold is not Hold.FROZEN and any(each not in finished for each in before):
                break
            earliest = max((finished[each] for each in before if each in finished), default=None)
            visit = self.visit(crew, task, hold, visits, earliest)
            begins = together.could_begin
            begins[task_id] = visit.start_at
            partners = [e for e in self._partners.get(task_id, ()) if e in together.meeting]
            if partners:  # nobody waits for itself, whatever a human chose
                partners = [e for e in partners if all(e != mine for mine, _ in order)]
            if hold is not Hold.FROZEN and partners:
                if any(each not in begins for each in partners):
                    break
                last = max(begins[each] for each in (task_id, *partners))
                visit = _begun(visit, task, last)
            visits.append(visit)
            finished[task_id] = visit.finish_at
            moved = True
        return moved

    def visit(
        self,
        crew: Crew,
        task: Task,
        hold: Hold,
        visits: Sequence[Visit],
        earliest: datetime | None = None,
    ) -> Visit:
        """Return the next visit of a crew after these; `earliest` is when others let it start."""
        stop = self._frozen.get(task.id) if hold is Hold.FROZEN else None
        if stop is not None and stop.arrived_at is not None:
            return self._on_site(task, stop, stop.arrived_at, len(visits) + 1)
        free, here = self.free(crew, visits)
        travel_s, travel_m = self._travel.leg(here, place_of(task))
        eta = free + timedelta(seconds=travel_s)
        if hold is not Hold.FROZEN:
            floor = max(self.earliest(task), earliest or self._snapshot.at)
            # Most crews have no break due: their clock is one comparison.
            eta = (
                self.begins(crew, visits, task, eta - free, floor, hold)
                if crew.due_break
                else max(eta, floor)
            )
        return Visit(
            sequence=len(visits) + 1,
            task=task.id,
            hold=hold,
            depart_at=eta - timedelta(seconds=travel_s),
            eta=eta,
            start_at=eta,
            finish_at=eta + timedelta(seconds=task.work_s),
            travel_s=travel_s,
            travel_m=travel_m,
            **_kept_promise(task, eta),
        )

    def begins(
        self,
        crew: Crew,
        visits: Sequence[Visit],
        task: Task,
        drive: timedelta,
        floor: datetime,
        hold: Hold = Hold.PLANNED,
    ) -> datetime:
        """Return when a crew begins a task after these visits, its break before it if need be."""
        hurried = hold is Hold.DANGER or before_a_break(task)
        due, (free, _) = self.due(crew, visits), self.free(crew, visits)
        work = timedelta(seconds=task.work_s)
        begun: datetime = begins(due, free, drive, floor, work, hurried=hurried)
        return begun

    def spared(
        self, crew: Crew, visits: Sequence[Visit], task: Task, drive: timedelta, floor: datetime
    ) -> timedelta:
        """Return how much sooner a crew could begin a task after these visits without its break."""
        if crew.due_break is None:
            return timedelta(0)
        free, _ = self.free(crew, visits)
        if self.due(crew, visits) is None:  # had before: all behind it could be sooner
            length = timedelta(seconds=crew.due_break.length_s)
            return min(length, max(timedelta(0), free + drive - floor))
        return self.begins(crew, visits, task, drive, floor) - max(free + drive, floor)

    def due(self, crew: Crew, visits: Sequence[Visit]) -> Due | None:
        """Return the break that a crew has not had before the last of these visits."""
        if crew.due_break is None or self._break_before(crew, visits) is not None:
            return None
        return crew.due_break.due()

    def _break_before(self, crew: Crew, visits: Sequence[Visit]) -> int | None:
        """Return before which visit a crew has its break: the first it has time enough for."""
        due = crew.due_break.due() if crew.due_break else None
        for place, visit in enumerate(visits if due else ()):
            free, _ = self.free(crew, visits[:place])
            if due and visit.hold is not Hold.FROZEN and due.had(free, visit.depart_at):
                return place
        return None

    def _taken(self, crew: Crew, visits: Sequence[Visit]) -> BreakTaken | None:
        """Return when a crew with work has its break, on its shift."""
        due, place = crew.due_break, self._break_before(crew, visits)
        if due is None:
            return None
        free, _ = self.free(crew, visits if place is None else visits[:place])
        ends = crew.shift_end if place is None else None
        return taken(due.due(), free, ends)

    def free(self, crew: Crew, visits: Sequence[Visit]) -> tuple[datetime, Place]:
        """Return when and where a crew is after these visits."""
        ready = crew_ready(crew, self._snapshot)
        if not visits:
            return ready, place_of(crew)
        return max(visits[-1].finish_at, ready), place_of(self._tasks[visits[-1].task])

    def earliest(self, task: Task) -> datetime:
        """Return the first moment this task may start: its release, its lock, an area's opening."""
        fixed = (task.lock and task.lock.start, task.not_before)
        return max(self._snapshot.at, task.released_at, *(each for each in fixed if each))

    def _on_site(self, task: Task, stop: FrozenStop, arrived: datetime, sequence: int) -> Visit:
        expected = stop.finish_at or arrived + timedelta(seconds=task.work_s)
        return Visit(
            sequence=sequence,
            task=task.id,
            hold=Hold.FROZEN,
            depart_at=arrived,
            eta=arrived,
            start_at=arrived,
            finish_at=max(self._snapshot.at, arrived, expected),
            travel_s=0,
            travel_m=0,
            **_kept_promise(task, arrived),
        )


def _begun(visit: Visit, task: Task, start: datetime) -> Visit:
    """Return a visit that begins at another moment, when those it meets are there."""
    depart_at = start - timedelta(seconds=visit.travel_s)
    finish_at = start + timedelta(seconds=task.work_s)
    moved = {"depart_at": depart_at, "eta": start, "start_at": start, "finish_at": finish_at}
    return visit.model_copy(update={**moved, **_kept_promise(task, start)})


def _kept_promise(task: Task, eta: datetime) -> dict[str, int]:
    """Return how early or late a promise is kept; nothing where none was made."""
    if task.deadline is None:
        return {}
    late_s = max(0, seconds_from(task.deadline, eta))
    return {"slack_s": seconds_until(eta, task.deadline), "late_s": late_s}
