"""The planner against others in one run, on the same invented storms and by the same prices."""

import time
from math import log
from random import Random
from statistics import mean

import numpy as np

from domain.kinds import TaskKind
from relight.bench.findings import Finding, Number
from relight.bench.opponents import OPPONENTS, price_of
from relight.bench.planner import invent
from relight.instance import PRICES
from routing.budget import Budget
from routing.danger import commit
from routing.planner import warm_up
from routing.problem import Problem, build
from routing.search import search
from routing.snapshot import UNCOUNTED, Snapshot, Stop
from routing.start import start_routes
from routing.travel import travel_of

OURS, LONG = "Relight", "Relight, 12 s"
SEEDS = (101, 102, 103)
SIZES = ((200, 30, 2.0, SEEDS), (1000, 100, 10.0, SEEDS[:2]))
"""Orders, crews, the seconds each planner has, and the storms."""
LONG_TIMES = 6
OF_SMALL = frozenset({"VROOM", "PyVRP"})
"""Who wants a matrix, or a set of skills, for every crew: raced on the smaller size only."""
WEIGHTS, SHARES = (1.0, 3.0, 10.0), (70, 20, 10)
FIRST_SIZES = ((50, 10), (100, 15), (200, 30), (500, 60), (1000, 100))


def measure() -> Finding:
    """Race on storms of two sizes, each planner for as long; the smaller also against ourselves."""
    warm_up()
    rows: list[dict[str, Number]] = []
    for tasks, crews, seconds, seeds in SIZES:
        small = (tasks, crews) == SIZES[0][:2]
        others = [name for name in OPPONENTS if small or name not in OF_SMALL]
        limits = dict.fromkeys((*others, OURS), seconds)
        if small:
            limits[LONG] = seconds * LONG_TIMES
        prices: dict[str, list[float]] = {name: [] for name in limits}
        for seed in seeds:
            problem = problem_of(storm(tasks, crews, seed))
            for name, limit in limits.items():
                prices[name].append(_price(problem, name, limit))
        size: dict[str, Number] = {"tasks": tasks, "crews": crews}
        rows += [size | _row(name, limits[name], prices) for name in limits]
    return Finding("race", rows)


def _price(problem: Problem, name: str, seconds: float) -> float:
    if name in OPPONENTS:
        return price_of(problem, OPPONENTS[name](problem, seconds))
    return _ours(problem, seconds)


def _row(name: str, seconds: float, prices: dict[str, list[float]]) -> dict[str, Number]:
    ratios = [ours / theirs for ours, theirs in zip(prices[OURS], prices[name], strict=True)]
    return {
        "planner": name,
        "seconds": seconds,
        "cost": mean(prices[name]),
        "ours_to_it": mean(ratios),
        "ours_to_it_worst": max(ratios),
    }


def measure_first() -> Finding:
    """Time the first plan of storms that grow, with the exponent of that growth."""
    warm_up()
    rows: list[dict[str, Number]] = []
    for tasks, crews in FIRST_SIZES:
        snapshot, took = storm(tasks, crews, SEEDS[0]), list[tuple[float, float]]()
        for _ in range(7):
            began = time.perf_counter()
            problem = problem_of(snapshot)
            built = time.perf_counter()
            start_routes(problem, None, Budget(Stop()))
            took.append((built - began, time.perf_counter() - built))
        best = [min(times) for times in zip(*took, strict=True)]
        rows.append({"tasks": tasks, "crews": crews, "built_s": best[0], "first_plan_s": best[1]})
    sizes = [log(float(row["tasks"])) for row in rows]
    slope = float(np.polyfit(sizes, [log(float(row["first_plan_s"])) for row in rows], 1)[0])
    whole = [log(float(row["first_plan_s"]) + float(row["built_s"])) for row in rows]
    last: dict[str, Number] = {
        "growth": slope,
        "growth_with_build": float(np.polyfit(sizes, whole, 1)[0]),
    }
    return Finding("first_plan", [row | last for row in rows])


def storm(tasks: int, crews: int, seed: int) -> Snapshot:
    """Return an invented storm without danger, priced by lateness, drives and what is left out.

    Orders weigh 1, 3 or 10.
    """
    made, chance = invent(tasks, crews, seed), Random(seed)  # noqa: S311 - scenery, not secrets
    plain = {"danger": False, "kind": TaskKind.REPAIR}
    weights = chance.choices(WEIGHTS, SHARES, k=tasks)
    calm = tuple(
        task.model_copy(update=plain | {"weight": weight})
        for task, weight in zip(made.tasks, weights, strict=True)
    )
    return made.model_copy(update={"tasks": calm, "prices": PRICES})


def problem_of(snapshot: Snapshot) -> Problem:
    """Return what the search sees of a snapshot."""
    travel = travel_of(snapshot)
    return build(snapshot, None, commit(snapshot, None, travel), travel)


def _ours(problem: Problem, seconds: float) -> float:
    budget = Budget(Stop(solutions=UNCOUNTED, wall_s=seconds))
    return price_of(problem, search(problem, start_routes(problem, None, budget), budget)[0])
