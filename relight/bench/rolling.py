"""Rolling days: a busy and an overloaded turn lived through under each strategy."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from os import cpu_count
from statistics import median
from time import perf_counter

from domain.measures import share
from domain.policy import Policy
from relight.bench.findings import Finding, Number
from relight.bench.findings import share as percentile
from relight.packs import read_policy
from relight.settings import CODE, load_settings
from relight.sim_ground import lay
from sim.chance import rates
from sim.ground import Ground
from sim.house.strategies import STRATEGIES
from sim.rolling import BUSY, OVERLOAD, USUAL, Day, Load, live, rolling

DAY = date(2007, 7, 2)
SEEDS = (101, 102, 103, 104)
"""Seeds that nothing was tried with: they are for measuring only."""

STANDBY = {"planner", "first_come_standby"}
"""Ways in which idle crews wait where the desk tells them; in the others they stay in place."""
WAYS = ("planner", "planner_in_place", "first_come", "priority", "first_come_standby")
Played = dict[str, list[tuple[Day, float]]]


def measure(
    seeds: Sequence[int] = SEEDS, loads: Sequence[Load] = (USUAL, BUSY, OVERLOAD)
) -> Finding:
    """Live through every day under every strategy, in as many processes as there are processors."""
    keep = load_settings(running=False).state_dir / "sim"
    ground = lay("generated", rates.REPAIRS_A_YEAR, None, DAY.year, keep)
    policy = read_policy(CODE / "policies" / "state_grid_ceiling.toml")
    days = [(load, name, seed) for load in loads for name in WAYS for seed in seeds]
    context = get_context("spawn")
    with ProcessPoolExecutor(cpu_count(), mp_context=context, initializer=_settle,
                             initargs=(ground, policy)) as pool:  # fmt: skip
        lived = list(pool.map(_live, *zip(*days, strict=True)))
    rows = []
    for load in loads:
        played: Played = {name: [] for name in WAYS}
        for (each, name, _), day in zip(days, lived, strict=True):
            if each == load:
                played[name].append(day)
        rows += [_row(load, name, played) for name in WAYS]
    return Finding("rolling", rows)


_ground: list[tuple[Ground, Policy]] = []


def _settle(ground: Ground, policy: Policy) -> None:
    """Keep in this process what every day of it is lived on."""
    _ground[:] = [(ground, policy)]


def _live(load: Load, name: str, seed: int) -> tuple[Day, float]:
    ground, policy = _ground[0]
    began = perf_counter()
    strategy = next(each for each in STRATEGIES if name.startswith(each))
    day = live(rolling(ground, policy, load, seed, DAY, standby=name in STANDBY), strategy)
    return day, perf_counter() - began


def _row(load: Load, name: str, played: Played) -> dict[str, Number]:
    """Sum one strategy's days up; ratios are of days with the same seed."""
    days = [day for day, _ in played[name]]

    def against(other: str) -> list[float]:
        return [day.cost / base.cost for day, (base, _) in zip(days, played[other], strict=True)]

    took = [seconds for day in days for seconds in day.plan_s]
    first = against("first_come")
    gained = [
        100 * (day.on_time / day.orders - base.on_time / base.orders)
        for day, (base, _) in zip(days, played["first_come"], strict=True)
    ]
    return {
        "load": f"{load.faults} / {load.crews} / {load.hours:g} h",
        "strategy": name,
        "cost": median(day.cost for day in days),
        "to_first_come": median(first),
        "to_priority": median(against("priority")),
        "each_to_first_come": " ".join(f"{each:.2f}" for each in first),
        "on_time": share(sum(day.on_time for day in days), sum(day.orders for day in days)),
        "points": median(gained),
        "unserved": sum(day.unserved for day in days),
        "travel_min": median(day.travel_min for day in days),
        "plans": sum(day.plans for day in days),
        "plan_p50_s": percentile(took, 50),
        "plan_p95_s": percentile(took, 95),
        "seconds": sum(lived for _, lived in played[name]),
    }
