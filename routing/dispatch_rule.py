"""The apparent-tardiness rule: whoever is free next takes the most pressing task in reach."""

import numpy as np

from routing.arena import crew_table, ground_of, task_table
from routing.arrays import Bools, Short, Whole, compiled
from routing.kernel import (
    BOUND,
    CALL_OUT,
    CREW_COLUMNS,
    EARLIEST,
    LATE,
    READY,
    TASK_COLUMNS,
    WAIT,
    WORK,
    lacks,
)
from routing.problem import Problem, Routes

KERNEL = "f3ade8fe0d8d"
LOOK_AHEAD = 2.0


def dispatch(problem: Problem) -> Routes:
    """Return routes built forward in time; linked and locked tasks are left for insertion,
    and so is who would have to be called out.

    The index of a task is its price of lateness per second of drive and work, falling off with
    the slack that remains.
    """
    routes: Routes = [[] for _ in problem.crews]
    loose = [
        each.lock is None and task not in problem.linked for task, each in enumerate(problem.tasks)
    ]
    if not problem.crews or not any(loose):
        return routes
    ground = ground_of(problem, around=False)
    tables = task_table(problem), crew_table(problem)
    scale = LOOK_AHEAD * max(1.0, float(np.mean(problem.work)))
    for crew, task in _taken(
        ground.into, ground.latest, *tables, np.array(loose, dtype=np.bool_), scale
    ):
        routes[int(crew)].append(int(task))
    return routes


@compiled
def _taken(
    into: Short, latest: Short, tasks: Whole, crews: Whole, is_open: Bools, scale: float
) -> Whole:
    """Return crews with the tasks they take, in the order in which they do."""
    count, clock = tasks.shape[0], crews[:, READY].copy()
    here = np.arange(count, count + crews.shape[0])
    at_work, taken, made = crews[:, CALL_OUT] == 0, np.empty((count, 2), dtype=np.int64), 0
    while at_work.any() and made < count:
        crew = -1
        for k in range(crews.shape[0]):
            if at_work[k] and (crew < 0 or clock[k] < clock[crew]):
                crew = k
        best, task, begin = -1.0, -1, 0
        for each in range(count):
            start = max(clock[crew] + into[each, here[crew]], tasks[each, EARLIEST])
            if not is_open[each] or start > latest[each, crew] or lacks(tasks, crews, crew, each):
                continue
            index = np.float64(tasks[each, LATE] + tasks[each, WAIT])
            index /= start - clock[crew] + tasks[each, WORK] + 60
            if index > best and start < tasks[each, BOUND]:
                index *= np.exp((start - tasks[each, BOUND]) / scale)
            if index > best:
                best, task, begin = index, each, start
        if task < 0:
            at_work[crew] = False
            continue
        for part in range(tasks.shape[1] - TASK_COLUMNS):
            crews[crew, CREW_COLUMNS + part] -= tasks[task, TASK_COLUMNS + part]
        is_open[task], here[crew], clock[crew] = False, task, begin + tasks[task, WORK]
        taken[made, 0], taken[made, 1], made = crew, task, made + 1
    return taken[:made]
