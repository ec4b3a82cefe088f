"""`relight restore`: put a backup into an empty installation, and nowhere else."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.words import say
from relight import manifest
from relight.backup import reached, summary
from relight.finish import finish
from relight.manifest import Manifest
from relight.servers.database_facts import read_facts
from relight.servers.dump_programs import DumpFailed, find_program, named, run
from relight.servers.postgis_programs import PostgisMissing
from relight.settings import Settings, SettingsRefused, load_settings
from relight.tombstones import TombstonesRefused, list_of, read
from store import forgetting, installation, migrate, restoring
from store.engine import connect
from store.forgetting import Forgotten


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("restore")
    def restore_command(
        file: Annotated[Path, typer.Argument(help="what `relight backup` wrote")],
        forgotten: Annotated[
            Path | None, typer.Option(help="whom to forget again; else the list kept here, if any")
        ] = None,
    ) -> None:
        """Put a backup into an empty installation; the worker then brings the outages back."""
        settings = load_settings()
        listed = forgotten or list_of(settings)
        reports = _reports_of(listed, settings, needed=forgotten is not None)
        try:
            held = manifest.read(file)
            with reached(settings) as url:
                again = put_back(url, file, held, reports or ())
        except (DumpFailed, PostgisMissing) as fault:
            typer.echo(str(fault), err=True)
            finish(1)
        typer.echo(summary("restore.done", file, held, settings.language))
        if reports is None:
            typer.echo(say("restore.no_list", settings.language, file=listed))
        else:
            count = again.counts["reports"] if again else 0
            typer.echo(say("restore.forgotten", settings.language, file=listed, count=count))


def _reports_of(listed: Path, settings: Settings, *, needed: bool) -> list[str] | None:
    """Read which reports must be forgotten again; None where there is no list."""
    if not needed and not listed.exists():
        return None
    try:
        return read(listed)
    except OSError as fault:
        raise SettingsRefused(f"{listed} cannot be read: {fault.strerror}.") from fault
    except TombstonesRefused as fault:
        told = say("forget.unreadable", settings.language, file=listed, line=fault.line)
        raise SettingsRefused(told) from fault


def put_back(
    url: str, file: Path, held: Manifest, forgotten: Sequence[str] = ()
) -> Forgotten | None:
    """Restore into the database at `url`, and forget again what must be; raises DumpFailed.

    The data come in one transaction. Nothing serves before those to be forgotten are.
    """
    if not migrate.knows(held.revision):
        raise DumpFailed(
            f"The backup has the schema {held.revision}, which this version does not know. "
            "Restore it with the version that wrote it, or a newer one."
        )
    engine = connect(url, connections=2, name="restore")
    try:
        _clear(engine)
        _load(url, file)
        _compare(engine, held)
        migrate.upgrade(engine)
        now = datetime.now(UTC)
        with Session(engine) as session, session.begin():
            restoring.note_restored(session, held.taken_at, now)
            at = installation.clock(session).house(now)
            again = forgetting.reapply(session, forgotten, at=at, real_now=now)
            session.execute(text("ANALYZE"))
    finally:
        engine.dispose()
    return again


def _clear(engine: Engine) -> None:
    """Refuse a database that holds anything; take empty tables of ours away."""
    full = restoring.holding(engine)
    if full:
        raise DumpFailed(
            f"This installation is not empty ({', '.join(full)}). A backup is only put into an "
            "empty one: nothing here is overwritten. Use another database or state directory."
        )
    migrate.remove(engine)


def _load(url: str, file: Path) -> None:
    major = int(read_facts(url).postgres.split(".")[0])
    program = find_program("pg_restore", major)
    address, secret = named(url)
    command: list[str | Path] = [program, "--single-transaction", "--exit-on-error", "--no-owner"]
    command += ["--no-privileges", "--no-comments", f"--dbname={address}"]
    run([*command, file], os.environ | secret)


def _compare(engine: Engine, held: Manifest) -> None:
    with engine.connect() as connection:
        found = restoring.counts(connection)
    differ = [name for name, count in held.holds.items() if found.get(name) != count]
    if differ:
        raise DumpFailed(f"What was put back is not what the backup held: {', '.join(differ)}.")
