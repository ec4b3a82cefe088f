"""The application behind a real port, and the writers that keep its rows in motion."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain import actions as a
from domain.kinds import Role
from domain.place import Point
from store import callbacks, leases, positions, projection
from store.positions import Fix
from tests.store.builders import NOW, Life, a_draft, take

POINTS = [f"jp-f{f}-s1-t1-p{p}" for f in range(1, 5) for p in range(1, 4)]


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a port of this machine; returns its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def changed(engine: Engine) -> int:
    """Count the changes noted so far."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM changes")) or 0)


def move(engine: Engine, crew: str, lon: float, lat: float) -> None:
    """Let a crew tell where it is."""
    move_all(engine, [crew], lon, lat)


def move_all(engine: Engine, crews: Iterable[str], lon: float, lat: float) -> None:
    """Let crews tell where they are, in one transaction, so that one look sees them all."""
    with Session(engine) as session, session.begin():
        for crew in crews:
            fix = Fix(Point(lon=lon, lat=lat), datetime.now(UTC), uuid4().hex)
            positions.add(session, crew, [fix], datetime.now(UTC))


class Writers:
    """Four threads that change everything there is; transactions end out of order on purpose."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.faults: list[Exception] = []
        self._over = threading.Event()
        works: tuple[Callable[[Random], None], ...] = (
            self.call, self.move, self.lend_and_page, self.repair,
        )  # fmt: skip
        self._threads = [
            threading.Thread(target=self._run, args=(work, Random(number)))
            for number, work in enumerate(works)
        ]
        self._numbers = count(1)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the writing; raises what went wrong in it."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _run(self, work: Callable[[Random], None], chance: Random) -> None:
        try:
            while not self._over.is_set():
                work(chance)
        except Exception as fault:  # noqa: BLE001 - raised again by `stop`
            self.faults.append(fault)

    @contextmanager
    def _held_open(self, chance: Random) -> Iterator[Session]:
        """Give a transaction that ends some time after its last word, or is taken back."""
        with Session(self.engine) as session:
            yield session
            time.sleep(chance.random() * 0.04)
            if chance.random() < 0.1:
                session.rollback()
            else:
                session.commit()

    def call(self, chance: Random) -> None:
        take(self.engine, a_draft(chance.choice(POINTS)), number=next(self._numbers) + 10**6)

    def move(self, chance: Random) -> None:
        crew = f"jp-crew-0{chance.randint(1, 4)}"
        place = Point(lon=106.4 + chance.random() / 5, lat=29.5 + chance.random() / 5)
        at = NOW - timedelta(seconds=10**6) + timedelta(milliseconds=next(self._numbers))
        with self._held_open(chance) as session:
            positions.add(session, crew, [Fix(place, at, "phone")], NOW)

    def lend_and_page(self, chance: Random) -> None:
        now = datetime.now(UTC)
        crew = f"jp-crew-0{chance.randint(5, 8)}"
        with self._held_open(chance) as session:
            leases.take(session, crew, "yl", now, now + timedelta(days=900))
            page = {"id": uuid4().hex, "at": now}
            session.execute(_PAGE, page)
        with self._held_open(chance) as session:
            leases.release(session, crew, "yl", now)
            session.execute(_TAKE_OVER, page)

    def repair(self, chance: Random) -> None:
        """Live an outage's life from the call to the light, a transaction for each step."""
        home, crew = "jp-f5-s1-t1-p1", "jp-crew-01"
        opened = take(self.engine, a_draft(home), number=next(self._numbers) + 2 * 10**6)
        life = Life(self.engine, opened.outage_id)
        task = next(task.id for task in life.state.tasks)
        life.act(a.Assign(task=task, crew=crew, epoch=1), role=Role.BOARD)
        self._project(life, chance)
        for what in (
            a.Depart(task=task),
            a.Arrive(task=task, position=life.state.at),
            a.BeginWork(task=task, safety_officer="sam"),
            a.Restore(task=task),
        ):
            life.act(what, role=Role.CREW, subject=f"{crew}-leader", crew=crew)
            self._project(life, chance)
        with Session(self.engine) as session, session.begin():
            callbacks.open_for(session, life.state.id, 1, NOW, life.policy)

    def _project(self, life: Life, chance: Random) -> None:
        with Session(self.engine) as session, session.begin():
            projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)
            time.sleep(chance.random() * 0.04)


_PAGE = text("""
INSERT INTO pages (id, dedup_key, district_id, ladder, rung, to_role, body, at, known_at)
VALUES (:id, :id, 'jp', 'arrival', 50, 'dispatcher', '{}', :at, :at)
""")
_TAKE_OVER = text("UPDATE pages SET acked_at = :at, acked_by = 'dora' WHERE id = :id")
