"""What each layer of the tests cost, printed at the end of a run."""

from collections import defaultdict
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print seconds and counts for each room under tests/, from every process of the run."""
    seconds: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if not hasattr(report, "duration") or not hasattr(report, "nodeid"):
                continue
            parts = report.nodeid.split("/")
            layer = parts[1] if len(parts) > 2 else "tests"
            seconds[layer] += report.duration
            counts[layer] += report.when == "call"
    terminalreporter.section("time per layer")
    for layer in sorted(seconds, key=seconds.__getitem__, reverse=True):
        terminalreporter.write_line(f"{seconds[layer]:8.1f} s  {counts[layer]:5}  {layer}")
