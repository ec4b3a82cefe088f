"""From a report received to its crew assigned on a drill; danger with the planner killed, too."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.kinds import Hazard
from relight.bench.assignment import until_assigned, wait_of
from relight.bench.caller import at_home, calling
from relight.bench.findings import Finding, Number, share
from relight.bench.territory import MORNING, add_districts, one_home_per_section, wide_district
from relight.drill_run import play_here
from relight.drill_script import DrillPlan
from relight.rehearsal import rehearsal
from relight.settings import Settings
from relight.stack import Stack
from sim.drill.generate import write_events
from sim.drill.journal import only, read_journal
from store import projection
from store.engine import connect

OUTAGES, HOURS, RATE, SEED = 40, 1.5, 60.0, 5
KILLS = 6
DRAIN_HOURS = 5.0
INTO_THE_PLAN_S = 0.5


def measure() -> Finding:
    """Measure a drill of forty outages, then danger while a killed planner is awaited."""
    return Finding("drill", [*_on_a_drill(), _with_the_planner_killed()])


def _on_a_drill() -> list[dict[str, Number]]:
    rows: list[dict[str, Number]] = []
    with tempfile.TemporaryDirectory() as home:
        events, journal = Path(home) / "drill.events.jsonl", Path(home) / "journal.jsonl"
        write_events(events, OUTAGES, seed=SEED, hours=HOURS, from_hour=8)
        plan = DrillPlan(
            events, rate=RATE, seed=SEED, zone="UTC", unanswered=0.0, meters=0.0,
            drain_hours=DRAIN_HOURS, journal=journal,
        )  # fmt: skip

        def look(settings: Settings) -> None:
            engine = connect(settings.database_url or "", connections=1, name="bench")
            rows.extend(_waits_of(engine, journal))
            engine.dispose()

        play_here(plan, afterwards=look)
    return rows


def _waits_of(engine: Engine, journal: Path) -> Iterator[dict[str, Number]]:
    """Yield a row for ordinary outages and one for danger: those the drill's journal knows of."""
    told = only(read_journal(journal), "report.acknowledged")
    outages = sorted({entry["outage"] for entry in told if entry["planned"] is None})
    dangers = {outage for outage in outages if _dangerous(engine, outage)}
    for stream, some in (("ordinary", set(outages) - dangers), ("danger", dangers)):
        waits = [wait_of(engine, outage) for outage in sorted(some)]
        yield _row(stream, len(some), [wait / RATE for wait in waits if wait is not None])


def _dangerous(engine: Engine, outage: str) -> bool:
    """Tell whether what an outage first heard of was a danger."""
    with Session(engine) as session:
        events = projection.events_of(session, outage)
    taken = [event.what for event in events if event.what.kind == "reports_taken"]
    return bool(taken and taken[0].hazards)


def _with_the_planner_killed() -> dict[str, Number]:
    wide = wide_district("bk", 108.5)
    homes = [home.service_point for home in one_home_per_section(wide)]
    with rehearsal(
        house_epoch=MORNING,
        rate=1.0,
        watched=False,
        furnish=lambda settings: add_districts(settings, (wide,)),
    ) as stack:
        waits = [
            wait
            for number in range(KILLS)
            for wait in asyncio.run(_killed(stack, *homes[2 * number : 2 * number + 2]))
        ]
    return _row("danger_unplanned", KILLS, waits)


async def _killed(stack: Stack, ordinary: str, dangerous: str) -> list[float]:
    """Give the planner something to do, kill it, tell of danger; return how long that waited."""
    engine = connect(stack.settings.database_url or "", connections=1, name="bench")
    async with calling(stack.settings, 1) as caller:
        await caller.report(at_home(ordinary))
        await asyncio.sleep(INTO_THE_PLAN_S)
        await asyncio.to_thread(stack.kill, "planner")
        told = await caller.report(at_home(dangerous) | {"hazards": [Hazard.WIRE_DOWN.value]})
        waits = await until_assigned(engine, [told.outage])
    engine.dispose()
    stack.start("planner")
    await asyncio.to_thread(stack.wait_ready, "planner")
    return waits


def _row(stream: str, outages: int, waits: Sequence[float]) -> dict[str, Number]:
    shares = {f"p{each}_s": share(waits, each) for each in (50, 95)}
    row: dict[str, Number] = {"stream": stream, "outages": outages, "assigned": len(waits)}
    return row | shares | {"max_s": share(waits, 100)}
