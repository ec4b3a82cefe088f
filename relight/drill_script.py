"""From a file of recorded outages to the script of one drill on the demo district."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.words import say
from relight.drill_scenery import Scenery, demo_scenery
from sim.drill.records import RecordedOutage, RecordsRefused, busiest_day, of_day, read_records
from sim.drill.script import SHARE_METERED, Fault, Stage, write_script
from sim.drill.storms import invented
from sim.drill.transplant import transplant

# Nothing happens before the first outage, so play begins shortly before it.
BEFORE_THE_FIRST = timedelta(minutes=5)


@dataclass(frozen=True)
class DrillPlan:
    """What to play and how; `rate` is house seconds per real second.

    `unanswered` is the share of callbacks that nobody picks up, which costs hours each time;
    `meters` the share of outages that meters tell of, whom nobody can call back.
    """

    events: Path | None = None
    storm: str | None = None
    day: date | None = None
    hours: float = 24.0
    rate: float = 200.0
    callers: int = 8
    seed: int = 1
    limit: int | None = None
    zone: str = "America/Vancouver"
    drain_hours: float = 60.0
    unanswered: float = 0.08
    meters: float = SHARE_METERED
    advise: bool = False
    kills: int = 0
    kill_at: str | None = None
    keep: bool = False
    replay: bool = False
    journal: Path | None = None
    json_file: Path | None = None
    html: Path | None = None
    lang: str = "en"

    @property
    def source(self) -> str:
        """Name what is played: a file, or a storm by its seed."""
        return self.events.name if self.events else f"storm {self.storm}, seed {self.seed}"

    @property
    def under_fire(self) -> bool:
        """Tell whether parts are killed, at random or at named points."""
        return self.kills > 0 or self.kill_at is not None


@dataclass(frozen=True)
class Script:
    """The faults of one day, where they come from, and the house time at which play begins."""

    faults: list[Fault]
    day: date
    towns: int
    begins: datetime
    scenery: Scenery

    @property
    def calls(self) -> int:
        """How many calls will be made."""
        return sum(len(fault.calls) for fault in self.faults)


def compose(
    plan: DrillPlan, house: ZoneInfo, now: datetime | None = None, scenery: Scenery | None = None
) -> Script:
    """Read the record, or invent a storm, pick the day and write the script.

    It is played in the demo district unless another `scenery` is given. An installation whose
    house time `now` is past the day, or far before it, gets the day moved so that it begins now.
    """
    if (plan.events is None) == (plan.storm is None):
        raise RecordsRefused(say("drill.one_source", plan.lang))
    place = scenery or demo_scenery()
    records = read_records(plan.events) if plan.events else invented(plan.storm or "", plan.seed)
    zone = ZoneInfo(plan.zone if plan.events else "UTC")
    day = plan.day or busiest_day(records, zone)
    chosen = of_day(records, day, zone, timedelta(hours=plan.hours))[: plan.limit]
    if not chosen:
        raise RecordsRefused(_no_such_day(plan, records, day, zone))
    stage = Stage(recorded=zone, house=house)
    begins = stage.house_time(chosen[0].off) - BEFORE_THE_FIRST
    if now is not None and not timedelta(0) <= begins - now <= timedelta(hours=24):
        stage = Stage(zone, house, now - begins)
        begins = now.astimezone(house)
    faults = write_script(
        transplant(chosen, place.homes, records),
        stage,
        seed=plan.seed,
        callers=plan.callers,
        meters=plan.meters,
    )
    towns = len({record.municipality for record in chosen})
    return Script(faults, day, towns, begins, place)


def _no_such_day(plan: DrillPlan, records: list[RecordedOutage], day: date, zone: ZoneInfo) -> str:
    ends = [records[at].off.astimezone(zone).date() for at in (0, -1)]
    return say("drill.day_empty", plan.lang, file=plan.source, day=day, first=ends[0], last=ends[1])
