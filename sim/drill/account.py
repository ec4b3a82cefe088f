"""The account of a drill: every number of its report, from the lines of its journal alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sim.drill import field_work
from sim.drill.journal import Entry, only
from sim.drill.verdict import Verdict, planned

BINS_MIN = (0, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
STEPS = 96
STEP_FROM = timedelta(minutes=5)


@dataclass
class Restorations:
    """Minutes from the light going out to the light back, by fault; `bins` count up to `to`."""

    faults: int = 0
    restored: int = 0
    median_min: float | None = None
    p90_min: float | None = None
    longest_min: float | None = None
    bins: list[dict[str, int | None]] = field(default_factory=list)


@dataclass
class CustomerMinutes:
    """Minutes that homes were without supply, as really played, by hour of the house clock."""

    total: int = 0
    homes: int = 0
    by_hour: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Promises:
    """Arrival times told to reporters, and times of restoration told by crews."""

    told: int = 0
    kept: int = 0
    broken: int = 0
    estimates: int = 0
    changed: int = 0
    estimates_broken: int = 0


@dataclass
class Account:
    """All numbers of a drill's report; times are of the house clock."""

    verdict: Verdict
    setting: dict[str, Any]
    begins: datetime
    ends: datetime
    restorations: Restorations
    customer_minutes: CustomerMinutes
    promises: Promises
    over_time: list[dict[str, Any]]
    crews: list[dict[str, Any]]
    played: dict[str, int]
    kills: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return the account as plain data: the verdict's numbers and all others beside them."""
        mine = {
            "setting": self.setting,
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat(),
            "restoration_times": asdict(self.restorations),
            "customer_minutes": asdict(self.customer_minutes),
            "promises": asdict(self.promises),
            "over_time": self.over_time,
            "crews": self.crews,
            "played": self.played,
            "kills_at": self.kills,
        }
        return self.verdict.as_json() | mine


def give_account(entries: Sequence[Entry], verdict: Verdict) -> Account:
    """Draw every number of the report from the journal and the verdict on it."""
    begins = next((e.house for e in only(entries, "drill.begins")), entries[0].house)
    # What happened last: the drill itself may have waited in vain for a long time after it.
    said = only(entries, "callback.done", "action.done", "report.acknowledged", "lit")
    ends = max((e.house for e in said), default=begins)
    return Account(
        verdict=verdict,
        setting=_setting(entries),
        begins=begins,
        ends=ends,
        restorations=_restorations(entries),
        customer_minutes=_customer_minutes(entries, ends),
        promises=_promises(entries),
        over_time=_over_time(entries, begins, ends),
        crews=field_work.crews(entries, begins, ends),
        played=_played(entries),
        kills=[
            {"at": e.house.isoformat(), "part": e["part"], "down_s": round(e["down_s"], 1)}
            for e in only(entries, "killed")
        ],
    )


def _setting(entries: Sequence[Entry]) -> dict[str, Any]:
    said = only(entries, "drill.setting")
    begun = only(entries, "drill.begins")
    return (dict(begun[0].fields) if begun else {}) | (dict(said[0].fields) if said else {})


def _spans(entries: Sequence[Entry]) -> list[tuple[datetime, datetime | None, int]]:
    """Return of each fault when it went dark, when it was lit first, and how many homes it has."""
    lit: dict[str, datetime] = {}
    for entry in only(entries, "lit"):
        for fault in entry["faults"]:
            lit.setdefault(fault, entry.house)
    return [
        (datetime.fromisoformat(e["off"]), lit.get(e["fault"]), e["homes"])
        for e in only(entries, "fault")
    ]


def _restorations(entries: Sequence[Entry]) -> Restorations:
    spans = _spans(entries)
    minutes = sorted((lit - off).total_seconds() / 60 for off, lit, _ in spans if lit is not None)
    told = Restorations(faults=len(spans), restored=len(minutes))
    edges: list[int | None] = [*BINS_MIN, None]
    for low, high in pairwise(edges):
        inside = [m for m in minutes if m >= (low or 0) and (high is None or m < high)]
        told.bins.append({"from": low, "to": high, "faults": len(inside)})
    if minutes:
        told.median_min = round(minutes[(len(minutes) - 1) // 2], 1)
        told.p90_min = round(minutes[(len(minutes) - 1) * 9 // 10], 1)
        told.longest_min = round(minutes[-1], 1)
    return told


def _customer_minutes(entries: Sequence[Entry], ends: datetime) -> CustomerMinutes:
    """Sum homes and minutes; what was never lit counts to the end of the drill."""
    told = CustomerMinutes()
    hours: Counter[datetime] = Counter()
    for off, lit, homes in _spans(entries):
        told.homes += homes
        at, until = off, max(off, lit or ends)
        while at < until:
            hour = at.replace(minute=0, second=0, microsecond=0)
            upto = min(until, hour + timedelta(hours=1))
            hours[hour] += round((upto - at).total_seconds() * homes)
            at = upto
    for hour in sorted(hours):
        told.by_hour.append({"at": hour.isoformat(), "minutes": round(hours[hour] / 60)})
    told.total = sum(int(each["minutes"]) for each in told.by_hour)
    return told


def _promises(entries: Sequence[Entry]) -> Promises:
    told = Promises()
    arrived = field_work.first_by_outage(entries, "arrive")
    seen: set[str] = set()
    for entry in only(entries, "report.acknowledged"):
        if entry["report"] in seen or (planned(entry) and entry["outage"] not in arrived):
            continue
        seen.add(entry["report"])
        told.told += 1
        at = arrived.get(entry["outage"])
        told.kept += at is not None and at <= datetime.fromisoformat(entry["promised"])
    told.broken = told.told - told.kept
    restored = field_work.first_by_outage(entries, "restore")
    latest: dict[str, datetime] = {}
    for entry in only(entries, "action.done"):
        if entry["kind"] == "give_estimate":
            told.estimates += 1
            told.changed += entry["outage"] in latest
            latest[entry["outage"]] = datetime.fromisoformat(entry["etr"])
    told.estimates_broken = sum(
        outage not in restored or restored[outage] > etr for outage, etr in latest.items()
    )
    return told


def _over_time(entries: Sequence[Entry], begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Return how many outages and reports were open at even steps of the drill."""
    changes: list[tuple[datetime, int, int]] = []
    outages: set[str] = set()
    reports: set[str] = set()
    for entry in only(entries, "report.acknowledged"):
        if entry["report"] not in reports:
            changes.append((entry.house, int(entry["outage"] not in outages), 1))
        outages.add(entry["outage"])
        reports.add(entry["report"])
    changes += [
        (datetime.fromisoformat(entry["closed_at"]), -1, 0)
        for entry in only(entries, "found")
        if entry["outage"] in outages and entry["closed_at"]
    ]
    ended: set[str] = set()
    for entry in only(entries, "callback.done"):
        if entry["outcome"] and entry["report"] in reports - ended:
            ended.add(entry["report"])
            changes.append((entry.house, 0, -1))
    step = max(STEP_FROM, (ends - begins) / STEPS)
    times = [begins + step * number for number in range(int((ends - begins) / step) + 2)]
    return [
        {
            "at": at.isoformat(),
            "outages": sum(change for when, change, _ in changes if when <= at),
            "reports": sum(change for when, _, change in changes if when <= at),
        }
        for at in times
    ]


def _played(entries: Sequence[Entry]) -> dict[str, int]:
    """Count what the simulated people did that is out of the ordinary."""
    done = only(entries, "action.done")
    said = Counter(entry["kind"] for entry in done)
    kinds = Counter(entry["kind"] for entry in only(entries, "fault"))
    told = {e["ref"]: e for e in only(entries, "report.acknowledged")}
    return {
        "faults": kinds.total(),
        "planned": kinds["planned"],
        "answered_planned": len({ref for ref, entry in told.items() if planned(entry)}),
        "overruns": len(only(entries, "planned.overruns")),
        "customer_side": kinds["customer_side"],
        "customer_side_found": said["find_customer_side"],
        "meters": sum("-m" in ref for ref in told),
        "power_on": sum(e["words"] for e in only(entries, "meters.said") if e["code"] is None),
        "words_lost": len(only(entries, "meter.word_lost")),
        "wrong_place_refused": len(only(entries, "report.corrected")),
        "wrong_place_taken": sum(ref.endswith("-wrong") for ref in told),
        "not_needed": len(only(entries, "report.not_needed")),
        "orders_returned": said["refuse"],
        "held": said["hold"],
        "second_faults": said["add_task"],
        "said_without_signal": len(only(entries, "action.kept")),
    }
