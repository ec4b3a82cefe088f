"""What will be played: each recorded outage as a fault with its calls, drawn from a seed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sim.drill.chance import happens, stream
from sim.drill.transplant import Home, Transplanted

Manner = Literal["with_key", "sent_twice", "without_key"]

SHARE_WITHOUT_KEY = 0.10
SHARE_SENT_TWICE = 0.08
SHARE_NESTED = 0.01
SHARE_LIFE_SUPPORT = 0.01
SHARE_HAZARD = 0.01
SHARE_HAZARD_BY_CAUSE = 0.15
DANGEROUS_CAUSES = {
    "Wire down": "wire_down",
    "Tree down across our wires": "wire_down",
    "Motor vehicle accident": "pole_down",
    "Fire": "fire",
}
CHANNELS = (("phone", 55), ("app", 15), ("web", 8), ("text", 8), ("grid_phone", 5),
            ("social", 3), ("staff_sighting", 3), ("media", 1), ("meter", 2))  # fmt: skip
# Work on site is the recorded length, scaled into what one visit of a crew can take.
WORK_SHARE = 0.12
WORK_FROM = timedelta(minutes=8)
WORK_TO = timedelta(minutes=45)


@dataclass(frozen=True)
class Call:
    """One report somebody will make: when (house time), how, and what it says.

    `key` names the call in the journal and is its Idempotency-Key unless the manner is
    `without_key`. A nested home stays off through the first restoration.
    """

    key: str
    at: datetime
    manner: Manner
    channel: str
    body: dict[str, Any] = field(hash=False)
    nested: bool = False


@dataclass(frozen=True)
class Fault:
    """One cause on the ground: its homes are off until a crew has worked so long on it."""

    id: str
    off: datetime
    work: timedelta
    cause: str
    customers: int
    homes: tuple[Home, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Stage:
    """Where recorded times go: the same wall-clock time of the same date, in another zone.

    `shift` moves everything, for an installation whose own day has long begun.
    """

    recorded: ZoneInfo
    house: ZoneInfo
    shift: timedelta = timedelta(0)

    def house_time(self, moment: datetime) -> datetime:
        """Return the house time of a recorded moment."""
        local = moment.astimezone(self.recorded)
        return local.replace(tzinfo=self.house) + self.shift


def write_script(
    transplanted: Iterable[Transplanted], stage: Stage, *, seed: int, callers: int
) -> list[Fault]:
    """Draw every fault and call of a drill; the same seed writes the same script."""
    return [_fault(item, stage, seed, callers) for item in transplanted]


def _fault(item: Transplanted, stage: Stage, seed: int, callers: int) -> Fault:
    record = item.record
    chance = stream(seed, "fault", record.id)
    off = stage.house_time(record.off)
    length = (record.on - record.off) * WORK_SHARE
    return Fault(
        id=record.id,
        off=off,
        work=max(WORK_FROM, min(WORK_TO, length)),
        cause=record.cause,
        customers=record.customers,
        homes=item.homes,
        calls=tuple(_calls(item, off, chance, callers)),
    )


def _calls(item: Transplanted, off: datetime, chance: Random, callers: int) -> list[Call]:
    homes, fault, cause = item.homes, item.record.id, item.record.cause
    count = round(sqrt(len(homes)) * chance.lognormvariate(0, 0.7))
    calls = []
    for number in range(max(1, min(callers, count))):
        minutes = chance.uniform(0.5, 4) if number == 0 else 1 + chance.expovariate(1 / 9)
        home = homes[0] if number == 0 else chance.choice(homes)
        calls.append(
            _call(f"{fault}-{number + 1}", off + timedelta(minutes=minutes), home, cause, chance)
        )
    return sorted(calls, key=lambda call: call.at)


def _call(key: str, at: datetime, home: Home, cause: str, chance: Random) -> Call:
    channel = chance.choices([c for c, _ in CHANNELS], [w for _, w in CHANNELS])[0]
    own = channel not in ("staff_sighting", "media", "social") and not happens(chance, 0.12)
    body: dict[str, Any] = {
        "channel": channel,
        "reporter_name": f"Caller {key}",
        "reporter_phone": f"199{chance.randrange(10**8):08d}",
        "reporter_is_customer": own,
        "place": _place(home, own, chance),
        "scope": chance.choices(["home", "floor", "building", "area"], [6, 1, 2, 1])[0],
        "hazards": _hazards(cause, chance),
        "life_support": happens(chance, SHARE_LIFE_SUPPORT),
    }
    draw = chance.random()
    manner: Manner = "with_key"
    if draw < SHARE_WITHOUT_KEY:
        manner = "without_key"
    elif draw < SHARE_WITHOUT_KEY + SHARE_SENT_TWICE:
        manner = "sent_twice"
    return Call(key, at, manner, channel, body, nested=happens(chance, SHARE_NESTED))


def _place(home: Home, own: bool, chance: Random) -> dict[str, Any]:
    """Say the place as a service point, an address, or a point some metres off."""
    kind = chance.choices(["service_point", "address", "point"], [7, 1.5, 1.5])[0]
    if own and kind == "service_point":
        return {"service_point_id": home.service_point}
    if kind == "address":
        return {"address": home.address}
    lon, lat = home.at
    shift = chance.uniform(-0.0003, 0.0003), chance.uniform(-0.0003, 0.0003)
    return {"at": [round(lon + shift[0], 6), round(lat + shift[1], 6)]}


def _hazards(cause: str, chance: Random) -> list[str]:
    named = DANGEROUS_CAUSES.get(cause)
    if named is not None and happens(chance, SHARE_HAZARD_BY_CAUSE):
        return [named]
    return ["wire_down"] if happens(chance, SHARE_HAZARD) else []
