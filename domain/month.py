"""How a month kept what was promised: per case and on the mean, per area class and policy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.kinds import AreaClass, KeyClass
from domain.policy import Policy
from domain.value import Value


class Finding(Value):
    """One order of the month, as it stands; `by_facts` is what the field's statements prove."""

    area_class: AreaClass
    key_class: KeyClass | None
    policy_hash: str
    clock_start: datetime
    by_facts: datetime | None
    by_events: datetime | None
    restored_at: datetime | None
    closed_at: datetime | None
    resolution: str | None = None

    @property
    def arrived_at(self) -> datetime | None:
        """Return when the first crew was on site; late statements may have amended it."""
        return self.by_facts or self.by_events


class Mean(Value):
    """A mean in minutes over so many cases, and the promised one where there is a promise."""

    cases: int
    minutes: float | None
    promised: int | None
    kept: bool | None


class Line(Value):
    """How one area class fared under one policy; `cases` are those closed that needed a crew.

    `customer_side` of them were no repair of the network: a crew came and found the fault behind
    the customer's meter.
    """

    area_class: AreaClass
    policy_hash: str
    ceiling_min: int
    cases: int
    on_time: int
    late: int
    never_came: int
    key_customers: int
    not_needed: int
    customer_side: int
    arrival: Mean
    restoration: Mean
    open: int
    open_late: int


def bounds(year: int, month: int, time_zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and of the next, on the clocks of a place."""
    zone = ZoneInfo(time_zone)
    after = (year + month // 12, month % 12 + 1)
    return datetime(year, month, 1, tzinfo=zone), datetime(*after, 1, tzinfo=zone)


def bounds_of_day(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a day and of the next, on the clocks of a place."""
    zone = ZoneInfo(time_zone)
    return tuple(  # type: ignore[return-value]
        datetime.combine(each, time.min, tzinfo=zone) for each in (day, day + timedelta(days=1))
    )


def kept(
    findings: Iterable[Finding], policy_of: Callable[[str], Policy], now: datetime
) -> tuple[Line, ...]:
    """Judge the orders of a month, each by the policy it was opened under."""
    tallies: dict[tuple[int, str], _Tally] = {}
    for finding in findings:
        key = (list(AreaClass).index(finding.area_class), finding.policy_hash)
        if key not in tallies:
            policy = policy_of(finding.policy_hash)
            tallies[key] = _Tally(finding.area_class, finding.policy_hash, policy)
        tallies[key].add(finding, now)
    return tuple(tallies[key].line() for key in sorted(tallies))


@dataclass
class _Sum:
    """Whole seconds over so many cases, so that no rounding decides whether a mean was kept."""

    cases: int = 0
    seconds: int = 0

    def add(self, span: timedelta) -> None:
        self.cases += 1
        self.seconds += int(span.total_seconds())

    def mean(self, promised: int | None) -> Mean:
        if not self.cases:
            return Mean(cases=0, minutes=None, promised=promised, kept=None)
        return Mean(
            cases=self.cases,
            minutes=round(self.seconds / self.cases / 60, 2),
            promised=promised,
            kept=None if promised is None else self.seconds <= promised * 60 * self.cases,
        )


@dataclass
class _Tally:
    area_class: AreaClass
    policy_hash: str
    policy: Policy
    on_time: int = 0
    late: int = 0
    never_came: int = 0
    key_customers: int = 0
    not_needed: int = 0
    customer_side: int = 0
    open: int = 0
    open_late: int = 0
    arrival: _Sum = field(default_factory=_Sum)
    restoration: _Sum = field(default_factory=_Sum)

    def add(self, finding: Finding, now: datetime) -> None:
        """Count one order; before it is closed it is only open, or open and late."""
        limit = self.policy.arrival_limit(finding.area_class, finding.key_class)
        due = finding.clock_start + limit
        arrived = finding.arrived_at
        if finding.closed_at is None:
            self.open += 1
            self.open_late += (arrived or self._needed_until(finding, now)) > due
            return
        if arrived is None and self._needed_until(finding, now) <= due:
            self.not_needed += 1
            return
        self.key_customers += finding.key_class is not None
        if arrived is None:
            self.never_came += 1
            self.late += 1
            return
        self.on_time += arrived <= due
        self.late += arrived > due
        self.arrival.add(arrived - finding.clock_start)
        if finding.resolution == "customer_side":
            self.customer_side += 1
        elif finding.restored_at is not None and finding.restored_at >= arrived:
            self.restoration.add(finding.restored_at - arrived)

    def _needed_until(self, finding: Finding, now: datetime) -> datetime:
        """Return until when a crew was waited for, where none has come."""
        return finding.restored_at or finding.closed_at or now

    def line(self) -> Line:
        """Return what was counted beside what was promised."""
        means, area = self.policy.mean, self.area_class.value
        restoration = means and means.restoration_min
        return Line(
            area_class=self.area_class,
            policy_hash=self.policy_hash,
            ceiling_min=getattr(self.policy.arrival_min, area),
            cases=self.on_time + self.late,
            on_time=self.on_time,
            late=self.late,
            never_came=self.never_came,
            key_customers=self.key_customers,
            not_needed=self.not_needed,
            customer_side=self.customer_side,
            arrival=self.arrival.mean(getattr(means.arrival_min, area) if means else None),
            restoration=self.restoration.mean(getattr(restoration, area) if restoration else None),
            open=self.open,
            open_late=self.open_late,
        )


LEAST_PRESSURE, MOST_PRESSURE = 0.5, 2.0


def pressure(so_far_min: float | None, promised_min: int | None) -> float:
    """Return how much a minute of the next arrival counts, as the month stands.

    1 where the mean is just kept or nobody has arrived yet; 0 where no mean is promised.
    """
    if promised_min is None:
        return 0.0
    if so_far_min is None:
        return 1.0
    return min(max(so_far_min / promised_min, LEAST_PRESSURE), MOST_PRESSURE)
