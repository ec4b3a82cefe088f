"""Asking the database from asynchronous hands without holding up the others."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

R = TypeVar("R")


async def in_rows(engine: Engine, work: Callable[[Session], R]) -> R:
    """Do `work` in one transaction, in a thread: a database that is away blocks no one else."""

    def run() -> R:
        with Session(engine) as session, session.begin():
            return work(session)

    return await asyncio.to_thread(run)


def real_now() -> datetime:
    """Return the real time, for leases and retries only."""
    return datetime.now(UTC)
