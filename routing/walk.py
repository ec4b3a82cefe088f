"""Walking routes with the clock: what they cost, and whether they can be walked at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from routing.breaks import still
from routing.problem import NEVER, Problem, Routes


def walk(problem: Problem, crew: int, route: Sequence[int], limit: int | None = None) -> int | None:
    """Return the price of one route by itself, or None when it breaks a limit of clock or parts.

    Gives up (None) as soon as the price passes `limit`. Waiting for other crews is not seen here.
    """
    if problem.counted and not problem.carries(crew, route):
        return None
    clock, here, due = problem.ready[crew], NEVER, problem.due[crew]
    price = problem.fair(crew, route) + (problem.call_outs[crew] if route else 0)
    latest = problem.latest[crew]
    for task in route:
        drive = problem.drive(crew, here, task)
        free, clock = clock, problem.begins(due, clock, drive, task, problem.earliest[task])
        due = still(due, free, clock - drive)
        if clock > latest[task]:
            return None
        price += step_price(problem, crew, task, drive, clock)
        if limit is not None and price > limit:
            return None
        clock += problem.work[task]
        here = task
    return price


def step_price(problem: Problem, crew: int, task: int, drive: int, start: int) -> int:
    """Return the price of one visit: drive, waiting, lateness and toll."""
    price = problem.travel_price * drive + problem.tariffs[task].of_start(start)
    return price + int(problem.tolls[task, crew])


@dataclass(frozen=True)
class Walked:
    """All routes walked together: the whole price and when each task is started and finished."""

    price: int
    starts: dict[int, int]
    finishes: dict[int, int]


def walk_all(problem: Problem, routes: Routes) -> Walked | None:
    """Return the price of all routes and of what they leave out, or None when impossible.

    A task waits for its forerunners on any route, and to begin with those it meets: all of them or
    none are in the routes. Routes that wait for each other are impossible.
    """
    if problem.counted and not all(problem.carries(crew, r) for crew, r in enumerate(routes)):
        return None
    starts, finishes, there = dict[int, int](), dict[int, int](), dict[int, int]()
    pending, due = [crew for crew, route in enumerate(routes) if route], list(problem.due)
    price = sum(problem.call_outs[k] for k in pending) + sum(map(problem.fair, count(), routes))
    step, clock, here = [0] * len(routes), list(problem.ready), [NEVER] * len(routes)
    while pending:
        waiting, known = [], len(there)
        for crew in pending:
            first = step[crew]
            while step[crew] < len(routes[crew]):
                task = routes[crew][step[crew]]
                if any(each not in finishes for each in problem.before[task]):
                    break
                drive = problem.drive(crew, here[crew], task)
                bounds = [problem.earliest[task], *(finishes[e] for e in problem.before[task])]
                start = problem.begins(due[crew], clock[crew], drive, task, max(bounds))
                if problem.meets[task]:
                    there[task] = start
                    if any(each not in there for each in problem.meets[task]):
                        break
                    start = max(start, *(there[each] for each in problem.meets[task]))
                if start > problem.latest[crew][task]:
                    return None
                due[crew] = still(due[crew], clock[crew], start - drive)
                price += step_price(problem, crew, task, drive, start)
                starts[task], finishes[task] = start, start + problem.work[task]
                clock[crew], here[crew], step[crew] = finishes[task], task, step[crew] + 1
            waiting.append((crew, step[crew] > first))
        pending = [crew for crew, _ in waiting if step[crew] < len(routes[crew])]
        if pending and len(there) == known and not any(moved for _, moved in waiting):
            return None
    price += sum(rates.skip for task, rates in enumerate(problem.tariffs) if task not in finishes)
    return Walked(price, starts, finishes)
