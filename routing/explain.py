"""How well each crew fits one task: the best place on its route and what that costs."""

from datetime import timedelta
from functools import cached_property

from domain.errors import Refused
from domain.value import Value
from routing.arrangement import Arrangement, Ground
from routing.effects import PromiseChange, crews_changed, difference, promises_changed
from routing.moments import Moment
from routing.quick_places import QuickPlaces
from routing.receipt import Code, Cost, CrewReason, Hold, Plan, Visit
from routing.rules import clock_reason, held_by, late_by_break, standing_reason
from routing.snapshot import Crew, Id, Snapshot
from routing.steps import Guest, Leg
from routing.travel import Travel, place_of, travel_of
from routing.units import UNIT

MATRIX_SLACK_S = 3  # an entry of a matrix is never less than its leg, and about a second more


class Fit(Value):
    """One crew against one task; `difference` is the price over the best crew's.

    Where a rule says no, `reason` tells which and the numbers are missing. The best crews also
    tell the price by term and the promises to others that would be kept worse or better. A
    `recall` is off its shift and would be called out.
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
    recall: bool = False
    terms: Cost | None = None
    promises: tuple[PromiseChange, ...] = ()


def rank_crews(
    snapshot: Snapshot,
    task_id: str,
    plan: Plan | None = None,
    *,
    travel: Travel | None = None,
    previous: Plan | None = None,
    detailed: int = 0,
) -> tuple[Fit, ...]:
    """Return every crew with its best place for a task, cheapest first, impossible ones last.

    Without a plan each crew has only its frozen stops to do first; without the plan before, a
    change of crew costs nothing. Raises Refused `task_unknown`.
    """
    ground = Ground(snapshot, plan, previous, travel or travel_of(snapshot))
    if task_id not in ground.tasks:
        raise Refused("task_unknown", task=task_id)
    return Ranking(ground.arrangement(plan), task_id, strict=plan is not None).fits(detailed)


class Ranking:
    """Tries one task at every place of an arrangement from which it is taken out first."""

    def __init__(self, now: Arrangement, task: str, *, strict: bool = True) -> None:
        self.ground, self.now, self.rest = now.ground, now, now.without(task)
        self.task = self.ground.tasks[task]
        self._finish = {v.task: v.finish_at for mine in self.rest.routes.values() for v in mine}
        self._missing = self._forerunner_without_crew() if strict else None

    @cached_property
    def _quick(self) -> QuickPlaces:
        return QuickPlaces(self.rest)

    @cached_property
    def _guest(self) -> Guest:
        return self._quick.guest(self.task)

    def fits(self, detailed: int) -> tuple[Fit, ...]:
        """Return all crews, the first ones in detail."""
        slots = self._slots()
        fits = [self._fit(crew, slots.get(crew.id)) for crew in self.ground.snapshot.crews]
        best = min((fit.extra for fit in fits if fit.extra is not None), default=0.0)
        ranked = sorted(fits, key=lambda fit: (fit.extra is None, fit.extra or 0.0, fit.crew))
        return tuple(
            self.detailed(_over(fit, best)) if number < detailed else _over(fit, best)
            for number, fit in enumerate(ranked)
        )

    def detailed(self, fit: Fit) -> Fit:
        """Return a fit with its price by term and what it does to others' promises."""
        if fit.sequence is None:
            return fit
        after = self.rest.having(self.task.id, fit.crew, fit.sequence - 1)
        return fit.model_copy(
            update={
                "terms": difference(self.rest, after),
                "promises": promises_changed(self.rest, after, self.task.id),
            }
        )

    def _forerunner_without_crew(self) -> str | None:
        """Return the first task this one must wait for that nobody goes to."""
        mine = [each for each in self.task.after if each in self.ground.tasks]
        return next((each for each in mine if each not in self._finish), None)

    def places(self, crew: str) -> range:
        """Return where the task may stand: behind what is under way and behind danger."""
        held = [visit.hold in (Hold.FROZEN, Hold.DANGER) for visit in self.rest.routes[crew]]
        first = len(held) - held[::-1].index(True) if any(held) else 0
        return range(first, first + 1 if self.task.danger else len(held) + 1)

    def standing_reason(self, crew: Crew) -> CrewReason | None:
        """Return the rule that keeps this crew from the task at any place, if one does."""
        reason = standing_reason(self.task, crew, self.ground.snapshot.at)
        if reason is not None and not held_by(self.task, crew):
            return reason
        there = {visit.task for visit in self.rest.routes.get(crew.id, ())}
        mine = [each for each in self.ground.others.get(self.task.id, ()) if each in there]
        if mine and not held_by(self.task, crew):
            return CrewReason(crew=crew.id, code=Code.SAME_CREW, params={"task": mine[0]})
        short = self.ground.stock.short_of(self.task, crew, there) if self.task.parts else None
        if short is not None:
            return short
        if self._missing is not None:
            params: dict[str, str | int | float] = {"task": self._missing}
            return CrewReason(crew=crew.id, code=Code.WAITS_FOR_TASK, params=params)
        return None

    def _slots(self) -> dict[str, tuple[int, int]]:
        """Return the cheapest place and its price for every crew that has one."""
        crews = [c.id for c in self.ground.snapshot.crews if self.standing_reason(c) is None]
        tried = [(crew, place) for crew in crews for place in self.places(crew)]
        least: dict[str, list[tuple[int, int]]] = {crew: [] for crew in crews}
        for (crew, place), leg in zip(tried, self._short_legs(tried), strict=True):
            price = self._quick.added(self._guest, crew, place, leg)
            if price is not None:
                least[crew].append((price, place))
        found = {crew: self._exact(crew, sorted(mine)) for crew, mine in least.items()}
        return {crew: slot for crew, slot in found.items() if slot is not None}

    def _short_legs(self, tried: list[tuple[str, int]]) -> list[Leg]:
        """Return for every place legs that are never longer than the real ones."""
        if not tried:
            return []
        here, ends = place_of(self.task), [self._quick.ends(*each) for each in tried]
        into = self.ground.travel.matrix([origin for origin, _ in ends], [here])[0][:, 0]
        onward = self.ground.travel.matrix([here], [target or here for _, target in ends])[0][0]
        return [
            Leg(max(0, int(first) - MATRIX_SLACK_S), max(0, int(then) - MATRIX_SLACK_S))
            for first, then in zip(into, onward, strict=True)
        ]

    def _exact(self, crew: str, least: list[tuple[int, int]]) -> tuple[int, int] | None:
        """Return the cheapest place by real legs; `least` are prices that are never too high."""
        best: tuple[int, int] | None = None
        for price, place in least:
            if best is not None and price > best[1]:
                break
            found = self._quick.added(self._guest, crew, place, self._leg(crew, place))
            if found is not None and (best is None or (found, place) < (best[1], best[0])):
                best = (place, found)
        return best

    def _leg(self, crew: str, place: int) -> Leg:
        origin, target = self._quick.ends(crew, place)
        here, leg = place_of(self.task), self.ground.travel.leg
        return Leg(leg(origin, here)[0], leg(here, target)[0] if target else 0)

    def _fit(self, crew: Crew, slot: tuple[int, int] | None) -> Fit:
        now = self.now.routes.get(crew.id, ())
        known = Fit(
            crew=crew.id,
            home_grid=crew.home_grid is not None and crew.home_grid == self.task.grid,
            recall=crew.recall,
            has_it_now=any(visit.task == self.task.id for visit in now),
        )
        if slot is None:
            return known.model_copy(update={"reason": self._reason(crew)})
        return known.model_copy(update=self._numbers(crew, *slot))

    def _visit(self, crew: Crew, place: int) -> Visit:
        moments = [self._finish[each] for each in self.task.after if each in self._finish]
        before = self.rest.routes[crew.id][:place]
        earliest = max(moments, default=None)
        return self.ground.table.visit(crew, self.task, Hold.PLANNED, before, earliest)

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Return what begins together with the task."""
        return self.ground.partners.get(self.task.id, ())

    def _numbers(self, crew: Crew, place: int, price: int) -> dict[str, object]:
        visit = self._visit(crew, place)
        if any(each in self._finish for each in self.partners):  # it may have to wait for them
            visit = self.rest.having(self.task.id, crew.id, place).routes[crew.id][place]
        told = visit.model_dump(include={"eta", "travel_s", "late_s"})
        return {**told, "sequence": place + 1, "extra": round(price / UNIT, 3)}

    def _reason(self, crew: Crew) -> CrewReason:
        """Return the rule in the way: of the task itself at the end of the route, or of others."""
        reason = self.standing_reason(crew)
        if reason is not None:
            return reason
        place = self.places(crew.id)[-1]
        found = self._too_late(crew, self._visit(crew, place))
        if found is not None:
            return self._late_by_break(crew, place) or found
        after = self.rest.having(self.task.id, crew.id, place)
        if after.circular and not self.rest.circular:
            linked = (*self.task.after, *self.ground.followers.get(self.task.id, ()), self.task.id)
            waits: dict[str, str | int | float] = {"task": linked[0]}
            return CrewReason(crew=crew.id, code=Code.WAITS_FOR_TASK, params=waits)
        for other in sorted(crews_changed(self.rest, after)):
            was = self.rest.routes.get(other, ())
            for visit in after.routes[other]:
                moved = visit not in was and visit.task != self.task.id
                found = self._too_late(self.ground.crews[other], visit) if moved else None
                if found is not None:
                    return found.model_copy(update={"crew": crew.id})
        return CrewReason(crew=crew.id, code=Code.SHIFT_END)

    def _late_by_break(self, crew: Crew, place: int) -> CrewReason | None:
        """Return that only a break makes a crew come too late, if that is so."""
        visit, before = self._visit(crew, place), self.rest.routes[crew.id][:place]
        done = [self._finish[each] for each in self.task.after if each in self._finish]
        table, drive = self.ground.table, timedelta(seconds=visit.travel_s)
        floor = max([table.earliest(self.task), *done])
        spared = table.spared(crew, before, self.task, drive, floor)
        return late_by_break(self.task, crew, visit.start_at, self.ground.snapshot.at, spared)

    def _too_late(self, crew: Crew, visit: Visit) -> CrewReason | None:
        task, at = self.ground.tasks[visit.task], self.ground.snapshot.at
        if held_by(task, crew):
            return None
        return clock_reason(task, crew, visit.start_at, visit.finish_at, at)


def _over(fit: Fit, best: float) -> Fit:
    if fit.extra is None:
        return fit
    return fit.model_copy(update={"difference": round(fit.extra - best, 3)})
