"""The intake: every report finds its order by the domain's rule, and none is forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from domain.actions import TakeReports
from domain.actor import SYSTEM
from domain.agenda import arrival_deadline
from domain.board import OpenOutage
from domain.callback import Outcome
from domain.decide import RULES_VERSION
from domain.events import Opened
from domain.extent import Supplied, customers_of, customers_with
from domain.grouping import Candidate, Match, ReportPlace, find
from domain.kinds import Hazard, KeyClass, Scope, foremost
from domain.outage import Stage
from domain.place import Point
from domain.policy import Policy
from domain.report import ReportTally
from sim.future import Future
from sim.ground import Ground, Home, Spot, plainly_apart
from sim.house.repair import Hands, Repair


@dataclass(frozen=True)
class Said:
    """What a caller says: where, how far it reaches, and what is dangerous."""

    at: Spot
    home: int | None
    scope: Scope
    hazards: frozenset[Hazard]
    life_support: bool


@dataclass
class Report:
    """One report taken: which order it is of, and what became of it."""

    id: str
    order: "Order"
    received_at: datetime
    promised: datetime
    outcome: Outcome | None = None


@dataclass
class Order:
    """What the desk keeps of an order beside its events."""

    id: str
    at: Spot
    transformers: set[str]
    section: str | None
    repair: Repair
    tally: ReportTally
    last_report_at: datetime
    parent: str | None
    reports: list[Report] = field(default_factory=list)

    @property
    def sealed(self) -> bool:
        """Tell whether it takes no more reports."""
        return self.repair.outage.stage is Stage.CLOSED


class Office:
    """All reports and orders of a district; `live` holds the orders that are not sealed."""

    def __init__(
        self, ground: Ground, policy: Policy, future: Future,
        hands: Callable[[], Hands], closed: Callable[[Order], None],
    ) -> None:  # fmt: skip
        self._ground, self._policy, self._future = ground, policy, future
        self._hands, self._closed = hands, closed
        self._digest = policy.digest()
        self.live: dict[str, Order] = {}
        self.orders = self.reports = 0

    def take(self, said: Said) -> Report:
        """Take a report: it joins its order or opens one."""
        home, transformer = self._place(said)
        section = self._ground.transformer[transformer].section if transformer else None
        match = self._match(said.at, transformer, section)
        self.reports += 1
        if match.joins is not None:
            order = self.live[match.joins]
            self._join(order, said, home, transformer)
        else:
            order = self._open(said, home, transformer, section, match.parent)
        promised = arrival_deadline(order.repair.outage, self._policy)
        report = Report(f"rep_{self.reports}", order, self._future.now, promised)
        order.reports.append(report)
        return report

    def sweep(self, order: Order) -> None:
        """Let go of an order that was sealed."""
        del self.live[order.id]
        self._closed(order)

    def open_outages(self) -> list[OpenOutage]:
        """List the orders with unfinished field work, oldest first."""
        return [
            OpenOutage(
                state=state,
                deadline=arrival_deadline(state, self._policy),
                policy_hash=self._digest,
                grid=None,
            )
            for order in self.live.values()
            for state in [order.repair.outage]
            if state.open_tasks
        ]

    @property
    def policies(self) -> dict[str, Policy]:
        """Return the one policy in use, by its digest."""
        return {self._digest: self._policy}

    def _place(self, said: Said) -> tuple[Home, str | None]:
        """Return the home a report is of, or else the nearest; and its transformer, if any."""
        if said.home is not None:
            home = self._ground.homes[said.home]
            return home, home.transformer
        near = self._ground.near(said.at, self._policy.grouping.infer_transformer_m)
        nearest = self._ground.nearest_home(said.at)
        return nearest._replace(key_class=None, life_support=False), near

    def _match(self, at: Spot, transformer: str | None, section: str | None) -> Match:
        where = ReportPlace(at=_point(at), transformer=transformer, section=section)
        found = self._candidates(at, transformer, section)
        return find(where, self._future.now, found, self._policy)

    def _candidates(
        self, at: Spot, transformer: str | None, section: str | None
    ) -> Iterator[Candidate]:
        """Yield the orders around a place, as the index of the rows does."""
        for order in self.live.values():
            if (
                transformer not in order.transformers
                and (section is None or section != order.section)
                and plainly_apart(at, order.at, self._policy.grouping.distance_m)
            ):
                continue
            state = order.repair.outage
            yield Candidate(
                outage=order.id,
                at=_point(order.at),
                section=order.section,
                transformers=frozenset(order.transformers),
                last_report_at=order.last_report_at,
                restored_at=None if state.dark else state.restored_at,
            )

    def _supplied(self, transformer: str | None) -> Supplied:
        if transformer is None:
            return Supplied()
        ground = self._ground
        return Supplied(
            transformer=transformer,
            transformer_customers=max(1, len(ground.behind.get(transformer, ()))),
            section_customers=max(1, len(ground.along[ground.transformer[transformer].section])),
        )

    def _open(
        self, said: Said, home: Home, transformer: str | None, section: str | None,
        parent: str | None,
    ) -> Order:  # fmt: skip
        now, place = self._future.now, _point(said.at)
        self.orders += 1
        name = f"out_{self.orders:06d}"
        tally = ReportTally(
            reports=1,
            watermark=self.reports,
            clock_start=now,
            hazards=said.hazards,
            hazards_watermark=self.reports if said.hazards else 0,
            life_support=said.life_support or home.life_support,
            customers=customers_of(self._supplied(transformer), said.scope),
            key_class=home.key_class,
        )
        opened = Opened(
            district=self._ground.district, area_class=home.area_class, policy_hash=self._digest,
            rules_version=RULES_VERSION, opened_at=now, clock_start=now, place=place,
            parent=parent, key_class=home.key_class, customers=tally.customers,
        )  # fmt: skip
        repair = Repair(opened, tally, name, self._policy, self._future, self._hands())
        order = Order(
            id=name, at=said.at, transformers={transformer} if transformer else set(),
            section=section, repair=repair, tally=tally, last_report_at=now, parent=parent,
        )  # fmt: skip
        self.live[name] = order
        return order

    def _join(self, order: Order, said: Said, home: Home, transformer: str | None) -> None:
        """Join an order; the tally only grows, and the order hears of it at once."""
        before, now = order.tally, self._future.now
        line = self._supplied(transformer)
        customers = customers_with(line, said.scope, frozenset(order.transformers))
        order.tally = ReportTally(
            reports=before.reports + 1,
            watermark=self.reports,
            clock_start=min(before.clock_start, now),
            hazards=before.hazards | said.hazards,
            hazards_watermark=self.reports if said.hazards else before.hazards_watermark,
            life_support=before.life_support or said.life_support or home.life_support,
            customers=max(before.customers, customers),
            key_class=_foremost(before.key_class, home.key_class),
        )
        if transformer is not None:
            order.transformers.add(transformer)
            order.section = order.section or self._ground.transformer[transformer].section
        order.last_report_at = now
        order.repair.act(SYSTEM, TakeReports(tally=order.tally))


def _foremost(one: KeyClass | None, other: KeyClass | None) -> KeyClass | None:
    return foremost((one, other))


def _point(at: Spot) -> Point:
    return Point(lon=at[0], lat=at[1])
