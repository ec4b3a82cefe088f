"""One row and nothing else: what `relight bench` holds the intake transaction against."""

from psycopg import Connection as DriverConnection
from sqlalchemy import Engine, text

_TABLE = "CREATE TABLE IF NOT EXISTS yardstick (id text PRIMARY KEY, at timestamptz, body text)"
_ROW = "INSERT INTO yardstick (id, at, body) VALUES ({}, now(), {})"
_BY_ENGINE = text(_ROW.format(":id", ":body"))
_BY_DRIVER = _ROW.format("%s", "%s").encode()


def lay_out(engine: Engine) -> None:
    """Make the table; it is no part of the schema and lives in a private database only."""
    with engine.begin() as connection:
        connection.execute(text(_TABLE))


def insert(engine: Engine, row_id: str, body: str) -> None:
    """Insert one row by the same engine that intake uses, in a transaction of its own."""
    with engine.begin() as connection:
        connection.execute(_BY_ENGINE, {"id": row_id, "body": body})


def insert_bare(connection: DriverConnection, row_id: str, body: str) -> None:
    """Insert one row by the driver alone, on a connection held open that commits each time."""
    connection.execute(_BY_DRIVER, (row_id, body))


def hold_open(url: str) -> DriverConnection:
    """Open such a connection to the database an engine's address names."""
    return DriverConnection.connect(url.replace("+psycopg", ""), autocommit=True)
