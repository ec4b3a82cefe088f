"""How long the histories of whole lives are: outages played from first call to last callback."""

import asyncio
import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import WorkflowHistory

from relight.bench.findings import Finding, Number, share
from relight.bench.history_size import HistorySize, size_of
from relight.drill_line import HttpLine
from relight.drill_run import HEAD_START_S
from relight.drill_script import DrillPlan, Script, compose
from relight.rehearsal import clock_of, rehearsal
from relight.settings import Settings, load_settings
from sim.drill.driver import Driver
from sim.drill.generate import write_events
from sim.drill.journal import Journal
from sim.drill.pace import Pace
from sim.drill.scene import Scene, Truth
from store import histories
from store.demo.ground import CITY
from store.engine import connect

OUTAGES = 20
HOURS = 4.0
RATE = 120.0
CALLERS = 8
SEED = 7
DRAIN = timedelta(hours=30)
ARCHIVED_WITHIN_S = 60.0


def measure() -> Finding:
    """Play a morning of invented outages and measure what was archived of them."""
    with TemporaryDirectory(prefix="relight-bench-") as kept:
        events = Path(kept) / "day.events.jsonl"
        write_events(events, OUTAGES, SEED, hours=HOURS, from_hour=9, fewest=2)
        plan = DrillPlan(events=events, hours=24, callers=CALLERS, seed=SEED, zone="UTC")
        script = compose(plan, ZoneInfo(load_settings(running=False).time_zone))
        epoch = script.begins - timedelta(seconds=HEAD_START_S * RATE)
        with rehearsal(house_epoch=epoch.astimezone(UTC), rate=RATE) as stack:
            asyncio.run(_play(stack.settings, script, Path(kept) / "journal.jsonl"))
            sizes = _archived(stack.settings)
    return Finding("history", [_row(kind, found) for kind, found in sorted(sizes.items())])


async def _play(settings: Settings, script: Script, journal: Path) -> None:
    async with HttpLine(settings.api_url or "", settings) as line:
        scene = Scene(
            line=line, journal=Journal(journal, durable=False), pace=Pace(clock_of(settings)),
            truth=Truth(script.faults), seed=SEED, run=f"{datetime.now(UTC):%H%M%S}",
            district=CITY.id,
        )  # fmt: skip
        await Driver(scene, script.faults, drain=DRAIN).play()
        scene.journal.close()


def _archived(settings: Settings) -> dict[str, list[HistorySize]]:
    """Read what was archived, once every closed outage's history is there."""
    engine = connect(settings.database_url or "", connections=1, name="bench")
    latest = time.monotonic() + ARCHIVED_WITHIN_S
    with Session(engine) as session:
        while histories.missing(session) and time.monotonic() < latest:
            session.rollback()
            time.sleep(1)
    found: dict[str, list[HistorySize]] = {}
    for kind, size in _sizes(engine):
        found.setdefault(kind, []).append(size)
    engine.dispose()
    return found


def _sizes(engine: Engine) -> Iterator[tuple[str, HistorySize]]:
    with Session(engine) as session:
        for outage in histories.outages(session):
            for row in histories.of_outage(session, outage):
                text = gzip.decompress(row.body).decode()
                yield row.kind, size_of(WorkflowHistory.from_json(row.workflow_id, text))


def _row(kind: str, sizes: list[HistorySize]) -> dict[str, Number]:
    events = [size.events for size in sizes]
    return {
        "workflow": kind,
        "runs": len(sizes),
        "events_p50": int(share(events, 50)),
        "events_p95": int(share(events, 95)),
        "events_max": max(events),
        "largest_payload_bytes": max(size.largest_payload for size in sizes),
    }
