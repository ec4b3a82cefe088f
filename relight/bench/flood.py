"""Twenty times more reports than can be taken, and dispatching and danger in the midst of them."""

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle
from json import dumps
from random import Random

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from relight.bench.caller import at_home, calling
from relight.bench.desk import Waits, at_work
from relight.bench.findings import Finding, Number, share
from relight.bench.flood_line import Crowd, Heard, send
from relight.bench.territory import CITY, MORNING, NEIGHBOUR, homes_of
from relight.rehearsal import rehearsal
from relight.settings import Settings
from relight.token import issue
from store import outbox
from store.demo.ground import TerritoryPlan
from store.engine import connect

TIMES = 20
CROWDS = 2
CALLERS = 3_000
CAPACITY_LINES, CAPACITY_S = 8, 8.0
TURNS, TURN_S = 4, 12.0
DANGER_SHARE = 1 / 33
"""How many of the reports that can be taken tell of danger, as in an invented storm."""
SETTLED_WITHIN_S = 120.0
PAUSE_S = 3.0
CALM_S = 20.0


def measure() -> Finding:
    """Measure how much intake can take, then dispatching in quiet and in a flood, in turns.

    The machine's own pace changes from one half minute to the next; what is taken in turns and
    counted together is judged under the same weather.
    """
    with rehearsal(house_epoch=MORNING, rate=1.0, watched=False) as stack:
        rows = asyncio.run(_rows(stack.settings))
    return Finding("flood", rows)


async def _rows(settings: Settings) -> list[dict[str, Number]]:
    engine = connect(settings.database_url or "", connections=1, name="bench")
    async with calling(settings, 8) as caller:
        # What will be called about is open and planned already: the flood is calls, not outages.
        await caller.all_at_once([at_home(point) for point in _one_per_section(CITY)])
        told = await caller.all_at_once([at_home(point) for point in _one_per_section(NEIGHBOUR)])
        outages = [each.outage for each in told]
    await _settled(engine)
    capacity = await send(_crowd(settings, "capacity", CAPACITY_S, lines=CAPACITY_LINES))
    rate = len(capacity.took_s) / capacity.seconds
    quiet, loud, floods = Waits(), Waits(), []
    for turn in range(TURNS):
        await _settled(engine)
        await asyncio.sleep(CALM_S)
        quiet.add(await _watched(settings, outages, turn, 0.0))
        each = rate * TIMES / CROWDS
        crowds = [send(_crowd(settings, f"{turn}-{n}", TURN_S, each)) for n in range(CROWDS)]
        flood, waits = await asyncio.gather(
            asyncio.gather(*crowds), _watched(settings, outages, turn, rate * DANGER_SHARE)
        )
        loud.add(waits)
        floods.append(flood)
    engine.dispose()
    return [_row("quiet", quiet, [[capacity]]), _row("flood", loud, floods)]


def _one_per_section(plan: TerritoryPlan) -> list[str]:
    return [home.service_point for home in {h.section: h for h in homes_of(plan)}.values()]


async def _watched(settings: Settings, outages: list[str], turn: int, danger_rate: float) -> Waits:
    """Let the desk work, and people report danger, for as long as one turn lasts."""
    points = [home.service_point for home in homes_of(CITY)]
    Random(2 + turn).shuffle(points)  # noqa: S311 - scenery, not secrets
    danger = cycle([{**_said(point), "hazards": ["wire_down"]} for point in points])
    async with at_work(settings) as desk:
        return await desk.work(TURN_S, outages, danger, danger_rate)


def _crowd(
    settings: Settings, name: str, seconds: float, rate: float | None = None, lines: int = 1_500
) -> Crowd:
    """Make a crowd of customers at their homes all over the city, each signed in."""
    points = [home.service_point for home in homes_of(CITY)]
    Random(name).shuffle(points)  # noqa: S311 - scenery, not secrets
    return Crowd(
        host=settings.api_host,
        port=settings.api_port or 0,
        tokens=[issue(settings, "customer", f"crowd-{name}-{n}") for n in range(CALLERS)],
        bodies=[dumps(_said(point)) for point in points],
        seconds=seconds,
        rate=rate,
        lines=lines,
    )


def _said(point: str) -> dict[str, object]:
    return {**at_home(point), "channel": "app"}


async def _settled(engine: Engine) -> None:
    """Wait until what was reported has reached its outages, and a little longer."""
    latest = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < latest:
        with Session(engine) as session:
            waiting = sum(kind.pending for kind in outbox.depth(session))
        if not waiting:
            break
        await asyncio.sleep(PAUSE_S / 3)
    await asyncio.sleep(PAUSE_S)


def _row(state: str, waits: Waits, turns: Sequence[Sequence[Heard]]) -> dict[str, Number]:
    seconds = sum(max(crowd.seconds for crowd in turn) for turn in turns)
    crowds = [crowd for turn in turns for crowd in turn]
    taken = [wait for crowd in crowds for wait in crowd.took_s]
    turned = [wait for crowd in crowds for wait in crowd.turned_away_s]
    return {
        "state": state,
        "offered_rate": sum(crowd.offered for crowd in crowds) / seconds,
        "sent_rate": sum(crowd.sent for crowd in crowds) / seconds,
        "taken_rate": len(taken) / seconds,
        "turned_away_rate": len(turned) / seconds,
        "broken": sum(crowd.broken for crowd in crowds),
        "taken_p95_s": share(taken, 95),
        "turned_away_p95_s": share(turned, 95),
        "actions": len(waits.actions),
        "action_p95_s": share(waits.actions, 95),
        "look_p95_s": share(waits.looks, 95),
        "danger_sent": waits.danger_sent,
        "danger_taken": len(waits.danger),
        "danger_p95_s": share(waits.danger, 95),
        "danger_max_s": share(waits.danger, 100),
        "refused": len(waits.refused),
    }
