"""Invented outages in the recorded format, for a drill without anybody's data."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sim.drill.chance import happens, stream

TOWNS = (
    ("Ashford", 51.10, 10.20),
    ("Birchwell", 51.22, 10.41),
    ("Cinderby", 51.31, 10.05),
    ("Dunmoor", 51.02, 10.55),
    ("Elmstead", 51.40, 10.33),
)
CAUSES = (
    "Under investigation",
    "Equipment failure",
    "Tree down across our wires",
    "Motor vehicle accident",
    "Wire down",
)
# Durations are lognormal around this median, as outages' are.
MEDIAN_HOURS = 2.5
SPREAD = 0.8


def generate_events(
    outages: int, seed: int, begins: datetime, span: timedelta, *, fewest: int = 1
) -> list[dict[str, Any]]:
    """Invent a stream of new, upd and gone events of so many outages, by time.

    `fewest` is how many customers each outage darkens at least.
    """
    events: list[dict[str, Any]] = []
    for number in range(1, outages + 1):
        events.extend(_life(number, stream(seed, "outage", number), begins, span, fewest))
    return sorted(events, key=lambda event: (event["t"], event["id"], event["ev"]))


def _life(
    number: int, chance: Random, begins: datetime, span: timedelta, fewest: int
) -> Iterator[dict[str, Any]]:
    town = int(chance.expovariate(0.7))
    off = begins + span * chance.random()
    hours = min(20.0, MEDIAN_HOURS * chance.lognormvariate(0, SPREAD))
    yield from life(number, chance, off, hours, town=town, fewest=fewest)


def life(
    number: int, chance: Random, off: datetime, hours: float, *, town: int, fewest: int = 1
) -> Iterator[dict[str, Any]]:
    """Invent what is told of one outage from its beginning, so many hours long."""
    name, lat, lon = TOWNS[min(town, len(TOWNS) - 1)]
    on = off + timedelta(hours=hours)
    yield {
        "t": int(off.timestamp()), "ev": "new", "id": number,
        "lat": round(lat + chance.gauss(0, 0.05), 6), "lon": round(lon + chance.gauss(0, 0.08), 6),
        "muni": name, "region": "Invented", "dateOff": int(off.timestamp() * 1000),
        "numCustomersOut": max(fewest, min(2_000, int(chance.paretovariate(0.7)))),
        "crewStatus": "NEW", "crewEta": None, "crewEtr": None,
        "cause": chance.choice(CAUSES), "dateOn": None,
    }  # fmt: skip
    if happens(chance, 0.7):
        seen = off + (on - off) * 0.5
        yield {
            "t": int(seen.timestamp()), "ev": "upd", "id": number, "crewStatus": "ONSITE",
            "dateOn": int(on.timestamp() * 1000),
        }  # fmt: skip
    yield {"t": int(on.timestamp()), "ev": "gone", "id": number}


def write_events(
    path: Path,
    outages: int,
    seed: int,
    *,
    hours: float = 24.0,
    from_hour: int = 0,
    fewest: int = 1,
) -> None:
    """Write an invented stream of 7 January 2026 (UTC) to a .events.jsonl file."""
    begins = datetime(2026, 1, 7, from_hour, tzinfo=UTC)
    events = generate_events(outages, seed, begins, timedelta(hours=hours), fewest=fewest)
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
