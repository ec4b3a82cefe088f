"""The apparent-tardiness rule: whoever is free next takes the most pressing task in reach."""

import heapq

import numpy as np

from routing.problem import NEVER, Problem, Routes

LOOK_AHEAD = 2.0


def dispatch(problem: Problem) -> Routes:
    """Return routes built forward in time; linked and locked tasks are left for insertion.

    The index of a task is its price of lateness per second of drive and work, falling off with
    the slack that remains.
    """
    routes: Routes = [[] for _ in problem.crews]
    late = np.array([rates.late + rates.wait for rates in problem.tariffs], dtype=float)
    bound = np.array([rates.bound_s for rates in problem.tariffs], dtype=float)
    work, earliest = np.array(problem.work), np.array(problem.earliest)
    latest = np.array(problem.latest).reshape(len(problem.crews), len(problem.tasks))
    scale = LOOK_AHEAD * max(1.0, float(np.mean(work)) if len(work) else 1.0)
    is_open = _loose(problem)
    queue = [(ready, crew, NEVER) for crew, ready in enumerate(problem.ready)]
    heapq.heapify(queue)
    while queue and is_open.any():
        clock, crew, here = heapq.heappop(queue)
        drive = problem.outset[crew] if here == NEVER else problem.between[here]
        start = np.maximum(clock + drive, earliest)
        fits = is_open & (start <= latest[crew])
        if not fits.any():
            continue
        slack = np.maximum(bound - start, 0)
        index = late * np.exp(-slack / scale) / (start - clock + work + 60)
        task = int(np.argmax(np.where(fits, index, -1.0)))
        is_open[task] = False
        routes[crew].append(task)
        heapq.heappush(queue, (int(start[task]) + problem.work[task], crew, task))
    return routes


def _loose(problem: Problem) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which tasks have no lock and no forerunner or follower."""
    loose = [
        each.lock is None and task not in problem.linked for task, each in enumerate(problem.tasks)
    ]
    return np.array(loose, dtype=np.bool_)
