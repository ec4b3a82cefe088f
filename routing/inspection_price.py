"""Whether the price on a plan is the price of its visits, counted anew in plain minutes."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil, floor

from routing.inspection_fitness import work_limit
from routing.receipt import Fault, Hold, Params, Plan, Route, Violation
from routing.snapshot import Crew, Snapshot, Task

LONGEST_LATE = timedelta(days=30)
LONGEST_DAY = timedelta(days=8)
AFTER_THE_LAST = timedelta(hours=2)
ROUNDING = 0.0006  # of a price per minute: the planner counts in thousandths


def price_faults(snapshot: Snapshot, plan: Plan, previous: Plan | None) -> Iterator[Violation]:
    """Yield every term that differs from our own count by more than rounding."""
    bill = _Bill(snapshot)
    tasks = {task.id: task for task in snapshot.tasks}
    crews = {crew.id: crew for crew in snapshot.crews}
    for route in plan.routes:
        if route.visits and crews[route.crew].recall:
            bill.add("callouts", 1, snapshot.prices.call_out)
        bill.add_turns(route)
        bill.add_load(route, crews[route.crew])
        for visit in route.visits:
            bill.add_crew(tasks[visit.task], crews[route.crew])
            bill.add_visit(tasks[visit.task], visit.eta)
            bill.add("travel", visit.travel_s / 60, snapshot.prices.travel_minute)
    for left in plan.unassigned:
        bill.add_left(tasks[left.task])
    terms = {"danger", "lateness", "locks", "unassigned", "waiting", "travel"}
    terms |= {"away", "callouts", "reserve", "turns", "mean", "borrowed", "fair"}
    if previous is not None or plan.previous is None:
        terms.add("changes")
        for rate in _changes(snapshot, plan, previous):
            bill.add("changes", 1, rate)
    for term in sorted(terms):
        told = float(getattr(plan.cost, term))
        if abs(told - bill.sums[term]) > bill.slack[term] + 0.01:
            params: Params = {"term": term, "told": told, "counted": round(bill.sums[term], 3)}
            yield Violation(fault=Fault.WRONG_COST, params=params)
    told = sum(float(getattr(plan.cost, term)) for term in (*terms, "changes"))
    told -= plan.cost.changes if "changes" in terms else 0.0
    if abs(plan.cost.total - told) > 0.01:
        yield Violation(fault=Fault.WRONG_COST, params={"term": "total"})


def _changes(snapshot: Snapshot, plan: Plan, previous: Plan | None) -> Iterator[float]:
    """Yield the price of every order that is not with the crew it was with."""
    prices, here = snapshot.prices, {crew.id for crew in snapshot.crews}
    dangers = {task.id for task in snapshot.tasks if task.danger}
    now = {visit.task: route.crew for route in plan.routes for visit in route.visits}
    for route in previous.routes if previous else ():
        for visit in route.visits if route.crew in here else ():
            if now.get(visit.task, route.crew) == route.crew:
                continue
            to_go = (visit.start_at - snapshot.at).total_seconds()
            near = prices.freeze_s > 0 and to_go <= prices.freeze_s
            dearer = near and visit.task not in dangers
            yield max(prices.change, prices.change_near) if dearer else prices.change


class _Bill:
    """Adds up prices by term, and by how much rounding may move each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.sums: dict[str, float] = defaultdict(float)
        self.slack: dict[str, float] = defaultdict(float)
        limits = [work_limit(crew, snapshot.at) for crew in snapshot.crews]
        last = max([snapshot.at, *limits])
        self._never_came = min(last, snapshot.at + LONGEST_DAY) + AFTER_THE_LAST

    def add(self, term: str, amount: float, rate: float) -> None:
        """Add an amount at a rate."""
        self.sums[term] += amount * rate
        self.slack[term] += abs(amount) * ROUNDING + rate / 30

    def add_visit(self, task: Task, eta: datetime) -> None:
        """Add lateness and waiting of one arrival."""
        late, rate = self._late(task, eta)
        self.add("danger" if task.danger else "lateness", late, rate)
        self._add_late_order("lateness", task, eta)
        self.add("locks", self._missed(task, eta), self._snapshot.prices.lock_minute)
        waited = self._minutes(self._snapshot.at, eta)
        self.add("waiting", waited, self._wait_rate(task))
        self.add("mean", waited, self._mean_rate(task))

    def add_crew(self, task: Task, crew: Crew) -> None:
        """Add what it costs that this crew and no other does a task."""
        if crew.borrowed_from is not None:
            self.add("borrowed", 1, self._snapshot.prices.borrowed)
        self.add_reserve(task, crew)
        self.add_away(task, crew.home_grid)

    def add_away(self, task: Task, home: str | None) -> None:
        """Add what a crew costs outside its home grid; danger knows no grid."""
        if task.grid and home and task.grid != home and not task.danger:
            self.add("away", 1, self._snapshot.prices.away)

    def add_reserve(self, task: Task, crew: Crew) -> None:
        """Add what a danger costs that takes a crew which is kept for something else by now."""
        kept = crew.reserved_from
        if task.danger and kept is not None and kept <= self._snapshot.at:
            self.add("reserve", 1, self._snapshot.prices.reserve)

    def add_turns(self, route: Route) -> None:
        """Add what it costs that a crew does not go on to where it was going."""
        stops = self._snapshot.frozen.get(route.crew, ())
        first = {visit.task for visit in route.visits[: len(stops)] if visit.hold is Hold.FROZEN}
        turned = sum(stop.task not in first for stop in stops)
        self.add("turns", turned, self._snapshot.prices.turn)

    def add_load(self, route: Route, crew: Crew) -> None:
        """Add what the minutes cost that a crew works past an even share of all work."""
        working = [c for c in self._snapshot.crews if c.shift_end > self._snapshot.at]
        working = [each for each in working if not each.recall]
        minutes = {task.id: task.work_s / 60 for task in self._snapshot.tasks}
        so_far = sum(each.worked_s for each in working) / 60
        share = (sum(minutes.values()) + so_far) / max(1, len(working))
        done = crew.worked_s / 60
        after = done + sum(minutes[visit.task] for visit in route.visits)
        more = max(after, share) - max(done, share)
        self.add("fair", more, self._snapshot.prices.fair_minute)

    def add_left(self, task: Task) -> None:
        """Add a task without a crew, as if one came after the last duty ends."""
        late, rate = self._late(task, self._never_came)
        waited = self._minutes(self._snapshot.at, self._never_came)
        self.add("unassigned", late, rate)
        self._add_late_order("unassigned", task, self._never_came)
        self.add("unassigned", waited, self._wait_rate(task))
        self.add("unassigned", waited, self._mean_rate(task))
        missed = self._missed(task, self._never_came)
        self.add("unassigned", missed, self._snapshot.prices.lock_minute)
        self.add("unassigned", 1, self._snapshot.prices.unassigned * task.weight)

    def _add_late_order(self, term: str, task: Task, arrival: datetime) -> None:
        """Add the price of being late at all; a second begun is a second late."""
        if task.danger or task.deadline is None:
            return
        came, due = (moment - self._snapshot.at for moment in (arrival, task.deadline))
        if ceil(came.total_seconds()) > floor(due.total_seconds()):
            self.add(term, 1, self._snapshot.prices.late_order * task.weight)

    def _late(self, task: Task, arrival: datetime) -> tuple[float, float]:
        prices, at = self._snapshot.prices, self._snapshot.at
        rate = prices.danger_minute if task.danger else prices.late_minute[task.area_class]
        due = at if task.danger else task.deadline or arrival
        return self._minutes(max(due, at - LONGEST_LATE), arrival), rate * task.weight

    def _missed(self, task: Task, arrival: datetime) -> float:
        """Return by how many minutes an arrival misses the time a human chose."""
        latest = task.lock.latest if task.lock else None
        if latest is None:
            return 0.0
        return self._minutes(max(latest, self._snapshot.at - LONGEST_LATE), arrival)

    def _mean_rate(self, task: Task) -> float:
        """Return the price of a minute where arrivals are promised on the mean."""
        if task.danger or task.deadline is None:
            return 0.0
        return self._snapshot.prices.mean_minute.get(task.area_class, 0.0)

    def _wait_rate(self, task: Task) -> float:
        prices = self._snapshot.prices
        counted = min(task.customers, prices.customers_counted)
        return prices.wait_minute + prices.customer_minute * counted

    @staticmethod
    def _minutes(since: datetime, until: datetime) -> float:
        return max(0.0, (until - since).total_seconds() / 60)
