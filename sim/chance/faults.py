"""When and where the light goes out, what it takes to bring it back, and who calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import exp, sqrt
from random import Random
from zoneinfo import ZoneInfo

from sim.chance import happens, rates, stream
from sim.ground import Ground, Spot


@dataclass(frozen=True)
class Call:
    """One call somebody will make unless the light is back: where they say they are, and what.

    `home` is who it really is; `transformer` is known when they name their service point or
    address. A nested home has a fault of its own behind the first one.
    """

    key: str
    at: datetime
    home: int
    spot: Spot
    transformer: str | None
    scope: str
    hazards: frozenset[str]
    life_support: bool
    nested: bool


@dataclass(frozen=True)
class Fault:
    """One cause on the ground; `work` is what its repair takes, which nobody knows before."""

    id: str
    off: datetime
    homes: tuple[int, ...]
    work: timedelta
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Days:
    """The days of a rehearsal, how many faults each has, and which are storms.

    `between` are local hours that all faults fall in, evenly; the rates' own hours if none.
    """

    first: date
    faults: tuple[int, ...]
    storms: dict[date, rates.Storm]
    between: tuple[float, float] | None = None

    def begins(self, zone: ZoneInfo) -> datetime:
        """Return the first moment, as everybody counts it."""
        return datetime.combine(self.first, time(), zone).astimezone(UTC)

    def each(self) -> Iterator[tuple[date, int]]:
        """Yield every day with its number of faults."""
        for number, faults in enumerate(self.faults):
            yield self.first + timedelta(days=number), faults


def year_of(year: int, repairs: int, seed: int) -> Days:
    """Spread so many faults over the days of a year, three of them storms."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    chance = stream(seed, "days")
    summer = [day for day in days if day.month in rates.STORM_MONTHS]
    hit = chance.sample(summer, len(rates.STORMS_A_YEAR))
    storms = dict(zip(hit, rates.STORMS_A_YEAR, strict=True))
    weights = []
    for day in days:
        weight = rates.MONTHS[day.month - 1] * chance.lognormvariate(0, rates.DAY_SPREAD)
        weights.append(weight * rates.STORM_TIMES[storms[day]] if day in storms else weight)
    counts = dict.fromkeys(days, 0)
    for day in chance.choices(days, weights, k=repairs):
        counts[day] += 1
    return Days(first, tuple(counts.values()), storms)


def storm_day(day: date, a_year: int, storm: rates.Storm | None) -> Days:
    """Return one day: a mean one, or so many times that in a storm."""
    times = 1.0 if storm is None else rates.STORM_TIMES[storm]
    return Days(day, (round(a_year / 365 * times),), {} if storm is None else {day: storm})


def faults_of(days: Days, ground: Ground, seed: int) -> Iterator[Fault]:
    """Draw every fault, day by day; the same seed draws the same ones."""
    for day, count in days.each():
        for number in range(1, count + 1):
            name = f"{day}/{number}"
            yield _fault(name, day, days, ground, stream(seed, "fault", name))


def _fault(name: str, day: date, days: Days, ground: Ground, chance: Random) -> Fault:
    storm = day in days.storms
    off = _moment(day, ZoneInfo(ground.time_zone), chance, storm, days.between)
    first = chance.randrange(len(ground.homes))
    homes = _homes_off(first, ground, chance, storm)
    area = ground.homes[first].area_class
    minutes = rates.WORK_MEDIAN_MIN[area] * exp(chance.gauss(0, rates.WORK_SPREAD))
    minutes = min(max(minutes, rates.WORK_FROM_MIN), rates.WORK_TO_MIN)
    return Fault(
        id=name,
        off=off,
        homes=homes,
        work=timedelta(minutes=minutes),
        calls=tuple(_calls(name, off, first, homes, ground, chance, storm)),
    )


def _moment(
    day: date, zone: ZoneInfo, chance: Random, storm: bool, between: tuple[float, float] | None
) -> datetime:
    """Return when on this day, by the clocks of the place; a storm has its hours."""
    hour = chance.choices(range(24), rates.HOURS)[0] + chance.random()
    if storm:
        hour = min(max(chance.gauss(rates.STORM_HOUR, rates.STORM_HOURS_SPREAD), 0.0), 23.99)
    if between is not None:
        hour = chance.uniform(*between)
    midnight = datetime.combine(day, time(), zone)
    return midnight.astimezone(UTC) + timedelta(hours=hour)


def _homes_off(first: int, ground: Ground, chance: Random, storm: bool) -> tuple[int, ...]:
    shares = [pair[storm] for pair in rates.LEVELS.values()]
    level = chance.choices(list(rates.LEVELS), shares)[0]
    transformer = ground.homes[first].transformer
    if level == "home":
        return (first,)
    if level == "section":
        return ground.along[ground.transformer[transformer].section]
    behind = ground.behind[transformer]
    if level == "transformer":
        return behind
    place = behind.index(first)
    start = place - place % rates.BUILDING_HOMES
    return behind[start : start + rates.BUILDING_HOMES]


def _calls(
    name: str,
    off: datetime,
    first: int,
    homes: tuple[int, ...],
    ground: Ground,
    chance: Random,
    storm: bool,
) -> Iterator[Call]:
    count = round(sqrt(len(homes)) * chance.lognormvariate(0, rates.CALLERS_SPREAD))
    share = rates.SHARE_HAZARD_IN_STORM if storm else rates.SHARE_HAZARD
    for number in range(1, max(1, min(rates.CALLERS_AT_MOST, count)) + 1):
        home = first if number == 1 else chance.choice(homes)
        minutes = chance.uniform(0.5, 4) if number == 1 else 1 + chance.expovariate(1 / 9)
        spot, transformer = _place(home, ground, chance)
        yield Call(
            key=f"{name}/{number}",
            at=off + timedelta(minutes=minutes),
            home=home,
            spot=spot,
            transformer=transformer,
            scope=_of(rates.SCOPES, chance),
            hazards=frozenset({"wire_down"} if happens(chance, share) else ()),
            life_support=ground.homes[home].life_support
            and happens(chance, rates.SHARE_SAYS_LIFE_SUPPORT),
            nested=happens(chance, rates.SHARE_NESTED),
        )


def _place(home: int, ground: Ground, chance: Random) -> tuple[Spot, str | None]:
    """Say the place as a service point or an address, or as a point some metres off."""
    lon, lat = ground.homes[home].at
    if _of(rates.PLACES, chance) != "point":
        return (lon, lat), ground.homes[home].transformer
    off = rates.POINT_OFF_DEG
    return (lon + chance.uniform(-off, off), lat + chance.uniform(-off, off)), None


def _of(table: tuple[tuple[str, int], ...], chance: Random) -> str:
    return chance.choices([name for name, _ in table], [weight for _, weight in table])[0]
