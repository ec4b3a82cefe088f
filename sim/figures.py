"""What a rehearsal came to: counts and times, by the same rules as a month's report."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from domain import events as e
from domain.agenda import arrival_deadline
from domain.callback import Outcome
from domain.kinds import AreaClass
from domain.month import Finding, Line, kept
from domain.policy import Policy
from sim.house.office import Order
from sim.lateness import reason


@dataclass(frozen=True)
class Late:
    """One order whose crew came late, and why."""

    order: str
    area_class: AreaClass
    started: datetime
    minutes_late: float | None
    because: str


@dataclass
class Book:
    """Everything counted as orders close; `digest` tells whether two rehearsals were the same."""

    policy: Policy
    zone: ZoneInfo
    storms: frozenset[date]
    findings: list[Finding] = field(default_factory=list)
    calm: list[Finding] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    arrivals: dict[AreaClass, list[float]] = field(default_factory=dict)
    restorations: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)
    reopened: int = 0
    merged: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """Return the digest of all that happened to every order, in the order they closed."""
        return self._digest.hexdigest()

    def close(self, order: Order) -> None:
        """Count an order that was sealed."""
        state, events = order.repair.outage, order.repair.events
        finding = Finding(
            area_class=state.area_class,
            key_class=state.key_class,
            policy_hash=state.policy_hash,
            clock_start=state.clock_start,
            by_facts=None,
            by_events=state.first_arrived_at,
            restored_at=state.restored_at,
            closed_at=events[-1].at,
        )
        self.findings.append(finding)
        if state.clock_start.astimezone(self.zone).date() not in self.storms:
            self.calm.append(finding)
        self._time(order, finding)
        for report in order.reports:
            self.outcomes[report.outcome or "none"] += 1
        for event in events:
            if isinstance(event.what, e.RungClimbed) and event.what.breach:
                self.breaches[event.what.ladder.value] += event.what.percent == 100
            told = f"{order.id} {event.seq} {event.at.timestamp()} {event.what.kind}"
            crew = getattr(event.what, "crew", "")
            self._digest.update(f"{told} {crew}\n".encode())
        self.reopened += state.reopened
        self.merged += len(order.reports) > 1

    def _time(self, order: Order, finding: Finding) -> None:
        state, start = order.repair.outage, finding.clock_start
        due = arrival_deadline(state, self.policy)
        arrived, restored = state.first_arrived_at, _first_light(order.repair.events)
        if restored is not None:
            self.restorations.append((restored - start).total_seconds() / 60)
        if arrived is not None:
            minutes = (arrived - start).total_seconds() / 60
            self.arrivals.setdefault(state.area_class, []).append(minutes)
        if arrived is None or arrived > due:
            over = None if arrived is None else round((arrived - due).total_seconds() / 60, 1)
            because = reason(order.repair.events, start, due).value
            self.late.append(Late(order.id, state.area_class, start, over, because))

    def lines(self, now: datetime, *, calm: bool = False) -> tuple[Line, ...]:
        """Return how each area class fared, as a month's report counts it."""
        findings = self.calm if calm else self.findings
        return kept(findings, lambda _digest: self.policy, now)

    @property
    def satisfied(self) -> int:
        """Return how many of those reached were content."""
        return self.outcomes[Outcome.SATISFIED]


def _first_light(events: Sequence[e.Event]) -> datetime | None:
    """Return when supply was first said to be back."""
    for event in events:
        if isinstance(event.what, e.Restored):
            return event.what.restored_at
    return None


def p95(values: Sequence[float]) -> float | None:
    """Return the nearest-rank 95th percentile; of nothing there is none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * 0.95) - 1]
