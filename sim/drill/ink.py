"""Small charts as inline SVG: bars, columns and lines, drawn in the colours of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 26, 34
TICKS = 4

Number = int | float


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart: label, parts as (class, number, key), and what stands at its end."""

    label: str
    parts: tuple[tuple[str, Number, str], ...]
    told: str


def number(value: Number | None, key: str) -> str:
    """Return a number as text of the page that can be found again by its key."""
    if value is None:
        return f'<tspan class="n" data-key="{escape(key)}" data-value="">–</tspan>'
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return f'<tspan class="n" data-key="{escape(key)}" data-value="{value}">{shown}</tspan>'


def bars(rows: Sequence[Bar], title: str, whole: Number | None = None) -> str:
    """Draw horizontal bars of stacked parts; `whole` is what the full width stands for."""
    most = whole or max((sum(n for _, n, _ in row.parts) for row in rows), default=0) or 1
    label_w, end_w, tall = 170, 150, 26
    room = WIDTH - label_w - end_w
    ink = []
    for at, row in enumerate(rows):
        y, x = at * tall + 4, float(label_w)
        ink.append(f'<text class="label" x="{label_w - 8}" y="{y + 14}">{row.label}</text>')
        for kind, value, _ in row.parts:
            wide = value / most * room
            ink.append(f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="18"/>')
            x += wide
        ink.append(f'<text class="end" x="{x + 6:.1f}" y="{y + 14}">{row.told}</text>')
    return _svg(ink, len(rows) * tall + 8, title)


def columns(
    values: Sequence[tuple[str, Number, str]], title: str, unit: str, marks: str = ""
) -> str:
    """Draw columns of label, number and its key, and marks over them."""
    scale, lines = _upwards(max((n for _, n, _ in values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    every = ceil(len(values) / 12) or 1
    ink = [*lines, f'<text class="unit" x="4" y="11">{unit}</text>']
    for at, (label, value, key) in enumerate(values):
        x, y = LEFT + at * step, scale(value)
        ink.append(
            f'<rect class="a" x="{x + step * 0.1:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}"'
            f' height="{HEIGHT - BOTTOM - y:.1f}" data-key="{escape(key)}" data-value="{value}">'
            f"<title>{value:,}</title></rect>"
        )
        if at % every == 0:
            x += step / 2
            ink.append(f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 16}">{label}</text>')
    return _svg([*ink, marks], HEIGHT, title)


def lines(
    series: Sequence[tuple[str, Sequence[Number]]], labels: Sequence[str], title: str, marks: str
) -> str:
    """Draw lines over even steps of time; a label stands below where it is not empty."""
    scale, ink = _upwards(max((max(values, default=0) for _, values in series), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)
    for kind, values in series:
        points = " ".join(
            f"{LEFT + at * step:.1f},{scale(value):.1f}" for at, value in enumerate(values)
        )
        ink.append(f'<polyline class="{kind}" points="{points}"/>')
    for at, label in enumerate(labels):
        x = LEFT + at * step
        if label:
            ink.append(f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 16}">{label}</text>')
    return _svg([*ink, marks], HEIGHT, title)


def marks(places: Sequence[tuple[float, str]]) -> str:
    """Draw upright marks at shares (0 to 1) of the time axis, each with a word to hover over."""
    room = WIDTH - LEFT - RIGHT
    return "".join(
        f'<g class="mark"><title>{escape(word)}</title>'
        f'<line x1="{LEFT + share * room:.1f}" x2="{LEFT + share * room:.1f}"'
        f' y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text x="{LEFT + share * room + 2:.1f}" y="{TOP + 8 + at % 4 * 10}">{escape(word)}'
        "</text></g>"
        for at, (share, word) in enumerate(places)
    )


def _upwards(most: Number) -> tuple[Callable[[Number], float], list[str]]:
    """Return the upright scale from nothing to a round number, and its lines."""
    unit = 10 ** floor(log10(max(most, 1)))
    step = max(1, ceil(max(most, 1) / TICKS / unit * 2) * unit / 2)
    top = step * ceil(max(most, 1) / step)

    def scale(value: Number) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    ink = []
    for at in range(int(top / step) + 1):
        y = scale(at * step)
        ink.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        ink.append(f'<text class="scale" x="{LEFT - 6}" y="{y + 4:.1f}">{at * step:,.0f}</text>')
    return scale, ink


def _svg(ink: Sequence[str], height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">{"".join(ink)}</svg>'
    )
