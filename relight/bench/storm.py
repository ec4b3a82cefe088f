"""Two hundred first calls in the same moment, and a bystander district under the same load."""

import asyncio
from collections.abc import Iterator
from itertools import cycle

from relight.bench.caller import Body, Caller, at_home, at_place, calling
from relight.bench.findings import Finding, Number, share
from relight.bench.territory import CITY, MORNING, NEIGHBOUR, homes_of
from relight.rehearsal import rehearsal
from relight.settings import Settings

CALLS = 200
STORMS = 5
QUIET_CALLS = 60
PAUSE_S = 0.05


def measure() -> Finding:
    """Let storms break over sections of the city while the neighbours go on calling."""
    with rehearsal(house_epoch=MORNING, rate=1.0, watched=False) as stack:
        rows = asyncio.run(_rows(stack.settings))
    return Finding("storm", rows)


async def _rows(settings: Settings) -> list[dict[str, Number]]:
    bystanders = cycle([at_home(home.service_point) for home in homes_of(NEIGHBOUR)])
    sections = sorted({home.section for home in homes_of(CITY)})
    rows = []
    async with calling(settings, 1) as one:
        quiet = await _bystander(one, bystanders, QUIET_CALLS)
        for section in sections[:STORMS]:
            over = asyncio.Event()
            beside = asyncio.create_task(_bystander(one, bystanders, over=over))
            await asyncio.sleep(PAUSE_S)
            async with calling(settings, CALLS) as many:
                rows.append(await _storm(many, section))
            over.set()
            rows[-1] |= {
                "bystander_calls": len(found := await beside),
                "bystander_p95_s": share(found, 95),
                "bystander_quiet_p95_s": share(quiet, 95),
            }
    return rows


async def _storm(caller: Caller, section: str) -> dict[str, Number]:
    told = await caller.all_at_once(calls_of(section, CALLS))
    waits = [each.took_s for each in told]
    taken = [each for each in told if "report" in each.body]
    return {
        "section": section,
        "outages": len({each.outage for each in taken}),
        "reports": len({each.body["report"]["id"] for each in taken}),
        "p50_s": share(waits, 50),
        "p95_s": share(waits, 95),
    }


def calls_of(section: str, count: int) -> list[Body]:
    """Write calls from the five transformers of a section, every other one only with a place."""
    homes = [home for home in homes_of(CITY) if home.section == section]
    chosen = [homes[number * 7 % len(homes)] for number in range(count)]
    return [
        at_home(home.service_point) if number % 2 == 0 else at_place(*home.at)
        for number, home in enumerate(chosen)
    ]


async def _bystander(
    caller: Caller, bodies: Iterator[Body], calls: int = 0, over: asyncio.Event | None = None
) -> list[float]:
    """Call one after the other, so many times or until it is over; return the waits."""
    waits: list[float] = []
    while len(waits) < calls or (over is not None and not over.is_set()):
        waits.append((await caller.report(next(bodies))).took_s)
        await asyncio.sleep(PAUSE_S)
    return waits
