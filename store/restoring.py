"""Putting a backup back: whether a database is empty, what it holds, and what is owed after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, inspect, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store import installation, migrate
from store.tables import metadata
from store.tables.restoring import LostHistoryRow, RestorationRow
from store.tables.work import OUTAGE_NUMBERS, REPORT_NUMBERS, REPORT_SEQS

SKIPPED_NUMBERS = 10_000
"""Numbers told to people after the backup was taken are not given to others."""

_TOUCHED_BY_ALL = {"changes", "installation"}
_COUNTED = ("outages", "reports", "outage_events", "callbacks", "histories", "outbox")


def holding(engine: Engine) -> list[str]:
    """Name the tables of ours that hold rows; none means that the database is empty."""
    with engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        return [
            name
            for name in sorted(metadata.tables.keys() & there - _TOUCHED_BY_ALL)
            if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{name}")'))  # noqa: S608
        ]


@dataclass(frozen=True)
class Shown:
    """What a transaction sees of a database, and the name under which a dump sees the same."""

    snapshot: str
    postgres: int
    revision: str
    house_time: datetime
    holds: dict[str, int]


@contextmanager
def shown(engine: Engine) -> Iterator[Shown]:
    """Hold one unchanging view of a migrated database open, for a dump of just that."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        version = int(connection.scalar(text("SHOW server_version_num")) or 0)
        yield Shown(
            snapshot=str(connection.scalar(text("SELECT pg_export_snapshot()"))),
            postgres=version // 10_000,
            revision=migrate.revision(connection) or "",
            house_time=installation.house_now(connection),
            holds=counts(connection),
        )


def counts(connection: Connection) -> dict[str, int]:
    """Count what a backup of this database holds, as the connection's transaction sees it."""
    found = {
        name: int(connection.scalar(select(func.count()).select_from(metadata.tables[name])) or 0)
        for name in _COUNTED
    }
    still_open = text("SELECT count(*) FROM outages WHERE closed_at IS NULL")
    return {"open_outages": int(connection.scalar(still_open) or 0), **found}


def note_restored(session: Session, taken_at: datetime, now: datetime) -> None:
    """Remember that a backup was put back, and skip the numbers given since it was taken."""
    session.add(RestorationRow(id=f"rest_{uuid4().hex}", taken_at=taken_at, restored_at=now))
    for numbers in (REPORT_NUMBERS, OUTAGE_NUMBERS, REPORT_SEQS):
        session.execute(
            text(f"SELECT setval('{numbers.name}', nextval('{numbers.name}') + :skipped)"),
            {"skipped": SKIPPED_NUMBERS},
        )


def owed(session: Session) -> bool:
    """Tell whether a backup was put back whose outages were not all brought back to work."""
    query = select(RestorationRow.id).where(RestorationRow.recovered_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def note_recovered(session: Session, now: datetime) -> None:
    """Remember that every outage was brought back to work."""
    session.execute(
        update(RestorationRow).where(RestorationRow.recovered_at.is_(None)).values(recovered_at=now)
    )


def note_lost(session: Session, outage: str, seq: int, now: datetime) -> None:
    """Remember that the histories of an outage's decisions up to an event are gone."""
    row = {"outage_id": outage, "seq": seq, "noted_at": now}
    session.execute(
        insert(LostHistoryRow)
        .values(row)
        .on_conflict_do_update(
            index_elements=["outage_id"],
            set_={"seq": func.greatest(LostHistoryRow.seq, seq)},
        )
    )


def lost_before(session: Session, outage: str) -> int:
    """Return up to which event the histories of an outage are gone; 0 when all are kept."""
    query = select(LostHistoryRow.seq).where(LostHistoryRow.outage_id == outage)
    return session.scalar(query) or 0


_LOST_CLOSED = text("""
SELECT l.outage_id FROM lost_histories l JOIN outages o ON o.id = l.outage_id
WHERE o.closed_at IS NOT NULL AND l.seq >= o.seq
""")


def lost_closed(session: Session) -> list[str]:
    """List the closed outages of whose decisions no history is left."""
    return list(session.scalars(_LOST_CLOSED))


_UNFINISHED = text("""
SELECT id FROM outages WHERE closed_at IS NULL
ORDER BY cardinality(hazards) = 0, NOT life_support, number
""")


def unfinished(session: Session) -> list[str]:
    """List every outage that is not closed: danger first, then who lives by the supply."""
    return list(session.scalars(_UNFINISHED))
