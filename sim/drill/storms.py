"""Invented storms by seed, in the shape of a recorded year: how many, when, how long, in bursts.

The shape follows 33,876 outages of one utility's year: a median of 43 on ordinary days and up to
1,257 in a storm, durations of 0.97, 3.2, 10.0 and 40.5 hours at the 10th, 50th, 90th and 99th
percentile. Nothing of the record itself is in here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sim.drill.chance import happens, stream
from sim.drill.generate import life
from sim.drill.records import RecordedOutage, fold

DAY = datetime(2026, 1, 7, tzinfo=UTC)
MEDIAN_HOURS = 3.2
SPREAD = 0.9
SHARE_ENDLESS = 0.04
ENDLESS = 3.0
BURST_SPREAD_MIN = 4.0


@dataclass(frozen=True)
class Storm:
    """One strength: outages of the day, when the front passes, and how it lengthens repairs.

    `in_front` is the share that the front takes, `burst` how many a gust takes at most.
    """

    outages: int
    peak_hour: float
    front_hours: float
    in_front: float
    burst: int
    lengthens: float


STORMS = {
    "light": Storm(110, 16.0, 2.5, 0.5, 4, 1.0),
    "heavy": Storm(810, 18.5, 1.8, 0.75, 12, 1.5),
    "extreme": Storm(1257, 17.5, 2.6, 0.8, 25, 2.2),
}


def storm_events(kind: str, seed: int) -> list[dict[str, Any]]:
    """Invent a day of new, upd and gone events in the recorded format, by time."""
    storm, chance = STORMS[kind], stream(seed, "storm", kind)
    events: list[dict[str, Any]] = []
    number = 0
    while number < storm.outages:
        in_front = happens(chance, storm.in_front)
        begins = _begins(storm, chance, in_front=in_front)
        gust = chance.randint(1, storm.burst) if in_front else 1
        town = stream(seed, "gust", number)
        place = int(town.expovariate(0.7))
        for _ in range(min(gust, storm.outages - number)):
            number += 1
            own = stream(seed, "outage", number)
            off = begins + timedelta(minutes=own.expovariate(1 / BURST_SPREAD_MIN))
            off = min(off, DAY + timedelta(hours=23, minutes=59))
            events.extend(life(number, own, off, _hours(storm, own), town=place))
    return sorted(events, key=lambda event: (event["t"], event["id"], event["ev"]))


def invented(kind: str, seed: int) -> list[RecordedOutage]:
    """Return the outages of an invented storm, earliest first."""
    found = fold(enumerate(storm_events(kind, seed), start=1), f"storm {kind}")
    return sorted(found, key=lambda record: (record.off, record.id))


def _begins(storm: Storm, chance: Random, *, in_front: bool) -> datetime:
    hour = chance.uniform(0, 24)
    if in_front:
        hour = min(23.9, max(0.0, chance.gauss(storm.peak_hour, storm.front_hours)))
    return DAY + timedelta(hours=hour)


def _hours(storm: Storm, chance: Random) -> float:
    hours = MEDIAN_HOURS * chance.lognormvariate(0, SPREAD) * storm.lengthens
    return min(72.0, hours * (ENDLESS if happens(chance, SHARE_ENDLESS) else 1.0))
