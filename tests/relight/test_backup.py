"""What a backup holds, and which ones are put back where."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from relight import backup, manifest, restore
from relight.servers.dump_programs import DumpFailed, find_program, named
from relight.tombstones import line_of
from store import migrate, photos, restoring
from store.forgetting import Tombstone
from tests.conftest import MakeDatabase
from tests.store.builders import a_draft, a_kept_picture, a_photo, take

COUNTED = ("service_points", "crews", "outages", "reports", "outbox")


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in COUNTED
        }


@pytest.fixture
def empty(make_database: MakeDatabase) -> Iterator[Engine]:
    """A migrated database that holds nothing."""
    engine = create_engine(make_database())
    yield engine
    engine.dispose()


@pytest.fixture
def file(own_demo_engine: Engine, tmp_path: Path) -> Path:
    """A backup of a demo database with one report."""
    told = take(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        photos.keep(session, a_photo(told.outage_id or ""), a_kept_picture(b"\xff\x00\n"))
    written = tmp_path / "one.dump"
    backup.write(address(own_demo_engine), written)
    return written


def test_what_is_put_back_is_what_was_there(
    own_demo_engine: Engine, file: Path, empty: Engine
) -> None:
    held = manifest.read(file)
    restore.put_back(address(empty), file, held)
    with Session(empty) as session:
        owed = restoring.owed(session)
        number = session.scalar(text("SELECT nextval('report_numbers')"))
        pictures = list(photos.check(session))
    with own_demo_engine.connect() as connection:
        next_there = connection.scalar(text("SELECT nextval('report_numbers')"))

    assert counts(empty) == counts(own_demo_engine)
    assert (held.holds["reports"], held.holds["open_outages"]) == (1, 1)
    assert datetime.now(UTC) - held.taken_at < timedelta(minutes=10)
    assert [state for _, state in pictures] == ["holds"]
    assert owed
    assert number > next_there + restoring.SKIPPED_NUMBERS
    assert migrate.is_at_head(empty)
    migrate.check(empty)


def test_only_an_empty_database_takes_a_backup(own_demo_engine: Engine, file: Path) -> None:
    before = counts(own_demo_engine)
    with pytest.raises(DumpFailed, match=r"not empty .*service_points"):
        restore.put_back(address(own_demo_engine), file, manifest.read(file))

    assert counts(own_demo_engine) == before


def test_a_damaged_file_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(DumpFailed, match="checksum"):
        manifest.read(file)
    file.write_bytes(whole)
    manifest.read(file)
    manifest.manifest_of(file).unlink()
    with pytest.raises(DumpFailed, match="cannot be read"):
        manifest.read(file)


def test_a_schema_of_the_future_is_refused(file: Path, empty: Engine) -> None:
    newer = manifest.read(file).model_copy(update={"revision": "9999"})
    with pytest.raises(DumpFailed, match="does not know"):
        restore.put_back(address(empty), file, newer)

    assert migrate.is_at_head(empty)


def test_a_backup_that_fails_half_way_leaves_the_database_empty(file: Path, empty: Engine) -> None:
    held = manifest.read(file)
    cut = file.with_name("cut.dump")
    cut.write_bytes(file.read_bytes()[: held.size * 2 // 3])
    with pytest.raises(DumpFailed, match="pg_restore"):
        restore.put_back(address(empty), cut, held)

    assert restoring.holding(empty) == []
    restore.put_back(address(empty), file, held)


def test_a_backup_never_replaces_another(own_demo_engine: Engine, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(DumpFailed, match="exists already"):
        backup.write(address(own_demo_engine), file)

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()].count(file.name) == 1


def test_nobody_else_can_read_a_backup(file: Path) -> None:
    for each in (file, manifest.manifest_of(file)):
        assert each.stat().st_mode & 0o077 == 0


def test_the_password_is_no_word_of_a_command() -> None:
    bare, secret = named("postgresql+psycopg://relight:p%40ss@db:5433/night?sslmode=require")

    assert bare == "postgresql://relight@db:5433/night?sslmode=require"
    assert secret == {"PGPASSWORD": "p@ss"}


def test_a_program_of_another_version_is_not_used() -> None:
    with pytest.raises(DumpFailed, match="postgresql-client-7"):
        find_program("pg_dump", 7)


def test_whoever_asked_to_be_forgotten_since_the_backup_is_forgotten_again(
    own_demo_engine: Engine, empty: Engine, tmp_path: Path
) -> None:
    report = take(own_demo_engine, a_draft(reporter_name="Li", reporter_phone="13912345678"))
    written = tmp_path / "night.dump"
    backup.write(address(own_demo_engine), written)
    listed = tmp_path / "forgotten.jsonl"
    listed.write_text(line_of(Tombstone(report.report_id, datetime.now(UTC), "asked")) + "\n")

    environment = os.environ | {
        "RELIGHT_DATABASE_URL": address(empty),
        "RELIGHT_STATE_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "relight", "restore", str(written)]
    wrong = subprocess.run(
        [*command, "--forgotten", str(written)], env=environment, capture_output=True, check=False
    )
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert wrong.returncode == 2
    assert f"as {listed} says: 1 reports" in told.stdout
    with empty.connect() as connection:
        name, gone = connection.execute(
            text("SELECT reporter_name, forgotten_at FROM reports")
        ).one()
    assert name is None
    assert gone is not None


def test_a_restore_without_a_list_of_the_forgotten_says_what_to_do(
    file: Path, empty: Engine, tmp_path: Path
) -> None:
    environment = os.environ | {
        "RELIGHT_DATABASE_URL": address(empty),
        "RELIGHT_STATE_DIR": str(tmp_path / "new"),
    }
    told = subprocess.run(
        [sys.executable, "-m", "relight", "restore", str(file)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "relight forget --again" in told.stdout
