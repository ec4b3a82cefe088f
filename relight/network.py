"""`relight network`: check, import and export the network of a utility."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.words import say
from relight.settings import Settings, SettingsRefused, load_settings
from territory.faults import Fault
from territory.files.reading import read_network
from territory.files.records import Reading
from territory.files.writing import write_features, write_tables
from territory.inspection.places import on_earth
from territory.land import Spot
from territory.network import KINDS, Network
from territory.opendss.feeder import METRES, read_feeder

TOLD_EACH = 20
"""Faults of one kind that are printed; of the rest their number, unless all are wanted."""

tools = typer.Typer(
    name="network", help="Check, import and export a network.", no_args_is_help=True
)
Place = Annotated[Path, typer.Argument(help="directory or file: CSV, GeoJSON, or OpenDSS's .dss")]
Origin = Annotated[
    str | None, typer.Option("--origin", help="of an OpenDSS feeder: LON,LAT of its middle")
]
Unit = Annotated[str, typer.Option("--unit", help="of an OpenDSS feeder's grid: m, ft or km")]
Every = Annotated[bool, typer.Option("--all", help="print every fault, however many are alike")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(tools)


@tools.command("check")
def check_command(
    place: Place, *, every: Every = False, origin: Origin = None, unit: Unit = "m"
) -> None:
    """Say all that is wrong with a network; nothing is loaded. Exit code 1 when it is not sound."""
    settings = load_settings()
    network = _sound(place, settings, every=every, origin=origin, unit=unit)
    typer.echo(say("network.sound", settings.language, counts=counted(network, settings.language)))


@tools.command("import")
def import_command(
    place: Place, *, every: Every = False, origin: Origin = None, unit: Unit = "m"
) -> None:
    """Load a network in place of the one that is loaded; nothing changes when it is not sound."""
    from store import installation
    from store import network as networks

    settings = load_settings()
    begun = perf_counter()
    network = _sound(place, settings, every=every, origin=origin, unit=unit)
    with database(settings) as engine:
        with Session(engine) as session:
            now = installation.clock(session).house(datetime.now(UTC))
        networks.load(engine, network, now)
    typer.echo(
        say(
            "network.loaded",
            settings.language,
            counts=counted(network, settings.language),
            took_s=f"{perf_counter() - begun:.1f}",
        )
    )


@tools.command("export")
def export_command(
    place: Annotated[Path, typer.Argument(help="a directory, or one .geojson file")],
    *,
    csv: Annotated[bool, typer.Option("--csv", help="CSV tables instead of GeoJSON")] = False,
) -> None:
    """Write the network that is loaded as files that can be imported again."""
    from store import network as networks

    settings = load_settings()
    with database(settings) as engine, Session(engine) as session:
        network = networks.kept(session)
    if not network.districts:
        raise SettingsRefused(say("network.none_loaded", settings.language))
    try:
        (write_tables if csv else write_features)(network, place)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise SettingsRefused(
            say("network.not_written", settings.language, place=place, why=reason)
        ) from fault
    counts = counted(network, settings.language)
    typer.echo(say("network.exported", settings.language, place=place, counts=counts))


def counted(network: Network, language: str) -> str:
    """Say how many rows of each kind a network has, and which devices."""
    devices = Counter("tie" if row.normally_open else row.kind for row in network.devices)
    said = []
    for kind in KINDS:
        rows = network.rows(kind)
        if not rows:
            continue
        said.append(say(f"network.kind.{kind}", language, count=f"{len(rows):,}"))
        if kind == "devices":
            each = [say(f"network.device.{name}", language, count=f"{count:,}")
                    for name, count in sorted(devices.items())]  # fmt: skip
            said[-1] += f" ({', '.join(each)})"
    return ", ".join(said)


def _sound(
    place: Path, settings: Settings, *, every: bool, origin: str | None, unit: str
) -> Network:
    """Return a network that has no fault, or print its faults and end."""
    if not place.exists():
        raise SettingsRefused(say("network.no_such_file", settings.language, place=place))
    try:
        if place.suffix.lower() == ".dss":
            reading = read_feeder(place, *_placed(origin, unit, settings), settings.time_zone)
        else:
            reading = read_network(place)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise SettingsRefused(
            say("network.not_read", settings.language, place=place, why=reason)
        ) from fault
    if reading.faults:
        _tell(reading, settings.language, every=every)
        raise typer.Exit(1)
    return reading.network


def _placed(origin: str | None, unit: str, settings: Settings) -> tuple[Spot, str]:
    """Return where a feeder lies that has only a grid of its own, and the unit of that grid."""
    if origin is None:
        raise SettingsRefused(say("network.needs_origin", settings.language))
    try:
        lon, lat = map(float, origin.split(","))
    except ValueError:
        lon = lat = math.nan
    if not on_earth(lon, lat):
        raise SettingsRefused(say("network.bad_origin", settings.language))
    if unit not in METRES:
        known = ", ".join(METRES)
        raise SettingsRefused(say("network.bad_unit", settings.language, unit=unit, known=known))
    return (lon, lat), unit


def _tell(reading: Reading, language: str, *, every: bool) -> None:
    faults: dict[tuple[str, str | None], list[Fault]] = {}
    for fault in reading.faults:
        faults.setdefault((fault.code, fault.column), []).append(fault)
    for alike in faults.values():
        shown = alike if every else alike[:TOLD_EACH]
        for fault in shown:
            typer.echo(fault.told(language), err=True)
        if len(alike) > len(shown):
            typer.echo(say("network.more", language, count=len(alike) - len(shown)), err=True)
    typer.echo(say("network.not_sound", language, count=len(reading.faults)), err=True)


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """Yield the installation's database; what it refuses is said in a sentence."""
    from store.engine import connect

    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    engine = connect(settings.database_url, connections=2, name="network")
    try:
        yield engine
    except Refused as refusal:
        said = say(f"refused.{refusal.code}", settings.language, **refusal.params)
        raise SettingsRefused(said) from refusal
    except OperationalError as fault:
        raise SettingsRefused(say("network.database_unreachable", settings.language)) from fault
    finally:
        engine.dispose()
