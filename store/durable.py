"""Committing first, waiting for the disk after: locks are free while the disk is awaited.

A transaction committed this way is seen by others at once; the write-ahead log keeps its order,
so whatever is made durable later takes this along. The caller is answered only after `settle`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

# For this transaction only; put it into the first statement, it costs no round trip there.
COMMIT_EARLY = "set_config('synchronous_commit', 'off', true)"
# An empty message in the log: its own commit waits until the disk has everything before it.
_SETTLE = "SELECT pg_logical_emit_message(true, 'relight', '')"


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that may say COMMIT_EARLY, and wait for the disk at its end."""
    with engine.connect() as connection:
        with connection.begin():
            yield connection
        _settle(connection)


def settle(engine: Engine) -> None:
    """Wait for the disk to have everything that has been seen so far."""
    with engine.connect() as connection:
        _settle(connection)


def _settle(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    # Outside SQLAlchemy's transaction, which would add BEGIN and COMMIT to one statement.
    driver.autocommit = True
    try:
        driver.execute(_SETTLE)
    finally:
        driver.autocommit = False


def one_question(engine: Engine) -> Engine:
    """Return the engine for single questions: no transaction around them."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
