"""A storm for the console to show: two thousand open outages and crews that move."""

import threading
import time
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any, Self

import httpx
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.place import Point
from relight.settings import Settings
from relight.token import issue
from store import installation, positions
from store.positions import Fix

OUTAGES, CREWS = 2_000, 150
PING_S = 30.0
"""How often a crew tells where it is."""
CHANGES_EACH_PING = 0.05
"""Outages that change, for each position told."""
_OWED_WITHIN_S = 120.0
_PLANNED_WITHIN_S = 180.0
_STEP_DEGREES = 0.0006

_COPY = """
INSERT INTO outages ({columns})
SELECT {values}
FROM outages o,
     (SELECT row_number() OVER () AS n, h.* FROM (
        SELECT s.at, t.id AS transformer, t.section_id AS section, sec.feeder_id AS feeder
        FROM service_points s JOIN transformers t ON t.id = s.transformer_id
        JOIN sections sec ON sec.id = t.section_id
        ORDER BY md5(s.id) LIMIT :count) h) p
WHERE o.id = :first
"""
_COPY_TASKS = """
INSERT INTO tasks ({columns})
SELECT {values} FROM tasks t, generate_series(1, :count) n WHERE t.outage_id = :first
"""
_TASKS_OTHERWISE = (
    ("id", "replace(t.id, :first, 'out_bench' || n)"),
    ("outage_id", "'out_bench' || n"),
)
_STATE = (
    "jsonb_set(replace(o.state::text, o.id, 'out_bench' || p.n)::jsonb, '{at}',"
    " jsonb_build_object('lon', ST_X(p.at), 'lat', ST_Y(p.at)))"
)
_OTHERWISE = (
    ("id", "'out_bench' || p.n"),
    ("number", "o.number + p.n"),
    ("at", "p.at"),
    ("transformer_id", "p.transformer"),
    ("section_id", "p.section"),
    ("feeder_id", "p.feeder"),
    ("clock_start", "o.clock_start - (p.n % 50) * interval '1 minute'"),
    ("arrival_deadline", "o.arrival_deadline - (p.n % 50) * interval '1 minute'"),
    ("customers_affected", "1 + p.n % 230"),
    ("life_support", "p.n % 40 = 0"),
    ("state", _STATE),
)
"""Columns in which the copies differ from the one that lives, each with its expression."""


def break_out(engine: Engine, settings: Settings) -> int:
    """Let one outage live on a board that only looks on, and lay so many like it beside it.

    Returns how many tasks the board's next plan holds: the timeline and the plan show that one.
    """
    token = {"Authorization": f"Bearer {issue(settings, 'supervisor', 'bench')}"}
    with httpx.Client(base_url=settings.api_url or "", headers=token, timeout=60) as line:
        district = line.get("/v1/map").json()["districts"][0]["id"]
        order = {"kind": "mode", "mode": "shadow", "reason": "drill"}
        told = line.post(f"/v1/boards/{district}/orders", json=order, headers={"If-Match": "*"})
        told.raise_for_status()
        first = _first(engine, line)
        _copy(engine, first)
        _report(line, _home(engine, 1))
        return _planned(line, district)


def _home(engine: Engine, nth: int) -> str:
    with engine.connect() as connection:
        query = text("SELECT id FROM service_points ORDER BY md5(id) DESC LIMIT 1 OFFSET :nth")
        return str(connection.scalar(query, {"nth": nth}))


def _report(line: httpx.Client, home: str) -> str:
    body = {"channel": "phone", "place": {"service_point_id": home}}
    told = line.post("/v1/reports", json=body)
    told.raise_for_status()
    return str(told.json()["outage"]["id"])


def _first(engine: Engine, line: httpx.Client) -> str:
    """Report an outage and wait until its work is owed."""
    outage = _report(line, _home(engine, 0))
    latest = time.monotonic() + _OWED_WITHIN_S
    while time.monotonic() < latest:
        if line.get(f"/v1/outages/{outage}").json()["tasks"]:
            return outage
        time.sleep(0.2)
    raise TimeoutError("no work is owed yet")


def _copy(engine: Engine, first: str) -> None:
    from store.tables.progress import TaskRow
    from store.tables.work import OutageRow

    given = {"first": first, "count": OUTAGES - 2}
    with engine.begin() as connection:
        for statement, row, alias, otherwise in (
            (_COPY, OutageRow, "o", dict(_OTHERWISE)),
            (_COPY_TASKS, TaskRow, "t", dict(_TASKS_OTHERWISE)),
        ):
            names = [column.name for column in row.__table__.columns]
            values = ", ".join(otherwise.get(name, f"{alias}.{name}") for name in names)
            told = statement.format(columns=", ".join(names), values=values)
            connection.execute(text(told), given)


def _planned(line: httpx.Client, district: str) -> int:
    latest = time.monotonic() + _PLANNED_WITHIN_S
    count = 0
    while time.monotonic() < latest and count < OUTAGES // 2:
        plan = line.get(f"/v1/boards/{district}").json()["latest_plan"]
        if plan is not None:
            made = line.get(f"/v1/plans/{plan['plan_hash']}").json()
            count = len(made["unassigned"]) + sum(len(each["visits"]) for each in made["routes"])
        time.sleep(1.0)
    return count


class Stream:
    """Crews that tell where they are and outages that change, `speed` times as fast as usual."""

    def __init__(self, engine: Engine, speed: float) -> None:
        self._engine, self._speed = engine, speed
        self._ends = threading.Event()
        self._dice = Random(1)  # noqa: S311 - scenery, not secrets
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.pings = 0
        with engine.connect() as connection:
            query = text("SELECT id FROM crews WHERE active ORDER BY id LIMIT :most")
            self._crews = list(connection.scalars(query, {"most": CREWS}))
            place = text("SELECT ST_X(at) AS lon, ST_Y(at) AS lat FROM outages ORDER BY md5(id)")
            places = [Point(lon=row.lon, lat=row.lat) for row in connection.execute(place)]
        self._at = dict(zip(self._crews, cycle(places), strict=False))

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and wait for what is under way."""
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        pause = PING_S / CREWS / self._speed
        begun, moment = time.monotonic(), self._now()
        for crew in cycle(self._crews):
            if self._ends.is_set():
                return
            self._move(crew, moment + timedelta(seconds=self.pings * pause * self._speed))
            self.pings += 1
            ahead = begun + self.pings * pause - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)

    def _now(self) -> datetime:
        with Session(self._engine) as session:
            return installation.house_now(session)

    def _move(self, crew: str, moment: datetime) -> None:
        at = self._at[crew]
        step = [self._dice.uniform(-_STEP_DEGREES, _STEP_DEGREES) for _ in range(2)]
        self._at[crew] = at = Point(lon=at.lon + step[0], lat=at.lat + step[1])
        with Session(self._engine) as session, session.begin():
            now = installation.house_now(session)
            positions.add(session, crew, [Fix(at, min(moment, now), "bench")], now)
            if self._dice.random() < CHANGES_EACH_PING:
                self._change(session)

    def _change(self, session: Session) -> None:
        values: dict[str, Any] = {"id": f"out_bench{self._dice.randrange(1, OUTAGES - 2)}"}
        session.execute(
            text(
                "UPDATE outages SET seq = seq + 1, report_count = report_count + 1 WHERE id = :id"
            ),
            values,
        )
