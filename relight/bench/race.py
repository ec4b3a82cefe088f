"""The planner against others in one run, on the same invented storms and by the same prices."""

import time
from math import log
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
SECONDS, LONG_S = 2.0, 12.0
SIZE = (200, 30)
FIRST_SIZES = ((50, 10), (100, 15), (200, 30), (500, 60), (1000, 100))


def measure() -> Finding:
    """Race on storms of one size, each planner for as long."""
    warm_up()
    prices: dict[str, list[float]] = {}
    for seed in SEEDS:
        problem = problem_of(storm(*SIZE, seed))
        for name, opponent in OPPONENTS.items():
            prices.setdefault(name, []).append(price_of(problem, opponent(problem, SECONDS)))
        for name, seconds in ((OURS, SECONDS), (LONG, LONG_S)):
            prices.setdefault(name, []).append(_ours(problem, seconds))
    return Finding("race", [_row(name, prices) for name in prices])


def _row(name: str, prices: dict[str, list[float]]) -> dict[str, Number]:
    ratios = [ours / theirs for ours, theirs in zip(prices[OURS], prices[name], strict=True)]
    return {
        "planner": name,
        "seconds": LONG_S if name == LONG else SECONDS,
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
    """Return an invented storm without danger, priced by lateness, drives and what is left out."""
    made = invent(tasks, crews, seed)
    plain = {"danger": False, "kind": TaskKind.REPAIR}
    calm = tuple(task.model_copy(update=plain) for task in made.tasks)
    return made.model_copy(update={"tasks": calm, "prices": PRICES})


def problem_of(snapshot: Snapshot) -> Problem:
    """Return what the search sees of a snapshot."""
    travel = travel_of(snapshot)
    return build(snapshot, None, commit(snapshot, None, travel), travel)


def _ours(problem: Problem, seconds: float) -> float:
    budget = Budget(Stop(solutions=UNCOUNTED, wall_s=seconds))
    return price_of(problem, search(problem, start_routes(problem, None, budget), budget)[0])
