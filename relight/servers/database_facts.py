"""What a database says about itself, asked without our schema."""

import time
from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class DatabaseFacts:
    """Versions, and how far the database's clock is from ours."""

    postgres: str
    postgis: str | None
    clock_apart_s: float


def read_facts(url: str) -> DatabaseFacts:
    """Ask the database at a SQLAlchemy address; raises psycopg.OperationalError."""
    address = url.replace("+psycopg", "", 1)
    with psycopg.connect(address, connect_timeout=5, autocommit=True) as connection:
        before = time.time()
        row = connection.execute(
            "SELECT current_setting('server_version'), extract(epoch FROM clock_timestamp()),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'postgis')"
        ).fetchone()
        middle = (before + time.time()) / 2
    assert row is not None  # noqa: S101 - the query has one row whatever the database holds
    version, clock, postgis = row
    return DatabaseFacts(str(version), postgis, float(clock) - middle)
