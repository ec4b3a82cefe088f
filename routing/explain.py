"""How well each crew fits one task: what sending it would cost against the best choice."""

from collections.abc import Sequence
from datetime import datetime

from domain.errors import Refused
from domain.value import Value
from routing.pricing import price
from routing.receipt import Code, CrewReason, Hold, Plan, Route, Visit
from routing.rules import clock_reason, held_by, standing_reason
from routing.snapshot import Crew, Id, Moment, Snapshot, Task
from routing.timetable import Timetable
from routing.travel import Travel, travel_of


class Fit(Value):
    """One crew against one task; `difference` is the price over the best crew's.

    Where a rule says no, `reason` tells which and the numbers are missing.
    """

    crew: Id
    reason: CrewReason | None = None
    sequence: int | None = None
    eta: Moment | None = None
    travel_s: int | None = None
    late_s: int | None = None
    extra: float | None = None
    difference: float | None = None
    home_grid: bool = False
    has_it_now: bool = False


def rank_crews(
    snapshot: Snapshot, task_id: str, plan: Plan | None = None, *, travel: Travel | None = None
) -> tuple[Fit, ...]:
    """Return every crew with its best place for a task, cheapest first, impossible ones last.

    Without a plan each crew has only its frozen stops to do first. Raises Refused `task_unknown`.
    """
    task = next((each for each in snapshot.tasks if each.id == task_id), None)
    if task is None:
        raise Refused("task_unknown", task=task_id)
    ranking = _Ranking(snapshot, task, plan, travel or travel_of(snapshot))
    fits = [ranking.fit(crew) for crew in snapshot.crews]
    best = min((fit.extra for fit in fits if fit.extra is not None), default=0.0)
    told = [
        fit.model_copy(update={"difference": round(fit.extra - best, 3)})
        if fit.extra is not None
        else fit
        for fit in fits
    ]
    return tuple(sorted(told, key=lambda fit: (fit.extra is None, fit.extra or 0.0, fit.crew)))


class _Ranking:
    """Tries one task on every route of a plan."""

    def __init__(self, snapshot: Snapshot, task: Task, plan: Plan | None, travel: Travel) -> None:
        self._snapshot, self._task = snapshot, task
        self._table = Timetable(snapshot, travel)
        self._tasks = {each.id: each for each in snapshot.tasks}
        routes = plan.routes if plan else ()
        self._visits = {route.crew: list(route.visits) for route in routes}
        self._finish = {visit.task: visit.finish_at for route in routes for visit in route.visits}

    def fit(self, crew: Crew) -> Fit:
        """Return the cheapest place for the task on this crew's route, or why there is none."""
        now = self._visits.get(crew.id, [])
        known = Fit(
            crew=crew.id,
            home_grid=crew.home_grid is not None and crew.home_grid == self._task.grid,
            has_it_now=any(visit.task == self._task.id for visit in now),
        )
        reason = standing_reason(self._task, crew, self._snapshot.at)
        if reason is not None and not held_by(self._task, crew):
            return known.model_copy(update={"reason": reason})
        order = self._order(crew, now)
        base = self._price(crew, self._time(crew, order))
        best: Fit | None = None
        for place in self._places(order):
            trial = [*order[:place], (self._task, Hold.PLANNED), *order[place:]]
            visits = self._time(crew, trial)
            broken = self._broken(crew, trial, visits)
            if broken is not None:
                reason = reason or broken
                continue
            extra = round(self._price(crew, visits) - base, 3)
            if best is None or best.extra is None or extra < best.extra:
                best = known.model_copy(update=_numbers(visits[place], extra))
        return best or known.model_copy(
            update={"reason": reason or CrewReason(crew=crew.id, code=Code.SHIFT_END)}
        )

    def _order(self, crew: Crew, now: Sequence[Visit]) -> list[tuple[Task, Hold]]:
        frozen = [stop.task for stop in self._snapshot.frozen.get(crew.id, ())]
        rest = [
            (self._tasks[visit.task], visit.hold)
            for visit in now
            if visit.task not in (*frozen, self._task.id) and visit.task in self._tasks
        ]
        first = [(self._tasks[each], Hold.FROZEN) for each in frozen if each != self._task.id]
        return [*first, *rest]

    def _places(self, order: Sequence[tuple[Task, Hold]]) -> range:
        """Return where the task may stand: behind what is under way and behind danger."""
        held = (Hold.FROZEN, Hold.DANGER)
        first = sum(1 for _, hold in order if hold in held)
        return range(first, first + 1) if self._task.danger else range(first, len(order) + 1)

    def _time(self, crew: Crew, order: Sequence[tuple[Task, Hold]]) -> list[Visit]:
        visits: list[Visit] = []
        for task, hold in order:
            moments = [self._finish[each] for each in task.after if each in self._finish]
            earliest: datetime | None = max(moments, default=None)
            visits.append(self._table.visit(crew, task, hold, visits, earliest))
        return visits

    def _broken(
        self, crew: Crew, order: Sequence[tuple[Task, Hold]], visits: Sequence[Visit]
    ) -> CrewReason | None:
        """Return the rule of the clock that some visit now breaks and may not break."""
        for (task, hold), visit in zip(order, visits, strict=True):
            if hold is Hold.FROZEN or held_by(task, crew):
                continue
            at = self._snapshot.at
            if reason := clock_reason(task, crew, visit.start_at, visit.finish_at, at):
                return reason
        return None

    def _price(self, crew: Crew, visits: Sequence[Visit]) -> float:
        route = Route(crew=crew.id, visits=tuple(visits))
        return price(self._snapshot, [route], (), None).total


def _numbers(visit: Visit, extra: float) -> dict[str, object]:
    return {
        "sequence": visit.sequence,
        "eta": visit.eta,
        "travel_s": visit.travel_s,
        "late_s": visit.late_s,
        "extra": extra,
    }
