"""Legs that simulated crews drive: from where to where, when, and how long each really took."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.kinds import AreaClass
from domain.place import Point
from relight.ground import SEED
from roads.ways import KINDS, Ways
from routing.travel import Place
from sim.chance import stream
from sim.chance.streets import MAIN, Streets
from sim.drill.ways import Way, delayed, metres_apart
from sim.ground import Ground
from sim.settling import ground_of
from store.drives import Drive
from territory.layout import Layout, lay_network
from territory.osm import read_land

HOURS = (3, 8, 13, 18)
PAST_EACH, USUAL_EACH = 24, 40
"""Legs of each area class and hour: those a calibration learns from, and those that are told."""
CLOSED_STATES, CLOSED_EACH, STORM_EACH = 3, 40, 40
NEAREST_OF = 8
STORM = {"primary": 0.85, "secondary": 0.8, "tertiary": 0.7, "unclassified": 0.6, "track": 0.5}
"""What a dispatcher says of a storm: at which share of its usual speed each kind is driven."""
STORM_HOUR = 18


class Leg(NamedTuple):
    """One leg of a crew; `closed` and `slow` are what everybody had been told of the roads."""

    origin: Place
    target: Place
    hour: int
    took_s: float
    closed: tuple[int, ...] = ()
    slow: bool = False

    def drive(self, zone: str) -> Drive:
        """Return the leg as the statements of a crew's phone tell it."""
        began = moment(self.hour, zone)
        return Drive(
            Point(lon=self.origin.lon, lat=self.origin.lat),
            Point(lon=self.target.lon, lat=self.target.lat),
            str(self.target.area_class),
            began,
            began + timedelta(seconds=self.took_s),
        )


def moment(hour: int, zone: str) -> datetime:
    """Return an hour of the day in a zone."""
    return datetime(2026, 3, 2, hour, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ground_on(file: Path) -> Ground:
    """Return the ground of a network laid over a map file."""
    network = lay_network(read_land(file), Layout(seed=SEED), datetime(2026, 3, 2, tzinfo=UTC))
    return ground_of(network)


class Crews:
    """Crews that drive to homes, from a depot or from the job before."""

    def __init__(self, ground: Ground, ways: Ways, seed: int) -> None:
        self._ways, self._seed = ways, seed
        self._depots = sorted({each.at for each in ground.teams})
        self._homes = {
            area: [home.at for home in ground.homes if home.area_class is area]
            for area in AreaClass
        }
        self._everywhere = [home.at for home in ground.homes]
        self._usual = {hour: Streets(ways, hour, seed) for hour in HOURS}

    def past(self) -> Iterator[Leg]:
        """Yield the drives of the weeks before, on usual roads."""
        yield from self._on_usual_roads("past", PAST_EACH)

    def usual(self) -> Iterator[Leg]:
        """Yield legs on usual roads at several hours to every area class."""
        yield from self._on_usual_roads("usual", USUAL_EACH)

    def _on_usual_roads(self, name: str, each: int) -> Iterator[Leg]:
        for hour in HOURS:
            for area in self._homes:
                chance = stream(self._seed, name, hour, area)
                pairs = self._pairs(area, each, chance)
                yield from _driven(self._usual[hour], pairs, hour, chance)

    def closed(self) -> Iterator[Leg]:
        """Yield legs whose usual way is closed, and everybody was told."""
        areas = list(self._homes)
        for state in range(CLOSED_STATES):
            hour = HOURS[1 + state % (len(HOURS) - 1)]
            chance = stream(self._seed, "closed", state)
            pairs = self._pairs(areas[state % len(areas)], CLOSED_EACH, chance)
            shut = self._in_the_way(pairs, hour)
            streets = Streets(self._ways, hour, self._seed, closed=shut)
            for leg in _driven(streets, pairs, hour, chance):
                yield leg._replace(closed=shut)

    def storm(self) -> Iterator[Leg]:
        """Yield legs on the roads of a storm, which are not quite as somebody told."""
        streets = Streets(self._ways, STORM_HOUR, self._seed, slow=STORM)
        for area in self._homes:
            chance = stream(self._seed, "storm", area)
            pairs = self._pairs(area, STORM_EACH, chance)
            for leg in _driven(streets, pairs, STORM_HOUR, chance):
                yield leg._replace(slow=True)

    def _pairs(self, area: AreaClass, count: int, chance: Random) -> list[tuple[Place, Place]]:
        """Return origins with targets of an area class: one in three begins at the next depot."""
        pairs = []
        for _ in range(count if self._homes[area] else 0):
            target = chance.choice(self._homes[area])
            at_depot = chance.random() < 1 / 3
            others = self._depots if at_depot else chance.choices(self._everywhere, k=NEAREST_OF)
            origin = min(others, key=partial(metres_apart, target))
            pairs.append((Place(*origin), Place(*target, area)))
        return pairs

    def _in_the_way(self, pairs: Sequence[tuple[Place, Place]], hour: int) -> tuple[int, ...]:
        """Return a main street in the middle of each second way."""
        main = {number for number, kind in enumerate(KINDS) if kind in MAIN}
        ways, streets = self._ways, self._usual[hour]
        street_of: dict[int, int] = {}
        for row in (row for row, kind in enumerate(ways.kind.tolist()) if kind in main):
            street_of.setdefault(int(ways.start[row]), int(ways.way[row]))
        shut = set()
        for origin, target in pairs[::2]:
            passed = [street_of[node] for node in streets.way(origin, target) if node in street_of]
            if passed:
                shut.add(passed[len(passed) // 2])
        return tuple(sorted(shut))


def _driven(
    streets: Streets, pairs: Sequence[tuple[Place, Place]], hour: int, chance: Random
) -> Iterator[Leg]:
    """Yield the legs that could be driven, at the crews' own pace."""
    for origin, target in pairs:
        seconds = streets.drive(origin, target, chance)
        if seconds is not None:
            way = Way((origin[:2], target[:2]), seconds, 0.0, "streets")
            yield Leg(origin, target, hour, delayed(way, chance))
