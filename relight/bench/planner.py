"""The planner on invented districts: its time, and its cost beside first come, first served."""

import time
from datetime import datetime, timedelta
from random import Random

from domain.kinds import AreaClass, TaskKind
from relight.bench.findings import Finding, Number
from relight.bench.nearest import first_come
from relight.bench.territory import MORNING
from routing.inspection import check
from routing.plan_input import SEARCH
from routing.planner import plan
from routing.snapshot import Crew, Snapshot, Stop, Task

SIZES = ((50, 10), (200, 30))
SEEDS = (1, 2, 3)
# As a board plans in service, and as somebody with time may.
LIMITS = {"board": SEARCH, "patient": Stop()}
PROMISE_MIN = {AreaClass.URBAN: 45, AreaClass.RURAL: 90, AreaClass.REMOTE: 120}
RINGS_DEG = {AreaClass.URBAN: 0.05, AreaClass.RURAL: 0.11, AreaClass.REMOTE: 0.2}


def measure() -> Finding:
    """Plan districts of two sizes, several of each, within each limit."""
    rows = [_row(size, seed, limits) for size in SIZES for limits in LIMITS for seed in SEEDS]
    return Finding("planner", rows)


def _row(size: tuple[int, int], seed: int, limits: str) -> dict[str, Number]:
    snapshot = invent(*size, seed)
    began = time.perf_counter()
    made = plan(snapshot, stop=LIMITS[limits])
    took = time.perf_counter() - began
    simple = first_come(snapshot)
    return {
        "tasks": size[0],
        "crews": size[1],
        "seed": seed,
        "limits": limits,
        "seconds": took,
        "stop": made.stop_cause.value,
        "cost": made.cost.total,
        "first_come_cost": simple.total,
        "cost_ratio": made.cost.total / simple.total,
        "left_over": len(made.unassigned),
        "faults": len(check(snapshot, made)),
    }


def invent(tasks: int, crews: int, seed: int) -> Snapshot:
    """Invent a stormy district: reports of the last half hour, crews spread over it."""
    chance = Random(seed)  # noqa: S311 - scenery, not secrets
    return Snapshot(
        at=MORNING,
        district="bench",
        tasks=tuple(_task(chance, number) for number in range(tasks)),
        crews=tuple(_crew(chance, number) for number in range(crews)),
    )


def _task(chance: Random, number: int) -> Task:
    area = chance.choices(list(RINGS_DEG), (6, 3, 1))[0]
    reach = RINGS_DEG[area]
    released = MORNING - timedelta(minutes=chance.uniform(0, 30))
    danger = chance.random() < 0.03
    return Task(
        id=f"t{number:03d}",
        outage_id=f"o{number:03d}",
        kind=TaskKind.MAKE_SAFE if danger else TaskKind.REPAIR,
        lon=106.55 + chance.uniform(-reach, reach),
        lat=29.56 + chance.uniform(-reach, reach),
        area_class=area,
        released_at=released,
        deadline=_promise(released, area),
        danger=danger,
        skills=("cable",) if chance.random() < 0.1 else ("repair",),
        work_s=chance.choice((1200, 1800, 2700, 3600)),
        customers=min(2000, int(chance.paretovariate(0.8))),
    )


def _promise(released: datetime, area: AreaClass) -> datetime:
    return released + timedelta(minutes=PROMISE_MIN[area])


def _crew(chance: Random, number: int) -> Crew:
    return Crew(
        id=f"c{number:02d}",
        lon=106.55 + chance.uniform(-0.08, 0.08),
        lat=29.56 + chance.uniform(-0.08, 0.08),
        position_at=MORNING,
        skills=("repair", "cable") if number % 3 == 0 else ("repair",),
        shift_start=MORNING - timedelta(hours=2),
        shift_end=MORNING + timedelta(hours=6.5),
        duty_left_s=6 * 3600,
    )
