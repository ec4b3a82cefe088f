"""Whose light is really on: what crews did, not what any desk believes."""

from collections import defaultdict
from datetime import datetime, timedelta

from sim.chance.faults import Call, Fault
from sim.chance.people import NOTHING_FOUND


class Truth:
    """The faults that have happened, which are mended, and whose report is whose."""

    def __init__(self) -> None:
        self._fault: dict[str, Fault] = {}
        self._of_report: dict[str, tuple[Fault, Call]] = {}
        self._behind: dict[str, list[str]] = defaultdict(list)
        self._mended: set[str] = set()
        self._nested_mended: set[str] = set()
        self.customer_minutes = 0.0

    def breaks(self, fault: Fault) -> None:
        """Let a fault happen."""
        self._fault[fault.id] = fault

    def reported(self, report: str, order: str, fault: Fault, call: Call) -> None:
        """Note whose report this is and which order it became part of."""
        self._of_report[report] = (fault, call)
        self._behind[order].append(report)

    def mended(self, fault: str) -> bool:
        """Tell whether a crew has brought this fault's light back."""
        return fault in self._mended

    def lit(self, report: str) -> bool:
        """Tell whether the light of whoever reported is on."""
        fault, call = self._of_report[report]
        return fault.id in self._mended and (not call.nested or call.key in self._nested_mended)

    def found(self, order: str) -> tuple[tuple[str, ...], timedelta]:
        """Return what a crew finds to mend behind an order as reported now, and for how long."""
        faults = {
            fault.id: fault.work
            for report in self._behind[order]
            for fault, _ in [self._of_report[report]]
            if fault.id not in self._mended
        }
        nested = [
            f"nested/{call.key}"
            for report in self._behind[order]
            for fault, call in [self._of_report[report]]
            if call.nested and fault.id in self._mended and call.key not in self._nested_mended
        ]
        works = [*faults.values(), *(timedelta(minutes=20) for _ in nested)]
        return (*faults, *nested), sum(works, timedelta(0)) or NOTHING_FOUND

    def mend(self, what: tuple[str, ...], now: datetime) -> None:
        """Bring the light back to everybody behind these faults."""
        for name in what:
            if name.startswith("nested/"):
                self._nested_mended.add(name.removeprefix("nested/"))
            elif name not in self._mended:
                self._mended.add(name)
                fault = self._fault[name]
                dark = (now - fault.off).total_seconds() / 60
                self.customer_minutes += len(fault.homes) * dark

    def forget(self, order: str) -> None:
        """Let go of the reports of an order that is over."""
        for report in self._behind.pop(order, ()):
            del self._of_report[report]

    @property
    def dark(self) -> int:
        """Return how many faults nobody has mended."""
        return len(self._fault.keys() - self._mended)
