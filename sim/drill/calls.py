"""What callers and meters say: how, where, with which dangers, and where they are wrong."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, radians, sin, tau
from random import Random
from typing import Any, Literal

from sim.drill.chance import happens
from sim.drill.transplant import METRES_PER_DEGREE, Home

Manner = Literal["with_key", "sent_twice", "without_key"]

SHARE_WITHOUT_KEY = 0.10
SHARE_SENT_TWICE = 0.08
SHARE_NESTED = 0.01
SHARE_LIFE_SUPPORT = 0.01
SHARE_HAZARD = 0.01
SHARE_HAZARD_BY_CAUSE = 0.15
SHARE_WRONG_PLACE = 0.05
# So far off is a place that was pointed at wrongly.
WRONG_FROM_M = 200.0
WRONG_TO_M = 600.0
DANGEROUS_CAUSES = {
    "Wire down": "wire_down",
    "Tree down across our wires": "wire_down",
    "Motor vehicle accident": "pole_down",
    "Pole down": "pole_down",
    "Fire": "fire",
}
CHANNELS = (("phone", 55), ("app", 15), ("web", 8), ("text", 8), ("grid_phone", 5),
            ("social", 3), ("staff_sighting", 3), ("media", 1))  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One report somebody will make: when (house time), how, and what it says.

    `key` names the call in the journal and is its Idempotency-Key unless the manner is
    `without_key`. A nested home stays off through the first restoration. `wrong` is the place
    said at first, where that is not the right one.
    """

    key: str
    at: datetime
    manner: Manner
    channel: str
    body: dict[str, Any] = field(hash=False)
    nested: bool = False
    wrong: dict[str, Any] | None = field(default=None, hash=False)


def call_of(key: str, at: datetime, home: Home, cause: str, chance: Random) -> Call:
    """Draw one person's call about a home without supply."""
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
    nested = happens(chance, SHARE_NESTED)
    wrong = _wrong_place(home, chance) if happens(chance, SHARE_WRONG_PLACE) else None
    return Call(key, at, manner, channel, body, nested=nested, wrong=wrong)


def last_gasp(key: str, off: datetime, home: Home, chance: Random) -> Call:
    """Return what a meter sends when its supply fails: no person, no number to call back."""
    body: dict[str, Any] = {
        "channel": "meter",
        "place": {"service_point_id": home.service_point},
        "scope": "home",
        "hazards": [],
        "life_support": False,
    }
    at = off + timedelta(seconds=chance.uniform(0.2, 6.0))
    return Call(key, at, "with_key", "meter", body)


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


def _wrong_place(home: Home, chance: Random) -> dict[str, Any]:
    """Return an address nobody knows, a point with its numbers swapped, or one far off."""
    lon, lat = home.at
    kind = chance.choices(["address", "swapped", "far"], [5, 1, 4])[0]
    if kind == "address":
        return {"address": f"{home.address} / {chance.randint(2, 9)}"}
    if kind == "swapped":
        return {"at": [lat, lon]}
    metres, turn = chance.uniform(WRONG_FROM_M, WRONG_TO_M), chance.uniform(0, tau)
    east = metres * sin(turn) / (METRES_PER_DEGREE * cos(radians(lat)))
    north = metres * cos(turn) / METRES_PER_DEGREE
    return {"at": [round(lon + east, 6), round(lat + north, 6)]}


def _hazards(cause: str, chance: Random) -> list[str]:
    named = DANGEROUS_CAUSES.get(cause)
    if named is not None and happens(chance, SHARE_HAZARD_BY_CAUSE):
        return [named]
    return ["wire_down"] if happens(chance, SHARE_HAZARD) else []
