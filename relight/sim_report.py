"""What a rehearsal came to, as numbers that cross a process, as a table and as JSON."""

import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from domain.kinds import AreaClass
from domain.measures import share
from domain.month import Line
from domain.policy import Policy
from domain.words import say
from sim.chance import rates
from sim.figures import p95
from sim.world import Told

LOG_WIDTH = 120


@dataclass(frozen=True)
class Area:
    """How one area class fared: orders that needed a crew, and minutes to its arrival."""

    area_class: str
    promise_min: int
    on_time: int
    cases: int
    mean_min: float | None
    p95_min: float | None


@dataclass(frozen=True)
class Ran:
    """One strategy's rehearsal in numbers."""

    faults: int
    reports: int
    orders: int
    areas: tuple[Area, ...]
    on_time: int
    cases: int
    calm_on_time: int
    calm_cases: int
    restored_mean_min: float | None
    restored_p95_min: float | None
    customer_minutes: int
    callbacks: int
    outcomes: dict[str, int]
    unanswered: int
    still_off: int
    reopened: int
    late: tuple[dict[str, Any], ...]
    because: dict[str, int]
    breaches: dict[str, int]
    plans: int
    unsound: int
    still_dark: int
    digest: str
    seconds: float

    @classmethod
    def of(cls, told: Told, policy: Policy, seconds: float) -> "Ran":
        """Draw the numbers of a rehearsal."""
        book = told.book
        lines, calm = book.lines(told.ended), book.lines(told.ended, calm=True)
        restored = book.restorations
        return cls(
            faults=told.faults, reports=told.reports, orders=told.orders,
            areas=tuple(_area(line, book.arrivals.get(line.area_class, [])) for line in lines),
            on_time=sum(line.on_time for line in lines),
            cases=sum(line.cases for line in lines),
            calm_on_time=sum(line.on_time for line in calm),
            calm_cases=sum(line.cases for line in calm),
            restored_mean_min=round(sum(restored) / len(restored), 1) if restored else None,
            restored_p95_min=_round(p95(restored)),
            customer_minutes=round(told.customer_minutes), callbacks=told.callbacks,
            outcomes=_plain(book.outcomes), unanswered=told.unanswered, still_off=told.still_off,
            reopened=book.reopened,
            late=tuple({**asdict(each), "started": each.started.isoformat()} for each in book.late),
            because=_plain(Counter(each.because for each in book.late)),
            breaches=_plain(book.breaches), plans=told.plans, unsound=told.unsound,
            still_dark=told.still_dark, digest=book.digest, seconds=round(seconds, 1),
        )  # fmt: skip


def _area(line: Line, minutes: list[float]) -> Area:
    return Area(
        line.area_class.value, line.ceiling_min, line.on_time, line.cases,
        line.arrival.minutes, _round(p95(minutes)),
    )  # fmt: skip


def _plain(counted: Counter[str]) -> dict[str, int]:
    return {str(name): number for name, number in sorted(counted.items())}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def show(ran: dict[str, Ran], policy: Policy, lang: str) -> None:
    """Print all strategies beside each other and beside the figures of 2007."""
    title = say("sim.title", lang, policy=policy.name)
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in ran:
        table.add_column(say(f"sim.strategy_{name}", lang), no_wrap=True)
    table.add_column(say("sim.chongqing", lang), no_wrap=True)
    for label, cells, beside in _rows(ran, lang):
        table.add_row(label, *cells, beside)
    # A log is as wide as its lines; only a screen has an edge.
    screen = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    screen.print(table)
    screen.print(say("sim.assumed", lang))


def _rows(ran: dict[str, Ran], lang: str) -> list[tuple[str, list[str], str]]:
    every = list(ran.values())

    def row(key: str, cells: list[str], beside: str = "", **params: Any) -> None:
        rows.append((say(f"sim.{key}", lang, **params), cells, beside))

    rows: list[tuple[str, list[str], str]] = []
    row("faults", [f"{r.faults:,}" for r in every], f"{rates.REPAIRS_A_YEAR:,}")
    row("reports", [f"{r.reports:,}" for r in every])
    row("orders", [f"{r.orders:,}" for r in every])
    whole = share(rates.ON_TIME_2007, rates.REPAIRS_A_YEAR)
    row("on_time", [share(r.on_time, r.cases) for r in every], whole)
    row("on_time_calm", [share(r.calm_on_time, r.calm_cases) for r in every])
    for area in AreaClass:
        name = say(f"area_class.{area.value}", lang)
        mine = [next((a for a in r.areas if a.area_class == area.value), None) for r in every]
        if not any(mine):
            continue
        row("on_time_area", [share(a.on_time, a.cases) if a else "–" for a in mine], area=name)
        row("minutes_area", [_two(a.mean_min, a.p95_min) if a else "–" for a in mine], area=name)
    row("restored", [_two(r.restored_mean_min, r.restored_p95_min) for r in every])
    row("customer_minutes", [f"{r.customer_minutes:,}" for r in every])
    row("callbacks", [f"{r.callbacks:,}" for r in every])
    row("satisfied", [_satisfied(r) for r in every], rates.SATISFIED_2007)
    row("unreached", [str(r.outcomes.get("unreached", 0)) for r in every])
    row("still_off", [str(r.still_off) for r in every])
    row("late", [str(len(r.late)) for r in every], str(rates.REPAIRS_A_YEAR - rates.ON_TIME_2007))
    for because in sorted({name for r in every for name in r.because}):
        cells = [str(r.because.get(because, 0)) for r in every]
        rows.append((f"  {say(f'sim.because.{because}', lang)}", cells, ""))
    row("plans", [f"{r.plans:,}" for r in every])
    row("digest", [r.digest[:12] for r in every])
    row("seconds", [f"{r.seconds:,}" for r in every])
    return rows


def _two(mean: float | None, high: float | None) -> str:
    return " / ".join("–" if value is None else f"{value:.1f}" for value in (mean, high))


def _satisfied(ran: Ran) -> str:
    content = ran.outcomes.get("satisfied", 0)
    return share(content, content + ran.outcomes.get("unsatisfied", 0))


def as_json(ran: dict[str, Ran], policy: Policy) -> dict[str, Any]:
    """Return everything as plain data, with what it is held against."""
    return {
        "policy": {"name": policy.name, "version": policy.version, "digest": policy.digest()},
        "chongqing_2007": {"repairs": rates.REPAIRS_A_YEAR, "on_time": rates.ON_TIME_2007},
        "strategies": {name: asdict(each) for name, each in ran.items()},
    }
