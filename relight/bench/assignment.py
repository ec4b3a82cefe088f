"""From a report received to its crew assigned, by a board in auto mode."""

import asyncio
import time
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from relight.bench.caller import Caller, at_home, calling
from relight.bench.findings import Finding, Number, share
from relight.bench.territory import MORNING, add_districts, one_home_per_section, wide_district
from relight.rehearsal import rehearsal
from relight.settings import Settings
from store import projection
from store.engine import connect

STEADY, STEADY_EVERY_S = 60, 0.5
BURST = 40
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.5


def measure() -> Finding:
    """Measure a steady stream in one district and a burst in another, both with forty crews."""
    calm, wild = wide_district("bs", 108.5), wide_district("bb", 110.5)
    with rehearsal(
        house_epoch=MORNING,
        rate=1.0,
        watched=False,
        furnish=lambda settings: add_districts(settings, (calm, wild)),
    ) as stack:
        homes = {
            plan.id: [home.service_point for home in one_home_per_section(plan)]
            for plan in (calm, wild)
        }
        rows = [
            asyncio.run(_row(stack.settings, "steady", homes[calm.id][:STEADY], STEADY_EVERY_S)),
            asyncio.run(_row(stack.settings, "burst", homes[wild.id][:BURST], 0.0)),
        ]
    return Finding("assignment", rows)


async def _row(
    settings: Settings, stream: str, points: Sequence[str], every_s: float
) -> dict[str, Number]:
    engine = connect(settings.database_url or "", connections=2, name="bench")
    async with calling(settings, len(points)) as caller:
        outages = await _call(caller, points, every_s)
    waits = await until_assigned(engine, outages)
    engine.dispose()
    return {
        "stream": stream,
        "outages": len(set(outages)),
        "assigned": len(waits),
        "p50_s": share(waits, 50),
        "p95_s": share(waits, 95),
        "max_s": share(waits, 100),
    }


async def _call(caller: Caller, points: Sequence[str], every_s: float) -> list[str]:
    """Report one outage per home, each at its time whatever became of those before."""
    calls = []
    for point in points:
        calls.append(asyncio.create_task(caller.report(at_home(point))))
        await asyncio.sleep(every_s)
    return [told.outage for told in await asyncio.gather(*calls)]


async def until_assigned(engine: Engine, outages: Sequence[str]) -> list[float]:
    """Return the seconds each outage waited, by its own events; those still waiting are absent."""
    latest = time.monotonic() + PATIENCE_S
    waits: dict[str, float] = {}
    while len(waits) < len(outages) and time.monotonic() < latest:
        for outage in outages:
            if outage not in waits and (wait := wait_of(engine, outage)) is not None:
                waits[outage] = wait
        await asyncio.sleep(LOOK_EVERY_S)
    return list(waits.values())


def wait_of(engine: Engine, outage: str) -> float | None:
    """Return how long an outage waited for its first crew, if it has one."""
    with Session(engine) as session:
        events = projection.events_of(session, outage)
    received = [event.what.clock_start for event in events if event.what.kind == "opened"]
    assigned = [event.at for event in events if event.what.kind == "task_assigned"]
    if not (received and assigned):
        return None
    return (assigned[0] - received[0]).total_seconds()
