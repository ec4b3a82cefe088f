"""The price of a human's choice: a crew, a place or an hour for one task, against the plan.

The choice is priced as the lock it would become, so that a rule it breaks is kept and told, never
refused. Nothing is changed by asking.
"""

from domain.errors import Refused
from domain.value import Value
from routing.arrangement import Arrangement, Ground
from routing.effects import PromiseChange, minus, promises_changed
from routing.explain import Ranking
from routing.inspection import check
from routing.moments import Moment
from routing.pricing import price
from routing.receipt import Cost, Hold, Plan, Violation, Visit
from routing.snapshot import Id, Lock, LockKind, Snapshot
from routing.travel import Travel, travel_of


class Choice(Value):
    """What a human would have: who goes, as which stop, and when work may begin.

    Without a crew the cheapest is taken; without `sequence` the cheapest place on its route.
    """

    task: Id
    crew: Id | None = None
    sequence: int | None = None
    not_before: Moment | None = None
    not_after: Moment | None = None

    def lock(self, crew: str) -> Lock:
        """Return the lock this choice becomes for a crew."""
        if self.not_before is None and self.not_after is None:
            return Lock(kind=LockKind.CREW, crew=crew)
        if self.not_after is None:
            return Lock(kind=LockKind.BOTH, crew=crew, start=self.not_before)
        start = self.not_before or self.not_after
        return Lock(kind=LockKind.RANGE, crew=crew, start=start, end=self.not_after)


class Priced(Value):
    """What a choice does: where the task comes to stand, and the price over the plan by term.

    `promises` are those to others; `rules` what the inspection finds that it did not find before.
    """

    task: Id
    crew: Id
    sequence: int
    eta: Moment
    travel_s: int
    late_s: int
    crew_before: Id | None = None
    eta_before: Moment | None = None
    late_before_s: int | None = None
    terms: Cost
    promises: tuple[PromiseChange, ...] = ()
    rules: tuple[Violation, ...] = ()


def price_choice(
    snapshot: Snapshot,
    plan: Plan,
    choice: Choice,
    *,
    previous: Plan | None = None,
    travel: Travel | None = None,
) -> Priced:
    """Return what a choice costs.

    Raises Refused: task_unknown, crew_unknown, task_under_way, hours_swapped.
    """
    travel = travel or travel_of(snapshot)
    ground = Ground(snapshot, plan, previous, travel)
    _possible(ground, choice)
    now = ground.arrangement(plan)
    crew = choice.crew or _cheapest(now, choice.task)
    chosen = _locked(snapshot, choice, crew)
    later = Ground(chosen, plan, previous, travel).arrangement(plan)
    after = _moved(Ranking(later, choice.task, strict=False), choice, crew)
    made = _receipt(plan, after, choice.task)
    before = plan.model_copy(update={"snapshot": snapshot.digest()})
    old = {_key(each) for each in check(snapshot, before, previous=previous, travel=ground.travel)}
    found = check(chosen, made, previous=previous, travel=after.ground.travel)
    rules = tuple(each for each in found if _key(each) not in old)
    left = [each.task for each in plan.unassigned]
    terms = minus(made.cost, price(snapshot, plan.routes, left, previous))
    return _told(now, after, choice.task).model_copy(update={"terms": terms, "rules": rules})


def _possible(ground: Ground, choice: Choice) -> None:
    """Refuse what cannot be asked at all."""
    if choice.task not in ground.tasks:
        raise Refused("task_unknown", task=choice.task)
    if choice.crew is not None and choice.crew not in ground.crews:
        raise Refused("crew_unknown", crew=choice.crew)
    first, last = choice.not_before, choice.not_after
    if first is not None and last is not None and last < first:
        raise Refused("hours_swapped")
    if any(stop.task == choice.task for mine in ground.snapshot.frozen.values() for stop in mine):
        raise Refused("task_under_way", task=choice.task)


def _cheapest(now: Arrangement, task: str) -> str:
    """Return the crew that takes the task for least, whoever has it in the plan."""
    if not now.ground.crews:
        raise Refused("crew_unknown", crew="–")
    return Ranking(now, task, strict=False).fits(0)[0].crew


def _locked(snapshot: Snapshot, choice: Choice, crew: str) -> Snapshot:
    """Return the snapshot in which the choice is the task's lock."""
    lock = choice.lock(crew)
    tasks = tuple(
        each.model_copy(update={"lock": lock}) if each.id == choice.task else each
        for each in snapshot.tasks
    )
    return snapshot.model_copy(update={"tasks": tasks})


def _moved(ranking: Ranking, choice: Choice, crew: str) -> Arrangement:
    """Return the plan with the task where the choice puts it, behind what is under way."""
    order = ranking.rest.order(crew)
    first = sum(hold is Hold.FROZEN for _, hold in order)
    if choice.sequence is not None:
        place = max(first, min(choice.sequence - 1, len(order)))
    else:
        fit = next(each for each in ranking.fits(0) if each.crew == crew)
        place = len(order) if fit.sequence is None else fit.sequence - 1
    return ranking.rest.having(choice.task, crew, place)


def _receipt(plan: Plan, after: Arrangement, task: str) -> Plan:
    """Return the changed plan with its whole price, for the inspection."""
    snapshot = after.ground.snapshot
    routes = tuple(
        after.ground.table.route(crew, after.routes[crew.id])
        for crew in snapshot.crews
        if after.routes.get(crew.id)
    )
    left = tuple(each for each in plan.unassigned if each.task != task)
    cost = price(snapshot, routes, [each.task for each in left], after.ground.previous)
    more = {"snapshot": snapshot.digest(), "routes": routes, "unassigned": left, "cost": cost}
    return plan.model_copy(update=more)


def _key(violation: Violation) -> tuple[object, ...]:
    return violation.fault, violation.crew, violation.task


def _told(now: Arrangement, after: Arrangement, task: str) -> Priced:
    (crew, visit), *_ = _visits(after, task)
    crew_before, was = next(iter(_visits(now, task)), (None, None))
    return Priced(
        task=task,
        crew=crew,
        crew_before=crew_before,
        eta_before=None if was is None else was.eta,
        late_before_s=None if was is None else was.late_s,
        terms=Cost(),
        promises=promises_changed(now, after, task),
        **visit.model_dump(include={"sequence", "eta", "travel_s", "late_s"}),
    )


def _visits(arrangement: Arrangement, task: str) -> list[tuple[str, Visit]]:
    """Return the one visit of a task with its crew, if there is one."""
    found = arrangement.place(task)
    return [] if found is None else [(found[0], arrangement.routes[found[0]][found[1]])]
