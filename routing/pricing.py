"""The price of lateness, waiting, travel and tolls, in whole numbers so that sums are exact."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil, floor
from typing import NamedTuple

from routing.fairness import Loads
from routing.receipt import Cost, Hold, Plan, Route, Visit
from routing.rules import duty_end
from routing.snapshot import Crew, Snapshot, Task
from routing.tolls import Tolls
from routing.units import PER_SECOND, UNIT

DAY_S = 24 * 3600
MAX_LATE_S = 30 * DAY_S
MAX_HORIZON_S = 8 * DAY_S
AFTER_HORIZON_S = 2 * 3600


def seconds_until(at: datetime, moment: datetime) -> int:
    """Return whole seconds from `at`, rounded down: for limits."""
    return floor((moment - at).total_seconds())


def seconds_from(at: datetime, moment: datetime) -> int:
    """Return whole seconds from `at`, rounded up: for what cannot happen sooner."""
    return ceil((moment - at).total_seconds())


def horizon_s(snapshot: Snapshot) -> int:
    """Return when the last crew's duty ends, in seconds from the snapshot."""
    ends = [seconds_until(snapshot.at, duty_end(crew, snapshot.at)) for crew in snapshot.crews]
    return min(max(0, max(ends, default=0)), MAX_HORIZON_S)


class Tariff(NamedTuple):
    """What one task costs: from `bound_s` on each second late, and each second waited at all.

    `charge` comes on top, once, for being late at all. Danger is late from the first second and
    has no charge; a passed deadline keeps its negative bound. `skip` is the price of leaving the
    task out, as if a crew came two hours after the last duty ends.
    """

    bound_s: int
    late: int
    wait: int
    lock_s: int
    lock: int
    charge: int
    skip: int

    def of_start(self, start_s: int) -> int:
        """Return the price of arriving at this second."""
        price = self.wait * max(0, start_s)
        if start_s > self.bound_s:
            price += self.late * (start_s - self.bound_s) + self.charge
        if start_s > self.lock_s:
            price += self.lock * (start_s - self.lock_s)
        return price


def tariff(task: Task, snapshot: Snapshot, horizon: int) -> Tariff:
    """Return the prices of one task."""
    prices, never = snapshot.prices, MAX_HORIZON_S * 2
    per_minute = prices.danger_minute if task.danger else prices.late_minute[task.area_class]
    late = round(PER_SECOND * per_minute * task.weight)
    bound = 0 if task.danger else never
    if task.deadline is not None and not task.danger:
        bound = max(-MAX_LATE_S, seconds_until(snapshot.at, task.deadline))
    counted = min(task.customers, prices.customers_counted)
    wait = round(PER_SECOND * (prices.wait_minute + prices.customer_minute * counted))
    wait += mean_price(task, snapshot)
    lock_s, latest = never, task.lock.latest if task.lock else None
    if latest is not None:
        lock_s = max(-MAX_LATE_S, seconds_until(snapshot.at, latest))
    lock = round(PER_SECOND * prices.lock_minute)
    charge = 0 if task.danger else round(UNIT * prices.late_order * task.weight)
    end = horizon + AFTER_HORIZON_S
    skip = round(UNIT * prices.unassigned * task.weight)
    skip += Tariff(bound, late, wait, lock_s, lock, charge, 0).of_start(end)
    return Tariff(bound, late, wait, lock_s, lock, charge, skip)


def mean_price(task: Task, snapshot: Snapshot) -> int:
    """Return the price of a second until an arrival that counts in a promised mean."""
    owed = task.deadline is not None and not task.danger
    return round(PER_SECOND * snapshot.prices.mean_minute.get(task.area_class, 0.0)) if owed else 0


def travel_price(snapshot: Snapshot) -> int:
    """Return the price of one second of driving."""
    return round(PER_SECOND * snapshot.prices.travel_minute)


def call_out_price(crew: Crew, snapshot: Snapshot) -> int:
    """Return what it costs to use a crew at all: something, where it must be called out."""
    return round(UNIT * snapshot.prices.call_out) if crew.recall else 0


def turned_around(snapshot: Snapshot, crew: str, visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return what a crew was on its way to and does not go on to."""
    held = {visit.task for visit in visits if visit.hold is Hold.FROZEN}
    return tuple(stop.task for stop in snapshot.frozen.get(crew, ()) if stop.task not in held)


def all_turned(snapshot: Snapshot, routes: Iterable[Route]) -> tuple[str, ...]:
    """Return what crews are turned around from in a whole plan, in the order of the snapshot."""
    visits = {route.crew: route.visits for route in routes}
    found = (turned_around(snapshot, crew, visits.get(crew, ())) for crew in snapshot.frozen)
    return tuple(task for mine in found for task in mine)


def price(
    snapshot: Snapshot, routes: Iterable[Route], left: Iterable[str], previous: Plan | None
) -> Cost:
    """Return what routes and left-out tasks cost, by term."""
    tasks, horizon = {task.id: task for task in snapshot.tasks}, horizon_s(snapshot)
    tolls, sums = Tolls(snapshot, previous), dict.fromkeys(Cost.model_fields, 0)
    crews, loads = {crew.id: crew for crew in snapshot.crews}, Loads(snapshot)
    for route in routes:
        sums["fair"] += loads.of(route.crew, (tasks[visit.task] for visit in route.visits))
        if route.visits:
            sums["callouts"] += call_out_price(crews[route.crew], snapshot)
        turned = len(turned_around(snapshot, route.crew, route.visits))
        sums["turns"] += turned * round(UNIT * snapshot.prices.turn)
        for visit in route.visits:
            task = tasks[visit.task]
            rates = tariff(task, snapshot, horizon)
            arrival = seconds_from(snapshot.at, visit.eta)
            late = rates.late * max(0, arrival - rates.bound_s)
            late += rates.charge if arrival > rates.bound_s else 0
            sums["danger" if task.danger else "lateness"] += late
            sums["locks"] += rates.lock * max(0, arrival - rates.lock_s)
            mean = mean_price(task, snapshot)
            sums["mean"] += mean * max(0, arrival)
            sums["waiting"] += (rates.wait - mean) * max(0, arrival)
            sums["travel"] += travel_price(snapshot) * visit.travel_s
            for term, toll in tolls.terms(task, route.crew).items():
                sums[term] += toll
    for each in left:
        sums["unassigned"] += tariff(tasks[each], snapshot, horizon).skip
    sums["total"] = sum(sums.values())
    return Cost(**{term: round(amount / UNIT, 3) for term, amount in sums.items()})
