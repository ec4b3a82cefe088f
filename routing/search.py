"""The search: ruin and recreate first, then OR-Tools on neighbouring crews, a window at a time.

OR-Tools has the last word on all but a single task; three parts in ten of the work are its own.
Small plans are one window. Windows are taken in the order of how long ago their crew was last
looked at; a window that improved makes its crews worth looking at again.
"""

import numpy as np

from routing.budget import Budget
from routing.gathering import gathered_anew
from routing.insertion import approach
from routing.problem import NEVER, Problem, Routes
from routing.receipt import StopCause
from routing.recreate import Cooling, improve
from routing.snapshot import UNCOUNTED, Crew, Task
from routing.start import left_out, single
from routing.walk import Walked, walk_all
from routing.window import Window, WindowModel

ONE_WINDOW_TASKS = 12
ONE_WINDOW_CREWS = 12
WINDOW_CREWS = 4  # of larger windows OR-Tools takes longer for each step than they are worth
LINKED_WINDOW_CREWS = 3  # forerunners on other crews make every step of a window dearer
WINDOW_TASKS = 40
LEFT_PER_WINDOW = 10
RECREATE = 0.7  # of a budget, before the windows
STEPS, STEPS_BY_CLOCK = 500, 3000  # of ruin and recreate, for each task at most
WORTH = 100  # steps of ruin and recreate that one solution of OR-Tools counts for


def search(
    problem: Problem, routes: Routes, budget: Budget, seed: int = 1
) -> tuple[Routes, StopCause]:
    """Improve routes until nothing gets better or the budget ends; never returns worse ones."""
    walked = walk_all(problem, routes)
    crews = [crew for crew, ready in enumerate(problem.ready) if ready < problem.ends[crew]]
    if walked is None or not crews or not problem.tasks:
        return routes, StopCause.EMPTY
    if single(problem):
        return routes, StopCause.OPTIMAL
    routes, walked = improve(problem, routes, walked, _cooling(problem, budget), seed)
    routes, walked = gathered_anew(problem, routes, walked, budget)
    routes, proven = _windows(problem, routes, walked, crews, budget)
    cause = budget.cause()
    if cause is None:
        cause = StopCause.OPTIMAL if proven else StopCause.LOCAL_OPTIMUM
    return routes, cause


def _cooling(problem: Problem, budget: Budget) -> Cooling:
    """Return how long to ruin and recreate: a share of the budget, or as long as the size asks."""
    by_clock = budget.stop.solutions >= UNCOUNTED
    most = (STEPS_BY_CLOCK if by_clock else STEPS) * (len(problem.tasks) + 1)
    steps = min(most, int(RECREATE * budget.left_solutions))
    return Cooling(steps, RECREATE * budget.left_s, by_clock, budget, budget.spent_s)


def _windows(
    problem: Problem, routes: Routes, walked: Walked, crews: list[int], budget: Budget
) -> tuple[Routes, bool]:
    """Let OR-Tools improve window after window; tells whether it proved the whole the best."""
    whole = len(problem.tasks) <= ONE_WINDOW_TASKS and len(crews) <= ONE_WINDOW_CREWS
    stale, proven = list(crews), False
    while stale and budget.cause() is None:
        seed = stale.pop(0)
        members = crews if whole else neighbours(problem, routes, crews, seed)
        better, proven = _improve(problem, routes, walked, members, budget)
        if whole:
            stale = []
        if better is not None:
            routes, walked = better
            stale.extend(crew for crew in members if crew not in stale and not whole)
    return routes, whole and proven


def _improve(
    problem: Problem, routes: Routes, walked: Walked, members: list[int], budget: Budget
) -> tuple[tuple[Routes, Walked] | None, bool]:
    """Search one window; the result counts only if it is better by our own arithmetic."""
    window = window_of(problem, routes, walked, members)
    if not window.tasks:
        return None, False
    found = WindowModel(problem, window).improve(
        [routes[crew] for crew in window.crews],
        max(1, budget.left_solutions // WORTH),
        budget.left_s,
    )
    if found is None:
        return None, False
    budget.solutions += found.solutions * WORTH
    changed = list(routes)
    for crew, route in zip(window.crews, found.routes, strict=True):
        changed[crew] = route
    again = walk_all(problem, changed)
    if again is None or again.price >= walked.price:
        return None, found.proven
    return (changed, again), found.proven


def neighbours(problem: Problem, routes: Routes, crews: list[int], seed: int) -> list[int]:
    """Return the seed and the crews whose places are nearest to its own, within a size."""
    centre = np.array([_centre(problem, routes, crew) for crew in crews])
    mine = centre[crews.index(seed)]
    spread = np.array([np.cos(np.radians(mine[1])), 1.0])
    away = (((centre - mine) * spread) ** 2).sum(axis=1)
    size = LINKED_WINDOW_CREWS if problem.linked else WINDOW_CREWS
    members: list[int] = []
    tasks = 0
    for position in np.argsort(away, kind="stable")[:size]:
        crew = crews[int(position)]
        tasks += len(routes[crew])
        if members and tasks > WINDOW_TASKS:
            break
        members.append(crew)
    return sorted(members)


def _centre(problem: Problem, routes: Routes, crew: int) -> tuple[float, float]:
    places: list[Task | Crew] = [problem.tasks[task] for task in routes[crew]]
    places = places or [problem.crews[crew]]
    lon = sum(place.lon for place in places) / len(places)
    return lon, sum(place.lat for place in places) / len(places)


def window_of(problem: Problem, routes: Routes, walked: Walked, members: list[int]) -> Window:
    """Return the window of these crews: their tasks and the nearest that are left out."""
    inside = [task for crew in members for task in routes[crew]]
    left = [
        task
        for task in left_out(problem, routes)
        if any(problem.latest[crew][task] != NEVER for crew in members)
        and all(each in walked.finishes for each in problem.before[task])
        and not problem.meets[task]
    ]
    left.sort(key=lambda task: (min(approach(problem, routes, c, task) for c in members), task))
    tasks = sorted({*inside, *left[:LEFT_PER_WINDOW]})
    earliest: dict[int, int] = {}
    latest_finish: dict[int, int] = {}
    for task in tasks:
        outside = [walked.finishes[e] for e in problem.before[task] if e not in tasks]
        earliest[task] = max([problem.earliest[task], *outside])
        if problem.meets[task]:
            earliest[task] = walked.starts[task]
            latest_finish[task] = walked.finishes[task]
    for follower, before in enumerate(problem.before):
        if follower in walked.starts and follower not in tasks:
            for task in before:
                limit = walked.starts[follower]
                latest_finish[task] = min(limit, latest_finish.get(task, limit))
    return Window(tuple(members), tuple(tasks), earliest, latest_finish)
