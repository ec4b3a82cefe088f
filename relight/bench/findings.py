"""What a measurement found: rows of numbers, told on a screen or kept as JSON."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table

from domain.words import say

Number = str | int | float
LOG_WIDTH = 160


@dataclass(frozen=True)
class Finding:
    """One table; every row has the same columns, named by keys of the catalogue."""

    name: str
    rows: Sequence[dict[str, Number]]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rows as plain data."""
        return [dict(row) for row in self.rows]


def show(finding: Finding, lang: str) -> None:
    """Print a finding as a table under its title, or why there is none."""
    if not finding.rows:
        print(say(f"bench.without_{finding.name}", lang))
        return
    table = Table(title=say(f"bench.title_{finding.name}", lang), title_justify="left")
    for column in finding.rows[0]:
        table.add_column(say(f"bench.{column}", lang))
    for row in finding.rows:
        table.add_row(*(written(value) for value in row.values()))
    # A log is as wide as its lines; only a screen has an edge.
    Console(width=None if sys.stdout.isatty() else LOG_WIDTH).print(table)


def written(value: Number) -> str:
    """Write a number as short as it is worth."""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"
    return str(value)


def share(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile; of nothing there is none, told as -1."""
    if not values:
        return -1.0
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
