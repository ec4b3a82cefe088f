"""Locks that hold for one transaction and are named by text, not by row."""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

_TAKE = text("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(CAST(:keys AS bigint[])) k")


def numbers_of(names: Iterable[str]) -> list[int]:
    """Return the lock numbers of names in the one order in which they are taken."""
    return sorted(
        {
            int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
            for name in names
        }
    )


def take(session: Session | Connection, names: Iterable[str]) -> None:
    """Wait for all named locks; they are released when the transaction ends."""
    session.execute(_TAKE, {"keys": numbers_of(names)})
