"""`relight backup`: write the database as it is at one moment, and say what the file holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.words import say
from relight import manifest
from relight.finish import finish
from relight.manifest import Manifest
from relight.servers.dump_programs import DumpFailed, find_program, named, run
from relight.servers.postgis_programs import PostgisMissing
from relight.settings import Settings, SettingsRefused, load_settings
from relight.supervise import AlreadyRunning, Hold
from store import restoring
from store.engine import connect


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("backup")
    def backup_command(
        file: Annotated[Path | None, typer.Argument(help="where to; named by the time")] = None,
    ) -> None:
        """Write a backup of the database; Temporal needs none."""
        settings = load_settings()
        wanted = file or Path(manifest.default_name(datetime.now(UTC)))
        try:
            with reached(settings) as url:
                written = write(url, wanted)
        except (DumpFailed, PostgisMissing) as fault:
            typer.echo(str(fault), err=True)
            finish(1)
        typer.echo(summary("backup.written", wanted, written, settings.language))


@contextmanager
def reached(settings: Settings) -> Iterator[str]:
    """Give the address of the database; a private one that does not run is started meanwhile."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    from relight.stack import Stack

    try:
        with Hold(settings.state_dir):
            stack = Stack(settings)
            try:
                stack.start("postgres")
                yield stack.settings.database_url or ""
            finally:
                stack.close()
    except AlreadyRunning as fault:
        raise SettingsRefused(say("up.already_running", settings.language)) from fault


def write(url: str, file: Path) -> Manifest:
    """Dump the database at `url` to `file`; the file and its manifest appear whole or not."""
    for each in (file, manifest.manifest_of(file)):
        if each.exists():
            raise DumpFailed(f"{each} exists already; a backup never replaces another.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    engine = connect(url, connections=1, name="backup")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with restoring.shown(engine) as seen:
            taken_at = datetime.now(UTC)
            _dump(url, draft, seen)
        made = Manifest(
            taken_at=taken_at,
            house_time=seen.house_time,
            revision=seen.revision,
            postgres=seen.postgres,
            sha256=manifest.checksum(draft),
            size=draft.stat().st_size,
            holds=seen.holds,
        )
        _keep(draft)
        manifest.write(file, made)
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
        engine.dispose()
    return made


def _dump(url: str, draft: Path, seen: restoring.Shown) -> None:
    program = find_program("pg_dump", seen.postgres)
    address, secret = named(url)
    command: list[str | Path] = [
        program,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
    ]
    # Of the extensions only those we use: an image may have made others beside them.
    command += ["--extension=postgis", "--extension=pg_trgm"]
    command += [f"--snapshot={seen.snapshot}", f"--file={draft}"]
    run([*command, f"--dbname={address}"], os.environ | secret)


def _keep(file: Path) -> None:
    """Wait until the disk has the file."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def summary(key: str, file: Path, held: Manifest, language: str) -> str:
    """Return what a backup holds, in words."""
    return say(
        key,
        language,
        file=file,
        size_mb=f"{held.size / 1e6:.1f}",
        sha256=held.sha256,
        taken_at=held.taken_at.isoformat(timespec="seconds"),
        revision=held.revision,
        **held.holds,
    )
