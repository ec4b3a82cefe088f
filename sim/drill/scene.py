"""What all simulated people share: the line, the journal, the clock and what is really so."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sim.drill.journal import Journal
from sim.drill.line import Answer, Line, Request, insist
from sim.drill.pace import Pace
from sim.drill.script import Fault
from sim.drill.ways import FindWay, straight_way

WORK_UNKNOWN = timedelta(minutes=30)


class Truth:
    """Whose light is really on: what the crews did, not what any server believes."""

    def __init__(self, faults: list[Fault]) -> None:
        self._fault_of = {call.key: fault for fault in faults for call in fault.calls}
        self._nested = {call.key for fault in faults for call in fault.calls if call.nested}
        self._repairs: dict[str, int] = defaultdict(int)
        self._visits: dict[str, int] = defaultdict(int)
        self._members: dict[str, set[str]] = defaultdict(set)
        self._outage: dict[str, str] = {}
        self._caller: dict[str, str] = {}
        self._meters = {c.key for f in faults for c in f.calls if c.channel == "meter"}
        self._metered: set[str] = set()

    @property
    def reports_of_meters(self) -> set[str]:
        """Return the reports that meters made."""
        return self._metered

    def outage_of(self, report: str) -> str:
        """Return the outage of one of our reports."""
        return self._outage[self._caller[report]]

    def attached(self, call: str, report: str, outage: str) -> None:
        """Note that a call was taken as a report of an outage."""
        self._members[outage].add(call)
        self._outage[call] = outage
        self._caller[report] = call
        if call in self._meters:
            self._metered.add(report)

    def work_on(self, outage: str) -> timedelta:
        """Return how long the faults behind an outage keep a crew busy."""
        lengths = [self._fault_of[call].work for call in self._members[outage]]
        return max(lengths, default=WORK_UNKNOWN)

    def behind_the_meter(self, outage: str) -> bool:
        """Tell whether all there is behind an outage lies on the customer's side."""
        kinds = {self._fault_of[call].kind for call in self._members[outage]}
        return kinds == {"customer_side"}

    def repaired(self, outage: str) -> set[str]:
        """Note that a crew brought supply back to everything behind an outage; returns what."""
        self._visits[outage] += 1
        faults = {self._fault_of[call].id for call in self._members[outage]}
        for fault in faults:
            self._repairs[fault] += 1
        return faults

    def mended(self, fault: str) -> None:
        """Note that announced work on a fault is done, without any crew of ours."""
        self._repairs[fault] += 1

    def lit(self, call: str) -> bool:
        """Tell whether the light of this caller is on; a nested home needs a second visit."""
        visits = self._visits[self._outage.get(call, "")]
        return self.repaired_once(call) and (call not in self._nested or visits > 1)

    def repaired_once(self, call: str) -> bool:
        """Tell whether a crew has been at the fault behind this call."""
        return self._repairs[self._fault_of[call].id] >= 1

    def caller(self, report: str) -> str | None:
        """Return whose report this is; None when it is none of ours."""
        return self._caller.get(report)


@dataclass
class Progress:
    """Counts for the screen while the drill runs; the verdict is drawn from the journal."""

    planned: int = 0
    acknowledged: int = 0
    not_needed: int = 0
    refused: int = 0
    unsure: int = 0
    arrivals: int = 0
    restorations: int = 0
    called_back: int = 0
    kills: int = 0
    killed: str | None = None
    due: dict[str, datetime] = field(default_factory=dict)
    on_site: dict[str, datetime] = field(default_factory=dict)
    dark: set[str] = field(default_factory=set)
    owed: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    def taken(self, report: str) -> None:
        """Note a report: its caller is owed a callback, unless that came before our answer."""
        self.acknowledged += 1
        if report not in self.ended:
            self.owed.add(report)

    @property
    def on_time(self) -> tuple[int, int]:
        """Return how many outages were reached in time, and how many were reached at all."""
        reached = [(at, self.due[o]) for o, at in self.on_site.items() if o in self.due]
        return sum(at <= due for at, due in reached), len(reached)

    def called(self, report: str) -> None:
        """Note that a report has its outcome."""
        self.ended.add(report)
        self.owed.discard(report)


@dataclass(frozen=True)
class Scene:
    """One run of a drill; `run` makes its keys and devices unlike those of any other run.

    `unanswered` is the share of callbacks nobody picks up; `tries` is the policy's; `way` finds
    the crews' ways.
    """

    line: Line
    journal: Journal
    pace: Pace
    truth: Truth
    seed: int
    run: str
    district: str
    tries: int = 3
    unanswered: float = 0.08
    way: FindWay = straight_way
    progress: Progress = field(default_factory=Progress)

    def write(self, what: str, **fields: Any) -> None:
        """Write a line of the journal at the present house time."""
        self.journal.write(what, self.pace.house_now(), **fields)

    async def insist(self, request: Request, *, what: str, ref: str) -> Answer:
        """Send a request with an id until its outcome is known."""
        return await insist(
            self.line, request, journal=self.journal, pace=self.pace, what=what, ref=ref
        )


def items_of(answer: Answer | None) -> list[dict[str, Any]]:
    """Return the items of a list; none when there was no answer."""
    if answer is None or not answer.fine or not isinstance(answer.body, dict):
        return []
    return list(answer.body.get("items") or [])
