"""A rehearsal without servers: the world and the desk, event by event, to the last callback."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain import events as e
from domain.kinds import Hazard, Scope
from domain.policy import Policy
from routing.plan_input import open_tasks, travel_model
from routing.travel import GeodesicTravel
from sim.chance.faults import Call, Days, Fault, faults_of
from sim.chance.people import Luck
from sim.field.callbacks import CallbackDesk
from sim.field.crews import Crew, Job, Leg, Streets
from sim.field.truth import Truth
from sim.field.visit import OnSite
from sim.figures import Book
from sim.future import Future
from sim.ground import Ground
from sim.house.board import Board
from sim.house.office import Office, Order, Said
from sim.house.repair import Hands, Repair
from sim.house.roster import Roster
from sim.house.standby import Standby
from sim.house.strategies import STRATEGIES, Strategy

MonthOver = Callable[[date, "World"], None]
DRAINS_WITHIN = timedelta(days=30)


class NotDrained(Exception):  # noqa: N818 - the world is not
    """Orders were still open a month after the last fault: something was forgotten."""


@dataclass(frozen=True)
class Rehearsal:
    """What is rehearsed: where, under which promises, which days, and from which seed.

    Crews without work drive back to their depots, unless they wait where they are, or where the
    desk lets them wait.
    """

    ground: Ground
    policy: Policy
    days: Days
    seed: int
    wait_in_place: bool = False
    standby: bool = False


@dataclass
class Told:
    """What a rehearsal came to, besides its book."""

    book: Book
    faults: int
    reports: int
    orders: int
    not_needed: int
    plans: int
    unsound: int
    customer_minutes: float
    callbacks: int
    unanswered: int
    still_off: int
    still_dark: int
    ended: datetime
    kept_orders: list[Order] = field(default_factory=list)
    crews: list[Crew] = field(default_factory=list)


class World:
    """One rehearsal under one strategy; the world it plays in is the same for each."""

    def __init__(self, rehearsal: Rehearsal, strategy: str, *, keep: bool = False) -> None:
        ground, policy = rehearsal.ground, rehearsal.policy
        zone = ZoneInfo(ground.time_zone)
        self._rehearsal, self._keep = rehearsal, keep
        self.future = Future(rehearsal.days.begins(zone))
        self.truth, luck = Truth(), Luck(rehearsal.seed)
        self.strategy: Strategy = STRATEGIES[strategy]()
        self.book = Book(policy, zone, frozenset(rehearsal.days.storms))
        self.office = Office(ground, policy, self.future, lambda: self._hands, self._closed)
        self.roster = Roster(ground.teams, ground.time_zone, self._place)
        self.board = Board(self.office, self.roster, self.strategy, self.future, ground.district)
        self.desk = CallbackDesk(policy, ground.time_zone, self.future, luck, self.truth)
        self._hands = Hands(
            stir=self.board.stir, heard=self._heard,
            open_callbacks=lambda repair: self.desk.open(self._order(repair)),
            missing=lambda repair: sum(r.outcome is None for r in self._order(repair).reports),
        )  # fmt: skip
        travel = GeodesicTravel(travel_model({policy.digest(): policy}))
        streets = Streets(travel, luck, lambda now: now.astimezone(zone).date() in self.book.storms)
        on_site = OnSite(self.truth, self.future)
        self.crews = {
            team.id: Crew(team, streets, self.future, on_site,
                          Leg(team.at, team.at, self.future.now, self.future.now),
                          keep_drives=keep,
                          waits_in_place=rehearsal.wait_in_place or rehearsal.standby,
                          idle=self.stand_by if rehearsal.standby else None)
            for team in ground.teams
        }  # fmt: skip
        self._standby = Standby(ground, policy) if rehearsal.standby else None
        self.faults = self.not_needed = 0
        self._kept: list[Order] = []

    def run(self, until: datetime | None = None, month_over: MonthOver | None = None) -> Told:
        """Live through the days, and on until every order is closed, or else to a moment.

        Somebody may want to hear of every month that is over.
        Raises NotDrained when an order is never closed.
        """
        for fault in faults_of(self._rehearsal.days, self._rehearsal.ground, self._rehearsal.seed):
            self.faults += 1
            self._expect(fault)
        if month_over is not None:
            self._tell_months(month_over)
        if until is not None:
            self.future.run(until)
            return self._told()
        length = timedelta(days=len(self._rehearsal.days.faults))
        self.future.run(self.future.now + length + DRAINS_WITHIN)
        if self.office.live:
            raise NotDrained(", ".join(sorted(self.office.live)[:5]))
        return self._told()

    def _tell_months(self, month_over: MonthOver) -> None:
        days = [day for day, _ in self._rehearsal.days.each()]
        zone = ZoneInfo(self._rehearsal.ground.time_zone)
        for day, after in pairwise(days):
            if day.month != after.month:
                over = datetime.combine(after, time(), zone).astimezone(UTC)
                self.future.at(over, lambda day=day: month_over(day, self))  # type: ignore[misc]

    def _told(self) -> Told:
        return Told(
            book=self.book, faults=self.faults, reports=self.office.reports,
            orders=self.office.orders, not_needed=self.not_needed, plans=self.board.plans,
            unsound=getattr(self.strategy, "unsound", 0),
            customer_minutes=self.truth.customer_minutes, callbacks=self.desk.calls,
            unanswered=self.desk.unanswered, still_off=self.desk.still_off,
            still_dark=self.truth.dark, ended=self.future.now, kept_orders=self._kept,
            crews=list(self.crews.values()),
        )  # fmt: skip

    def _expect(self, fault: Fault) -> None:
        self.future.at(fault.off, lambda: self._break(fault))

    def _break(self, fault: Fault) -> None:
        self.truth.breaks(fault)
        for call in fault.calls:
            self.future.at(call.at, lambda call=call: self._call(fault, call))  # type: ignore[misc]

    def _call(self, fault: Fault, call: Call) -> None:
        """Call, unless the light is back; the first one calls in any case."""
        if call is not fault.calls[0] and self.truth.mended(fault.id):
            self.not_needed += 1
            return
        report = self.office.take(
            Said(
                at=call.spot,
                home=call.home if call.transformer is not None else None,
                scope=Scope(call.scope),
                hazards=frozenset(map(Hazard, call.hazards)),
                life_support=call.life_support,
            )
        )
        self.truth.reported(report.id, report.order.id, fault, call)

    def _heard(self, repair: Repair, event: e.Event) -> None:
        """Let those hear of an event whom it concerns."""
        what = event.what
        if isinstance(what, e.TaskAssigned):
            order = self._order(repair)
            task = repair.outage.task(what.task)
            danger = task is not None and task.danger
            self.crews[what.crew].told(Job(order, what.task, what.epoch, danger))
        elif isinstance(what, e.Closed):
            self.office.sweep(self._order(repair))

    def _order(self, repair: Repair) -> Order:
        return self.office.live[repair.outage.id]

    def _closed(self, order: Order) -> None:
        self.book.close(order)
        self.truth.forget(order.id)
        if self._keep:
            self._kept.append(order)

    def _place(self, crew: str, now: datetime) -> tuple[float, float]:
        return self.crews[crew].place(now)

    def stand_by(self) -> None:
        """Send crews that have nothing to do where the desk would have them wait."""
        if self._standby is None:
            return
        now = self.future.now
        tasks = open_tasks(self.office.open_outages(), ())
        held = {item.holder for item in tasks if item.holder is not None}
        on_hand = self.roster.on_hand(now, held)
        on_duty = [crew.id for crew in on_hand if crew.shift_start <= now < crew.shift_end]
        idle = [(crew, self._place(crew, now)) for crew in on_duty if crew not in held]
        for crew, spot in self._standby.waits(idle, len(on_duty)).items():
            self.crews[crew].wait_at(spot)


def rehearse(rehearsal: Rehearsal, strategies: Iterable[str]) -> dict[str, Told]:
    """Play the same world under each strategy."""
    return {name: World(rehearsal, name).run() for name in strategies}
