"""What will be played: each recorded outage as a fault with its calls, drawn from a seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from sim.drill.calls import Call, call_of, last_gasp
from sim.drill.chance import happens, stream
from sim.drill.transplant import Home, Transplanted

Kind = Literal["ordinary", "planned", "customer_side"]

SHARE_METERED = 0.25
GASPS_AT_MOST = 6

# Of the outages that darken one home only; the others cannot lie behind a meter.
SHARE_BEHIND_THE_METER = 0.12
PLANNED = "work being done"
# Work on site is the recorded length, scaled into what one visit of a crew can take.
WORK_SHARE = 0.12
WORK_FROM = timedelta(minutes=8)
WORK_TO = timedelta(minutes=45)


@dataclass(frozen=True)
class Fault:
    """One cause on the ground: its homes are off until a crew has worked so long on it.

    `kind` says what only the drill knows: that the record calls it planned work, or that the
    fault lies behind the customer's meter.
    """

    id: str
    off: datetime
    work: timedelta
    cause: str
    customers: int
    homes: tuple[Home, ...]
    calls: tuple[Call, ...]
    kind: Kind = "ordinary"


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
    transplanted: Iterable[Transplanted],
    stage: Stage,
    *,
    seed: int,
    callers: int,
    meters: float = SHARE_METERED,
) -> list[Fault]:
    """Draw every fault and call of a drill; the same seed writes the same script.

    `meters` is the share of outages in which meters send a last gasp.
    """
    return [_fault(item, stage, seed, callers, meters) for item in transplanted]


def _fault(item: Transplanted, stage: Stage, seed: int, callers: int, meters: float) -> Fault:
    record = item.record
    chance = stream(seed, "fault", record.id)
    off = stage.house_time(record.off)
    length = (record.on - record.off) * WORK_SHARE
    kind = _kind(item, stream(seed, "kind", record.id))
    # A meter in front of the fault has its supply and says nothing.
    metered = 0.0 if kind == "customer_side" else meters
    return Fault(
        id=record.id,
        off=off,
        work=WORK_FROM if kind == "customer_side" else max(WORK_FROM, min(WORK_TO, length)),
        cause=record.cause,
        customers=record.customers,
        homes=item.homes,
        calls=tuple(
            sorted(
                [
                    *_calls(item, off, chance, callers),
                    *_last_gasps(item, off, stream(seed, "meters", record.id), metered),
                ],
                key=lambda call: (call.at, call.key),
            )
        ),
        kind=kind,
    )


def _kind(item: Transplanted, chance: Random) -> Kind:
    if PLANNED in item.record.cause.lower():
        return "planned"
    alone = item.record.customers == 1
    return "customer_side" if alone and happens(chance, SHARE_BEHIND_THE_METER) else "ordinary"


def _calls(item: Transplanted, off: datetime, chance: Random, callers: int) -> list[Call]:
    homes, fault, cause = item.homes, item.record.id, item.record.cause
    count = round(sqrt(len(homes)) * chance.lognormvariate(0, 0.7))
    calls = []
    for number in range(max(1, min(callers, count))):
        minutes = chance.uniform(0.5, 4) if number == 0 else 1 + chance.expovariate(1 / 9)
        home = homes[0] if number == 0 else chance.choice(homes)
        calls.append(
            call_of(f"{fault}-{number + 1}", off + timedelta(minutes=minutes), home, cause, chance)
        )
    return calls


def _last_gasps(item: Transplanted, off: datetime, chance: Random, share: float) -> list[Call]:
    """Return what the meters send within seconds of losing supply, where there are such meters."""
    if not happens(chance, share):
        return []
    heard = chance.sample(item.homes, min(len(item.homes), chance.randint(2, GASPS_AT_MOST)))
    return [
        last_gasp(f"{item.record.id}-m{number}", off, home, chance)
        for number, home in enumerate(heard, start=1)
    ]
