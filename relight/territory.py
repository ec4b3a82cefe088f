"""`relight territory`: invent a land, import a map file, say what is loaded."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.words import say
from relight.road_engines import make_roads
from relight.settings import Settings, SettingsRefused, load_settings
from territory.generate.sizes import SIZES, SizeName
from territory.land import Land

tools = typer.Typer(
    name="territory", help="Invent a territory, import one, show it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(tools)


@tools.command("generate")
def generate_command(
    out: Annotated[Path, typer.Option(help="the .osm.pbf file to write")],
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same land")] = 1,
    size: Annotated[str, typer.Option(help="full, or small for a trial")] = "full",
) -> None:
    """Invent a land and write it as a map file."""
    from territory.generate import generate
    from territory.osm import read_land

    settings = load_settings()
    language = settings.language
    wanted = _size(size, language)
    screen, begun = _screen(), perf_counter()
    with refusals(language), screen.status(say("territory.generating", language)):
        generate(seed, out, wanted)
        land = read_land(out)
    _show_land(screen, land, language)
    seconds = f"{perf_counter() - begun:.1f}"
    screen.print(say("territory.generated", language, file=escape(str(out)), seconds=seconds))


@tools.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="a map file: .osm.pbf")],
) -> None:
    """Load a map file and a network laid over it; nothing changes when it is refused."""
    from relight.ground import lay, layout_for, settle
    from relight.network import counted
    from store import installation
    from territory.osm import read_land

    settings = load_settings()
    language = settings.language
    screen, begun = _screen(), perf_counter()
    with opened(settings) as engine, refusals(language):
        with screen.status(say("territory.reading", language, file=escape(str(file)))):
            land = read_land(file)
        _show_land(screen, land, language)
        with Session(engine) as session:
            now = installation.clock(session).house(datetime.now(UTC))
        with screen.status(say("territory.laying", language)):
            network = lay(land, layout_for(engine, land, settings), now)
        screen.print(counted(network, language))
        if land.streets:
            with screen.status(say("territory.roads", language)):
                make_roads(settings, file)
        with screen.status(say("territory.loading", language)):
            settle(engine, land, network, now)
    seconds = f"{perf_counter() - begun:.1f}"
    screen.print(say("territory.imported", language, name=escape(land.name), seconds=seconds))


@tools.command("show")
def show_command() -> None:
    """Say which land is loaded, where it comes from and what it holds."""
    from store import land as lands

    settings = load_settings()
    language = settings.language
    with opened(settings) as engine, Session(engine) as session:
        sheet = lands.sheet(session)
        if sheet is None:
            typer.echo(say("territory.none", language))
            return
        counts = lands.counts(session)
    table = _sheet_table(sheet.name, sheet.source, sheet.attribution, sheet.digest, language)
    for what, number in counts._asdict().items():
        table.add_row(say(f"territory.{what}", language), f"{number:,}")
    table.add_row(say("territory.bounds", language), " ".join(f"{x:.5f}" for x in sheet.bounds))
    table.add_row(say("territory.loaded_at", language), f"{sheet.loaded_at:%F %T} UTC")
    _screen().print(table)


def _size(told: str, language: str) -> SizeName:
    for size in SIZES:
        if size == told:
            return size
    raise SettingsRefused(say("territory.no_such_size", language, size=told, sizes=list(SIZES)))


def _show_land(screen: Console, land: Land, language: str) -> None:
    table = _sheet_table(land.name, land.source, land.attribution, land.digest, language)
    for what in ("streets", "surfaces", "courses", "settlements"):
        things = getattr(land, what)
        kinds = Counter(each.kind for each in things).most_common()
        detail = ", ".join(f"{say(f'territory.kind.{kind}', language)} {n:,}" for kind, n in kinds)
        table.add_row(say(f"territory.{what}", language), f"{len(things):,}  ({detail})")
    screen.print(table)


def _sheet_table(name: str, source: str, attribution: str, digest: str, language: str) -> Table:
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    told = {"name": name, "source": source, "attribution": attribution, "digest": digest[:12]}
    for what, value in told.items():
        table.add_row(say(f"territory.{what}", language), escape(value))
    return table


def _screen() -> Console:
    return Console(soft_wrap=True, highlight=False)


@contextmanager
def refusals(language: str) -> Iterator[None]:
    """Say a refusal in words instead of letting it through."""
    try:
        yield
    except Refused as refusal:
        raise SettingsRefused(
            say(f"refused.{refusal.code}", language, **refusal.params)
        ) from refusal


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """Yield the database, migrated and answering, or say why not."""
    from store.engine import connect
    from store.migrate import is_at_head

    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    engine = connect(settings.database_url, connections=2, name="territory")
    try:
        if not is_at_head(engine):
            raise SettingsRefused(say("territory.not_migrated", settings.language))
        yield engine
    except OperationalError as fault:
        raise SettingsRefused(say("territory.no_database", settings.language)) from fault
    finally:
        engine.dispose()
