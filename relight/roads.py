"""`relight roads`: what crews drive by, and how long they really take."""

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from domain.words import say
from relight.road_engines import roads_of
from relight.settings import SettingsRefused, load_settings
from relight.territory import opened, refusals
from roads.calibration import Calibration, Observed, as_toml, calibrate, read_calibration
from roads.choosing import CALIBRATION
from roads.data import forget, unused
from roads.drives import Compared, compare

DEFAULT_DAYS = 90
MB = 1_000_000
tools = typer.Typer(
    name="roads", help="What crews drive by, and how long they take.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(tools)


@tools.command("show")
def show_command(
    clean: Annotated[bool, typer.Option("--clean", help="remove road data nobody uses")] = False,
) -> None:
    """Say by what crews drive, why by nothing better, and which road data nobody uses."""
    from roads.reading import read_now
    from store import documents, installation

    settings = load_settings()
    lang = settings.language
    with opened(settings) as engine, refusals(lang):
        with Session(engine) as session:
            named = documents.roads_named(session)
            now = read_now(session, installation.clock(session).house(datetime.now(UTC)))
        roads = roads_of(settings)
        choice, travel = roads.choose(now), roads.empty(now.land)
        known = read_calibration(settings.roads_dir / CALIBRATION)
    table = Table(show_header=False)
    rows = {
        "engine_name": say(f"roads.engine.{choice.engine}", lang),
        "version": travel.pairs.engine.version if travel else "–",
        "fallback": say(f"roads.why.{choice.why}", lang) if choice.why else "–",
        "land": now.land[:12] if now.land else "–",
        "closed": f"{len(now.conditions.closed):,}",
        "calibrated": ", ".join(sorted(known.factors)) or "–",
    }
    for what, value in rows.items():
        table.add_row(say(f"roads.{what}", lang), escape(value))
    screen = Console(soft_wrap=True, highlight=False)
    screen.print(table)
    _say_unused(settings.roads_dir, now.land, named, clean=clean, lang=lang)


def _say_unused(
    place: Path, land: str | None, named: set[tuple[str, str]], *, clean: bool, lang: str
) -> None:
    """Say which road data are only kept for plans, and which nobody uses; those may be removed."""
    screen = Console(soft_wrap=True, highlight=False)
    idle = unused(place, land, named)
    for kept in sorted(set(unused(place, land)) - set(idle)):
        told = {"place": kept.relative_to(place), "mb": f"{_bytes(kept) / MB:.1f}"}
        screen.print(escape(say("roads.kept", lang, **told)))
    for each in idle:
        told = {"place": each.relative_to(place), "mb": f"{_bytes(each) / MB:.1f}"}
        if clean:
            forget(each)
        screen.print(escape(say("roads.removed" if clean else "roads.unused", lang, **told)))


@tools.command("calibrate")
def calibrate_command(
    days: Annotated[int, typer.Option(min=1, help="how far back drives count")] = DEFAULT_DAYS,
    write: Annotated[bool, typer.Option("--write", help="keep what was found")] = False,
) -> None:
    """Compare the drives crews made with what road data tell; keep it only with --write."""
    from store import closures, drives, installation

    settings = load_settings()
    lang = settings.language
    with opened(settings) as engine, refusals(lang):
        with Session(engine) as session:
            now = installation.clock(session).house(datetime.now(UTC))
            made = drives.made(session, now - timedelta(days=days))
            land = closures.land_digest(session)
        travel = roads_of(settings).empty(land)
        if travel is None:
            raise SettingsRefused(say("roads.none_driven", lang))
        compared = compare(made, travel, settings.time_zone)
        found = calibrate(compared.observed)
    _say_compared(compared, found, lang)
    file = settings.roads_dir / CALIBRATION
    if not found.factors:
        typer.echo(say("roads.too_few", lang))
    elif not write:
        typer.echo(say("roads.not_written", lang))
    else:
        _write(file, as_toml(found))
        typer.echo(say("roads.written", lang, file=file))


def _say_compared(compared: Compared, found: Calibration, lang: str) -> None:
    """Say how many drives there were of each class and hour, and the factors of them."""
    observed: list[Observed] = list(compared.observed)
    typer.echo(say("roads.drives", lang, count=len(observed)))
    for why, count in sorted(compared.left_out.items()):
        typer.echo(say(f"roads.left_out.{why}", lang, count=count))
    counts = Counter((each.area_class, each.hour) for each in observed)
    table = Table(*(say(f"roads.{each}", lang) for each in ("class", "hour", "count", "factor")))
    for (area, hour), count in sorted(counts.items()):
        pace = found.pace(hour).get(AreaClass(area))
        factor = "–" if pace is None else f"{pace:g}"
        table.add_row(say(f"area_class.{area}", lang), f"{hour:02}", str(count), factor)
    if counts:
        Console(soft_wrap=True, highlight=False).print(table)


def _write(file: Path, text: str) -> None:
    """Put a file in its place whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix=".making-", delete=False
    ) as beside:
        beside.write(text)
    Path(beside.name).replace(file)


def _bytes(place: Path) -> int:
    return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())
