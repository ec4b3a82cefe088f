"""Planners to race against, each on the same problem; what they leave out is inserted for them.

VROOM and PyVRP know no price of being late, only hours that must be kept: each is given two
guesses of them, once the promise and once two hours more, and its better plan counts.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from routing.budget import Budget
from routing.problem import NEVER, Problem, Routes
from routing.snapshot import Stop
from routing.start import filled
from routing.walk import walk, walk_all
from routing.window import Window, WindowModel

Opponent = Callable[[Problem, float], Routes]
PATIENCE_S = (0, 7200)


def price_of(problem: Problem, routes: Routes) -> float:
    """Return what routes cost, in the unit of prices; raises where they cannot be walked."""
    walked = walk_all(problem, routes)
    if walked is None:
        raise ValueError("these routes cannot be walked")
    return walked.price / 60_000


def nearest(problem: Problem, *, heavy_first: bool) -> Routes:
    """Send the nearest idle crew to the oldest order, or to the heaviest, then the oldest."""
    rates = problem.tariffs
    waiting = sorted(
        range(len(problem.tasks)),
        key=lambda task: (-rates[task].late if heavy_first else 0, rates[task].bound_s, task),
    )
    routes: Routes = [[] for _ in problem.crews]
    free, gone = list(problem.ready), set[int]()
    while waiting and len(gone) < len(routes):
        now = min(free[crew] for crew in range(len(routes)) if crew not in gone)
        idle = {crew for crew in range(len(routes)) if crew not in gone and free[crew] <= now}
        for task in list(waiting):
            drives = {
                crew: problem.drive(crew, routes[crew][-1] if routes[crew] else NEVER, task)
                for crew in idle
            }
            able = [crew for crew in idle if now + drives[crew] <= problem.latest[crew, task]]
            if able:
                crew = min(able, key=lambda each: (drives[each], each))
                free[crew] = now + drives[crew] + problem.work[task]
                routes[crew].append(task)
                waiting.remove(task)
                idle.remove(crew)
        gone |= idle
    return routes


def or_tools(problem: Problem, seconds: float) -> Routes:
    """Let OR-Tools choose for itself how to begin and how to search, on the whole at once."""
    tasks = tuple(range(len(problem.tasks)))
    window = Window(
        tuple(range(len(problem.crews))), tasks, dict(zip(tasks, problem.earliest, strict=True)), {}
    )
    found = WindowModel(problem, window).from_nothing(seconds)
    return found if found is not None else [[] for _ in problem.crews]


def vroom(problem: Problem, seconds: float) -> Routes:
    """Let VROOM plan, weight as priority and the promise as a hard window."""
    plans = [_vroom(problem, seconds, patience) for patience in PATIENCE_S]
    return min(plans, key=lambda routes: price_of(problem, routes))


def _vroom(problem: Problem, seconds: float, patience: int) -> Routes:
    import vroom as v

    count = len(problem.tasks)
    drives = np.zeros((count + len(problem.crews),) * 2, dtype=np.uint32)
    drives[:count, :count], drives[count:, :count] = problem.between, problem.outset
    given, heaviest = v.Input(), max(rates.late for rates in problem.tariffs)
    given.set_durations_matrix("car", drives)
    for crew, may in enumerate(problem.latest):
        skills = {int(task) for task in np.flatnonzero(may != NEVER)}
        hours = problem.ready[crew], max(problem.ready[crew], problem.ends[crew])
        given.add_vehicle(v.Vehicle(crew, start=count + crew, skills=skills, time_window=hours))
    given.add_job(
        [
            v.Job(
                task,
                task,
                default_service=problem.work[task],
                skills={task},
                priority=max(1, round(100 * rates.late / heaviest)),
                time_windows=[v.TimeWindow(0, max(0, rates.bound_s + patience))],
            )
            for task, rates in enumerate(problem.tariffs)
        ]
    )
    table = given.solve(5, 1, timedelta(seconds=seconds)).routes
    routes: Routes = [[] for _ in problem.crews]
    for crew, rows in table.groupby("vehicle_id", sort=False):
        routes[int(crew)] = [int(task) for task in rows[rows.type == "job"].id]
    return filled(problem, _walkable(problem, routes), Budget(Stop()))


def pyvrp(problem: Problem, seconds: float) -> Routes:
    """Let PyVRP plan, leaving out as the price of a client and the promise as a hard window."""
    plans = [_pyvrp(problem, seconds, patience) for patience in PATIENCE_S]
    return min(plans, key=lambda routes: price_of(problem, routes))


def _pyvrp(problem: Problem, seconds: float, patience: int) -> Routes:
    import pyvrp as p

    count, crews = len(problem.tasks), len(problem.crews)
    drives = np.zeros((count + crews + 1,) * 2, dtype=np.int64)
    drives[:count, :count] = problem.between
    drives[count : count + crews, :count] = problem.outset
    clients = [
        p.Client(
            task,
            service_duration=problem.work[task],
            tw_early=0,
            tw_late=max(0, rates.bound_s + patience),
            prize=rates.skip // 1000,
            required=False,
        )
        for task, rates in enumerate(problem.tariffs)
    ]
    matrices: list[Any] = []
    kinds = []
    for crew, may in enumerate(problem.latest):
        matrices.append(drives.copy())
        matrices[-1][:, np.flatnonzero(may == NEVER)] = int(np.max(drives)) * 1000
        np.fill_diagonal(matrices[-1], 0)
        early, late = problem.ready[crew], problem.ends[crew]
        kinds.append(p.VehicleType(1, [], crew, crews, tw_early=early, tw_late=late, profile=crew))
    data = p.ProblemData(
        [p.Location(0, 0) for _ in drives],
        clients,
        [p.Depot(count + number) for number in range(crews + 1)],
        kinds,
        matrices,
        matrices,
    )
    stop = p.stop.MaxRuntime(seconds)
    best = p.solve(data, stop, seed=1, collect_stats=False, display=False).best
    routes: Routes = [[] for _ in problem.crews]
    for route in best.routes():
        routes[route.vehicle_type()] = [each.idx for each in route if each.is_client()]
    return filled(problem, _walkable(problem, routes), Budget(Stop()))


def _walkable(problem: Problem, routes: Routes) -> Routes:
    """Return routes without what a crew may not do, and without ends that come too late."""
    kept: Routes = []
    for crew, route in enumerate(routes):
        mine = [task for task in route if problem.latest[crew, task] != NEVER]
        while mine and walk(problem, crew, mine) is None:
            mine.pop()
        kept.append(mine)
    return kept


OPPONENTS: dict[str, Opponent] = {
    "first come, nearest": lambda problem, _: nearest(problem, heavy_first=False),
    "priority, nearest": lambda problem, _: nearest(problem, heavy_first=True),
    "OR-Tools automatic": or_tools,
    "VROOM": vroom,
    "PyVRP": pyvrp,
}
