"""The intake transaction against one bare row, and the HTTP rate beside it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count, cycle
from random import Random
from uuid import uuid4

from sqlalchemy import Engine

from domain import ids
from domain.decide import RULES_VERSION
from domain.kinds import Channel
from domain.policy import Policy
from domain.report import ReportDraft
from relight.api_process import chosen_policy
from relight.bench.caller import at_home, calling
from relight.bench.findings import Finding, Number
from relight.bench.territory import CITY, MORNING, add_districts, homes_of, wide_district
from relight.rehearsal import rehearsal
from relight.settings import Settings
from store import intake, yardstick
from store.engine import connect

AT_ONCE = 8
ROUNDS = 4
ROUND_S = 2.0
HTTP_S = 6.0
FEEDER = f"{CITY.id}-f1-"

Once = Callable[[int, int], object]
"""Do one thing; given the number of the thread and a number that never comes again."""


def measure() -> Finding:
    """Measure reports spread over 48 feeders, and reports of one feeder."""
    wide = (wide_district("bw", 108.5), wide_district("be", 110.5))
    with rehearsal(
        house_epoch=MORNING,
        rate=1.0,
        watched=False,
        processes=("api",),
        furnish=lambda settings: add_districts(settings, wide),
    ) as stack:
        spread = [home.service_point for plan in wide for home in homes_of(plan)]
        Random(1).shuffle(spread)  # noqa: S311 - scenery, not secrets
        mixes = {
            "spread": spread,
            "one_feeder": [
                home.service_point
                for home in homes_of(CITY)
                if home.service_point.startswith(FEEDER)
            ],
        }
        rows = [_row(stack.settings, mix, homes) for mix, homes in mixes.items()]
    return Finding("intake", rows)


def _row(settings: Settings, mix: str, points: Sequence[str]) -> dict[str, Number]:
    engine = connect(settings.database_url or "", connections=AT_ONCE, name="bench")
    held = [yardstick.hold_open(settings.database_url or "") for _ in range(AT_ONCE)]
    yardstick.lay_out(engine)
    taker = Taker(engine, chosen_policy(settings), points)
    works: dict[str, Once] = {
        "driver": lambda line, _: yardstick.insert_bare(held[line], uuid4().hex, mix),
        "engine": lambda _, __: yardstick.insert(engine, uuid4().hex, mix),
        "intake": lambda _, number: taker.take(number),
    }
    rates = rates_in_turn(works, AT_ONCE)
    for connection in held:
        connection.close()
    engine.dispose()
    http = asyncio.run(_http_rate(settings, points))
    return {
        "mix": mix,
        "at_once": AT_ONCE,
        "bare_driver_rate": rates["driver"],
        "bare_engine_rate": rates["engine"],
        "intake_rate": rates["intake"],
        "ratio_to_driver": rates["intake"] / rates["driver"],
        "ratio_to_engine": rates["intake"] / rates["engine"],
        "http_rate": http,
    }


class Taker:
    """Takes reports from homes in turn, as the api does."""

    def __init__(self, engine: Engine, policy: Policy, points: Sequence[str]) -> None:
        self._engine, self._policy, self._points = engine, policy, points

    def take(self, number: int) -> None:
        """Take one report in one transaction."""
        point = self._points[number % len(self._points)]
        intake.accept(
            self._engine,
            ReportDraft(channel=Channel.PHONE, service_point_id=point),
            report_id=ids.report_id(uuid4()),
            outage_id=ids.outage_id(uuid4()),
            now=datetime.now(UTC),
            subject="bench",
            idempotency=(uuid4().hex, "0" * 64),
            policy=self._policy,
            rules_version=RULES_VERSION,
        )


def rates_in_turn(works: dict[str, Once], lines: int) -> dict[str, float]:
    """Return how often a second each is done; they take turns, so that all meet the same disk."""
    numbers = count()
    done, spent = dict.fromkeys(works, 0), dict.fromkeys(works, 0.0)
    for turn in range(ROUNDS + 1):
        for name, work in works.items():
            times, seconds = _round(work, lines, numbers)
            if turn:  # the first turn warms caches and plans
                done[name] += times
                spent[name] += seconds
    return {name: done[name] / spent[name] for name in works}


def _round(work: Once, lines: int, numbers: Iterator[int]) -> tuple[int, float]:
    ends = time.perf_counter() + ROUND_S
    counts, faults = [0] * lines, list[Exception]()

    def run(line: int) -> None:
        try:
            while time.perf_counter() < ends:
                work(line, next(numbers))
                counts[line] += 1
        except Exception as fault:  # noqa: BLE001 - raised again in the measuring thread
            faults.append(fault)

    began = time.perf_counter()
    threads = [threading.Thread(target=run, args=(line,)) for line in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(counts), time.perf_counter() - began


async def _http_rate(settings: Settings, points: Sequence[str]) -> float:
    bodies = cycle([at_home(point) for point in points])
    async with calling(settings, AT_ONCE) as caller:
        await caller.rate(bodies, AT_ONCE, 1.0)
        return await caller.rate(bodies, AT_ONCE, HTTP_S)
