"""A rolling day: a district under load, lived through once, and what its delays add up to."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.agenda import arrival_deadline
from domain.policy import Policy
from sim.chance.faults import Days
from sim.chance.rates import Storm
from sim.ground import Ground
from sim.house.office import Order
from sim.settling import manned
from sim.world import Rehearsal, World

DAY_TURN, BEGINS, ENDS = 1, time(8), time(16, 30)
UNSERVED_AFTER = timedelta(hours=2)
TRAVEL_PRICE = 0.1
EVERY_URGENT = 5
"""One home in five has somebody on life support, so that orders weigh differently."""


@dataclass(frozen=True)
class Load:
    """So many faults in the first hours of one turn, and so many crews that are all on it."""

    name: str
    faults: int
    crews: int
    hours: float
    storm: Storm | None = None


USUAL = Load("usual", 150, 40, 8.0)
BUSY = Load("busy", 150, 28, 8.0)
OVERLOAD = Load("overload", 200, 30, 6.0, "heavy")


@dataclass(frozen=True)
class Day:
    """What a rolling day came to, up to the end of its turn.

    `cost` is in minutes: lateness by weight, a tenth of the driving, and for whoever nobody
    reached the lateness of an arrival two hours after the turn.
    """

    cost: float
    late_min: float
    travel_min: float
    orders: int
    on_time: int
    unserved: int
    plans: int
    digest: str
    plan_s: tuple[float, ...] = field(default=(), compare=False)


def rolling(
    ground: Ground, policy: Policy, load: Load, seed: int, day: date, *, standby: bool = False
) -> Rehearsal:
    """Return the rehearsal of one such day; with `standby` idle crews wait where they are told."""
    crewed = manned(ground, load.crews)
    crewed = replace(
        crewed,
        teams=tuple(team._replace(turn=DAY_TURN) for team in crewed.teams),
        homes=tuple(
            home._replace(life_support=number % EVERY_URGENT == 0)
            for number, home in enumerate(crewed.homes)
        ),
    )
    storms = {} if load.storm is None else {day: load.storm}
    between = float(BEGINS.hour), BEGINS.hour + load.hours
    days = Days(day, (load.faults,), storms, between)
    return Rehearsal(crewed, policy, days, seed, wait_in_place=True, standby=standby)


def live(rehearsal: Rehearsal, strategy: str) -> Day:
    """Live through the day under a strategy, to the end of the turn."""
    zone = ZoneInfo(rehearsal.ground.time_zone)
    ends = datetime.combine(rehearsal.days.first, ENDS, zone)
    world = World(rehearsal, strategy, keep=True)
    begins = datetime.combine(rehearsal.days.first, BEGINS, zone)
    world.future.at(begins, world.stand_by)
    told = world.run(until=ends)
    orders = [*told.kept_orders, *world.office.live.values()]
    late = [_late_minutes(order, rehearsal.policy, ends) for order in orders]
    weighted = sum(
        minutes * _weight(order, rehearsal.policy)
        for order, minutes in zip(orders, late, strict=True)
    )
    driven = sum((leg.arrives - leg.departs).total_seconds() / 60
                 for crew in told.crews for leg in crew.drives)  # fmt: skip
    return Day(
        cost=weighted + TRAVEL_PRICE * driven,
        late_min=sum(late),
        travel_min=driven,
        orders=len(orders),
        on_time=sum(minutes <= 0 for minutes in late),
        unserved=sum(_reached(order, ends) is None for order in orders),
        plans=told.plans,
        digest=told.book.digest,
        plan_s=tuple(getattr(world.strategy, "seconds", ())),
    )


def _reached(order: Order, ends: datetime) -> datetime | None:
    """Return when somebody came, or else when the light was back without anybody."""
    state = order.repair.outage
    reached = state.first_arrived_at or state.restored_at
    return reached if reached is not None and reached <= ends else None


def _late_minutes(order: Order, policy: Policy, ends: datetime) -> float:
    due = arrival_deadline(order.repair.outage, policy)
    reached = _reached(order, ends) or ends + UNSERVED_AFTER
    return max(0.0, (reached - due).total_seconds() / 60)


def _weight(order: Order, policy: Policy) -> int:
    state = order.repair.outage
    return policy.weight(
        danger=bool(state.hazards), life_support=state.life_support, key_class=state.key_class
    )
