"""The verdict on a drill, drawn from its own journal and from what the API answered at the end.

Lost: a report we were told was taken, and that has no outcome or no closed outage at the end.
Doubled: one key that became two reports, or one report called back to an outcome twice.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sim.drill.inquiry import Findings
from sim.drill.journal import Entry, only

CLOSED = "closed"


@dataclass(frozen=True)
class Fault:
    """One report that was lost or doubled, and in what way."""

    ref: str
    report: str | None
    why: str


@dataclass
class Area:
    """Arrivals in one area class."""

    outages: int = 0
    on_time: int = 0


@dataclass
class Verdict:
    """What the drill showed; `lost` and `doubled` must be empty."""

    sent: int = 0
    tries: int = 0
    retried: int = 0
    acknowledged: int = 0
    replayed: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)
    unsure: int = 0
    not_needed: int = 0
    outages: int = 0
    closed: int = 0
    reopened: int = 0
    areas: dict[str, Area] = field(default_factory=dict)
    mean_arrival_minutes: float | None = None
    actions_refused: dict[str, int] = field(default_factory=dict)
    restorations: int = 0
    calls: int = 0
    reached: int = 0
    unanswered: int = 0
    unreached: int = 0
    answered_planned: int = 0
    meters_confirmed: int = 0
    meters_silent: int = 0
    satisfied: int = 0
    unsatisfied: int = 0
    still_off: int = 0
    rungs: dict[str, int] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    lost: list[Fault] = field(default_factory=list)
    doubled: list[Fault] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Tell whether nothing was lost and nothing doubled."""
        return not self.lost and not self.doubled

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        return asdict(self) | {"good": self.good}


def draw_verdict(entries: Sequence[Entry], found: Findings) -> Verdict:
    """Draw the verdict from the journal's lines and the API's answers."""
    verdict = Verdict()
    _count_reports(verdict, entries)
    _count_calls(verdict, entries)
    _judge_arrivals(verdict, entries)
    verdict.lost = _lost(entries, found)
    verdict.doubled = _doubled(entries, found)
    views = [view for view in found.outages.values() if view is not None]
    verdict.outages = len(found.outages)
    verdict.closed = sum(view.stage == CLOSED for view in views)
    verdict.reopened = sum(view.reopened for view in views)
    verdict.rungs = {f"{ladder} {at}%": n for (ladder, at), n in sorted(found.rungs.items())}
    verdict.kills = dict(Counter(entry["part"] for entry in only(entries, "killed")))
    return verdict


def _count_reports(verdict: Verdict, entries: Sequence[Entry]) -> None:
    tries = Counter(entry["ref"] for entry in only(entries, "report.sending"))
    unsure = Counter(entry["ref"] for entry in only(entries, "report.unsure"))
    taken = only(entries, "report.acknowledged")
    refused = only(entries, "report.refused")
    verdict.sent = len(tries)
    verdict.tries = tries.total()
    verdict.retried = len(unsure)
    verdict.acknowledged = len({entry["ref"] for entry in taken})
    verdict.replayed = sum(bool(entry["replayed"]) for entry in taken)
    verdict.refused = dict(Counter(entry["code"] for entry in refused))
    corrected = only(entries, "report.corrected")
    verdict.corrected = dict(Counter(entry["code"] for entry in corrected))
    settled = {entry["ref"] for entry in (*taken, *refused, *corrected)}
    verdict.unsure = len(tries.keys() - settled)
    verdict.answered_planned = len({entry["ref"] for entry in taken if planned(entry)})
    verdict.not_needed = len(only(entries, "report.not_needed"))


def _count_calls(verdict: Verdict, entries: Sequence[Entry]) -> None:
    done = only(entries, "callback.done")
    told = Counter(entry["told"] for entry in done)
    outcomes = Counter(entry["outcome"] for entry in done)
    verdict.calls = len(done) - told["unreached"]
    verdict.reached = told["answered"] + told["still_off"]
    verdict.unanswered = told["unanswered"]
    verdict.still_off = told["still_off"]
    verdict.unreached = outcomes["unreached"]
    settled = Counter(entry["outcome"] for entry in only(entries, "meter.settled"))
    verdict.meters_confirmed = settled["meter_confirmed"]
    verdict.meters_silent = settled["meter_silent"]
    verdict.satisfied = outcomes["satisfied"]
    verdict.unsatisfied = outcomes["unsatisfied"]


def _judge_arrivals(verdict: Verdict, entries: Sequence[Entry]) -> None:
    """Judge each outage's first arrival by the earliest time any of its reporters was told.

    Of announced work only where a crew came after all: nobody else was to come.
    """
    sent: dict[str, datetime] = {}
    for entry in only(entries, "report.sending"):
        sent.setdefault(entry["ref"], entry.house)
    promised: dict[str, datetime] = {}
    called: dict[str, datetime] = {}
    area: dict[str, str] = {}
    for entry in only(entries, "report.acknowledged"):
        outage, by = entry["outage"], datetime.fromisoformat(entry["promised"])
        promised[outage] = min(promised.get(outage, by), by)
        at = sent[entry["ref"]]
        called[outage] = min(called.get(outage, at), at)
        area.setdefault(outage, entry["area"])
    arrived: dict[str, datetime] = {}
    for entry in only(entries, "action.done"):
        if entry["kind"] == "arrive":
            at = datetime.fromisoformat(entry["occurred_at"])
            arrived[entry["outage"]] = min(arrived.get(entry["outage"], at), at)
    announced = {e["outage"] for e in only(entries, "report.acknowledged") if planned(e)}
    promised = {o: by for o, by in promised.items() if o in arrived or o not in announced}
    for outage, by in promised.items():
        here = verdict.areas.setdefault(area[outage], Area())
        here.outages += 1
        here.on_time += outage in arrived and arrived[outage] <= by
    waits = [arrived[o] - called[o] for o in promised if o in arrived]
    if waits:
        minutes = sum(wait.total_seconds() for wait in waits) / 60 / len(waits)
        verdict.mean_arrival_minutes = round(minutes, 1)
    restored = [e for e in only(entries, "action.done") if e["kind"] == "restore"]
    verdict.restorations = len(restored)
    refused = Counter(f"{e['kind']}: {e['code']}" for e in only(entries, "action.refused"))
    verdict.actions_refused = dict(refused.most_common())


def planned(entry: Entry) -> bool:
    """Tell whether a caller was told of announced work."""
    return entry.fields.get("planned") is not None


def _lost(entries: Sequence[Entry], found: Findings) -> list[Fault]:
    lost = []
    refs: dict[str, str] = {}
    for entry in only(entries, "report.acknowledged"):
        refs.setdefault(entry["report"], entry["ref"])
    for report, ref in refs.items():
        shown = found.reports.get(report)
        outage = found.outages.get(shown.outage or "") if shown is not None else None
        why = None
        if shown is None:
            why = "absent"
        elif outage is None:
            why = "without outage"
        elif shown.outcome is None:
            why = f"no outcome, outage {shown.outage} is {outage.stage}"
        elif outage.stage != CLOSED:
            why = f"outage {shown.outage} is {outage.stage}"
        if why is not None:
            lost.append(Fault(ref, report, why))
    return lost


def _doubled(entries: Sequence[Entry], found: Findings) -> list[Fault]:
    answered: dict[str, set[str]] = defaultdict(set)
    for entry in only(entries, "report.acknowledged"):
        answered[entry["ref"]].add(entry["report"])
    doubled = []
    for ref in sorted(answered.keys() | found.noted.keys()):
        reports = answered[ref] | found.noted.get(ref, set())
        if len(reports) > 1:
            doubled.append(Fault(ref, None, "became " + ", ".join(sorted(reports))))
    ends = Counter(e["report"] for e in only(entries, "callback.done") if e["outcome"])
    doubled.extend(
        Fault("", report, f"called back to an outcome {times} times")
        for report, times in sorted(ends.items())
        if times > 1
    )
    return doubled
