"""Bringing a database to the schema of this code, and telling whether it is there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

# Two processes started together must not migrate together.
_MIGRATION_LOCK = 7_042_001


def upgrade(engine: Engine) -> None:
    """Apply every missing migration; safe to call from several processes at once.

    The schema of a newer version lacks none of ours, and is left as it is: so one can go back.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if _is_newer(connection):
            return
        command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back to a revision, or to `base` for none at all; data is lost."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        command.downgrade(_config(connection), revision)


def remove(engine: Engine) -> None:
    """Take every table of ours away, and the note of the schema with them; data is lost."""
    with engine.connect() as connection:
        if revision(connection) is not None:
            downgrade(engine, "base")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def is_at_head(engine: Engine) -> bool:
    """Tell whether no migration is missing; that of a newer version has all of ours."""
    with engine.connect() as connection:
        if _is_newer(connection):
            return True
        done = MigrationContext.configure(connection).get_current_heads()
        return set(done) == set(ScriptDirectory.from_config(_config(connection)).get_heads())


def is_newer(engine: Engine) -> bool:
    """Tell whether a newer version has brought the database to a schema of its own."""
    with engine.connect() as connection:
        return _is_newer(connection)


def _is_newer(connection: Connection) -> bool:
    found = revision(connection)
    return found is not None and not knows(found)


def revision(connection: Connection) -> str | None:
    """Return the revision a database is at; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Tell whether this code can bring a database at a revision to its own."""
    return revision in _ours()


@cache
def _ours() -> frozenset[str]:
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return frozenset(each.revision for each in script.walk_revisions())


def check(engine: Engine) -> None:
    """Compare the tables in code with the database.

    Raises `alembic.util.exc.CommandError` naming what differs.
    """
    with engine.connect() as connection:
        command.check(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
