"""The clock along each route, by the legs that are told to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.meetings import partners_of
from routing.pricing import seconds_from, seconds_until
from routing.receipt import Hold, Route, Visit
from routing.rules import crew_ready
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
            Route(crew=crew.id, visits=visits[crew.id])
            for crew in self._snapshot.crews
            if visits.get(crew.id)
        )

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
                visit = self.visit(crew, task, hold, visits, last)
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
            eta = max(eta, self.earliest(task), earliest or eta)
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


def _kept_promise(task: Task, eta: datetime) -> dict[str, int]:
    """Return how early or late a promise is kept; nothing where none was made."""
    if task.deadline is None:
        return {}
    late_s = max(0, seconds_from(task.deadline, eta))
    return {"slack_s": seconds_until(eta, task.deadline), "late_s": late_s}
