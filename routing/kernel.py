"""The compiled heart of the search: the clock of routes, and insertion where it costs least.

Whole numbers in arrays. Prices and times are those of `walk`: what is found here is walked again
by plain code before it counts. Arrays are handed over one by one, as a bundle of them would be
unpacked at every call.
"""

from typing import Any

import numpy as np

from routing.arrays import Short, State, Whole, compiled, inlined

# Columns of a task: its tariff, in the order of `Tariff`, and what else does not change ...
BOUND, LATE, WAIT, LOCK_S, LOCK, CHARGE, SKIP = range(7)
WORK, EARLIEST, CAP, MUST = range(7, 11)
# ... and where it stands: its crew and place, its start, the waiting before it, how much later it
# may be, the price of a second's delay of it and what follows at once, the price of its
# start and the drive to it.
CREW, PLACE, START, GAP, SLACK, SLOPE, PAID, WAY = range(11, 19)
HURRIED = 19  # whether breaks wait for it
TASK_COLUMNS = 20
# Columns of a crew: what does not change, its route, and its route before a step.
READY, CLOSED, DRIVE_PRICE, CALL_OUT, BREAK = range(5)
LENGTH, COST, WAS_LENGTH, WAS_COST, STAMP, TOUCHED = range(5, 11)
# ... and, where a break of some length is due, its hours and before which place it is had. The
# first row tells whether any crew is due one.
BREAK_FROM, BREAK_BY, BREAK_AT, BREAKS = range(11, 15)
# ... and what a second of work past its share costs, by how much it is past it, and the work of its
# route.
FAIR, PAST, LOAD = range(15, 18)
CREW_COLUMNS = 18
# Behind those: of a task, what it needs of each part; of a crew, what it has left of each and then
# what it carries. Where no task needs parts there are no such columns.
NOBODY, TAKEN = -1, -3  # of a task that is out: before this step began, and since
HUGE = 1 << 62
_A, _B, _C, _D, _STAR = (np.uint64(each) for each in (12, 25, 27, 11, 2685821657736338717))
ONE = 1.0 / (1 << 53)


@inlined
def chance(state: State) -> float:
    """Return a number below one and step the generator (xorshift64*)."""
    x = state[0]
    x ^= x >> _A
    x ^= x << _B
    x ^= x >> _C
    state[0] = x
    return np.float64((x * _STAR) >> _D) * ONE


@inlined
def _price(tasks: Whole, task: Any, start: int) -> int:
    price: int = tasks[task, WAIT] * start
    if start > tasks[task, BOUND]:
        price += tasks[task, LATE] * (start - tasks[task, BOUND]) + tasks[task, CHARGE]
    if start > tasks[task, LOCK_S]:
        price += tasks[task, LOCK] * (start - tasks[task, LOCK_S])
    return price


@inlined
def lacks(tasks: Whole, crews: Whole, k: int, task: int) -> bool:
    """Tell whether a crew has too little left of a part that a task needs."""
    for part in range(tasks.shape[1] - TASK_COLUMNS):
        if tasks[task, TASK_COLUMNS + part] > crews[k, CREW_COLUMNS + part]:
            return True
    return False


@inlined
def _unfair(crews: Whole, k: int, load: int, more: int) -> int:
    """Return the price of more work past its share for a crew that has so much on its route."""
    past = crews[k, PAST] + load
    price: int = crews[k, FAIR] * (max(0, past + more) - max(0, past))
    return price


@inlined
def _with_break(
    tasks: Whole, crews: Whole, k: int, task: Any, free: Any, way: Any, start: Any
) -> tuple[Any, Any]:
    """Return the start of a task for a crew that has its break before it, or still owes it."""
    over = max(free, crews[k, BREAK_FROM]) + crews[k, BREAK] + way
    if start + tasks[task, WORK] > crews[k, BREAK_BY] and not tasks[task, HURRIED]:
        start = max(over, start)
    return start, over > start


@compiled
def extra_by_break(
    into: Short,
    latest: Short,
    toll: Whole,
    tasks: Whole,
    crews: Whole,
    route: Short,
    k: int,
    at: int,
    task: int,
) -> int:
    """Return the extra price where a break is due, or HUGE: all behind the task is timed anew."""
    here, free, each, i = tasks.shape[0] + k, crews[k, READY], np.int64(task), at - 1
    if at > 0:
        here = np.int64(route[k, at - 1])
        free = tasks[here, START] + tasks[here, WORK]
    owed = at <= crews[k, BREAK_AT]
    price: int = toll[task, k] + (crews[k, CALL_OUT] if crews[k, LENGTH] == 0 else 0)
    while True:
        way = np.int64(into[each, here])
        start = max(free + way, tasks[each, EARLIEST])
        if owed:
            start, owed = _with_break(tasks, crews, k, each, free, way, start)
        if start > latest[each, k] or start > tasks[each, CAP]:
            return HUGE
        price += _price(tasks, each, start) + crews[k, DRIVE_PRICE] * way
        if i >= at:
            price -= tasks[each, PAID] + crews[k, DRIVE_PRICE] * tasks[each, WAY]
            if start == tasks[each, START] and owed == (crews[k, BREAK_AT] > i):
                return price
        here, free, i = each, start + tasks[each, WORK], i + 1
        if i >= crews[k, LENGTH]:
            return price
        each = np.int64(route[k, i])


@compiled
def settle(
    into: Short, latest: Short, toll: Whole, tasks: Whole, crews: Whole, route: Short, k: int
) -> None:
    """Set the clock of one route, and what its crew has left."""
    count, free, here = crews[k, LENGTH], crews[k, READY], tasks.shape[0] + k
    cost, slack, slope = crews[k, CALL_OUT] if count else 0, HUGE, 0
    owed, load = crews[k, BREAK] > 0, 0
    for i in range(count):
        task = route[k, i]
        way = into[task, here]
        start = max(free + way, tasks[task, EARLIEST])
        if owed:
            start, owed = _with_break(tasks, crews, k, task, free, way, start)
            crews[k, BREAK_AT] = i + owed
        tasks[task, GAP], tasks[task, START] = start - free - way, start
        tasks[task, CREW], tasks[task, PLACE], tasks[task, WAY] = k, i, way
        tasks[task, PAID] = _price(tasks, task, start)
        cost += tasks[task, PAID] + crews[k, DRIVE_PRICE] * way + toll[task, k]
        free, here = start + tasks[task, WORK], task
        load += tasks[task, WORK]
    crews[k, COST], crews[k, LOAD] = cost + _unfair(crews, k, 0, load), load
    for i in range(count - 1, -1, -1):
        task = route[k, i]
        start = tasks[task, START]
        own = min(np.int64(latest[task, k]), tasks[task, CAP]) - start
        slack = min(own, slack)
        slope += tasks[task, WAIT]
        if start >= tasks[task, BOUND]:
            slope += tasks[task, LATE]
        if start >= tasks[task, LOCK_S]:
            slope += tasks[task, LOCK]
        tasks[task, SLACK], tasks[task, SLOPE] = slack, slope
        if tasks[task, GAP] > 0:  # a delay before it is swallowed, all or in part
            slack, slope = min(HUGE, slack + tasks[task, GAP]), 0
    parts = tasks.shape[1] - TASK_COLUMNS
    for part in range(parts):
        left = crews[k, CREW_COLUMNS + parts + part]
        for i in range(count):
            left -= tasks[route[k, i], TASK_COLUMNS + part]
        crews[k, CREW_COLUMNS + part] = left


@inlined
def _extra(
    drive: Short,
    into: Short,
    latest: Short,
    toll: Whole,
    tasks: Whole,
    crews: Whole,
    route: Short,
    k: int,
    at: int,
    task: int,
    limit: int,
) -> int:
    """Return the extra price of a task at a place of a route, or HUGE; `limit` ends it early."""
    here, free = tasks.shape[0] + k, crews[k, READY]
    if at > 0:
        here = np.int64(route[k, at - 1])
        free = tasks[here, START] + tasks[here, WORK]
    start = max(free + into[task, here], tasks[task, EARLIEST])
    if start > latest[task, k] or start > tasks[task, CAP]:
        return HUGE
    price: int = crews[k, DRIVE_PRICE] * into[task, here] + _price(tasks, task, start)
    price += toll[task, k] + (crews[k, CALL_OUT] if crews[k, LENGTH] == 0 else 0)
    if at == crews[k, LENGTH] or price >= limit:
        return price
    after, onward = route[k, at], np.int64(drive[task, route[k, at]])
    price += crews[k, DRIVE_PRICE] * (onward - tasks[after, WAY])
    came = tasks[after, START] - tasks[after, GAP]
    delay = start + tasks[task, WORK] + onward - came
    later = max(came + delay, tasks[after, EARLIEST]) - tasks[after, START]
    if later > tasks[after, SLACK] or price + tasks[after, SLOPE] * max(0, later) >= limit:
        return HUGE
    for i in range(at, crews[k, LENGTH]):
        each = route[k, i]
        begin = max(tasks[each, START] - tasks[each, GAP] + delay, tasks[each, EARLIEST])
        delay = begin - tasks[each, START]
        if delay == 0:
            break
        price += _price(tasks, each, begin) - tasks[each, PAID]
    return price


@compiled
def best_place(
    drive: Short, into: Short, latest: Short, toll: Whole, near: Short, outset: Short,
    tasks: Whole, crews: Whole, route: Short, task: int, blink: float, state: State,
) -> tuple[int, int]:  # fmt: skip
    """Return crew and place of the least extra price below leaving the task out, or nobody.

    Tried are places behind the tasks `near` and first on the routes of the crews of `outset`;
    behind all, or first of all, where these have no columns.
    """
    best, crew, at = tasks[task, SKIP], NOBODY, 0
    counted = tasks.shape[1] > TASK_COLUMNS
    reach, ahead = near.shape[1], outset.shape[1]
    breaks = crews.shape[0] > 0 and crews[0, BREAKS] > 0
    fair, unfair = crews.shape[0] > 0 and crews[0, FAIR] > 0, 0
    count = reach or tasks.shape[0]
    for n in range(count + (ahead or crews.shape[0])):
        k, i = n - count, 0  # behind a task, nearest first, or first on a route
        if n < count:
            other = near[task, n] if reach else n
            k, i = tasks[other, CREW], tasks[other, PLACE] + 1
        elif ahead:
            k = np.int64(outset[task, n - count])
        if k < 0 or latest[task, k] < 0 or crews[k, CLOSED]:
            continue
        if counted and lacks(tasks, crews, k, task):
            continue
        if blink > 0 and chance(state) < blink:
            continue
        if fair:
            unfair = _unfair(crews, k, crews[k, LOAD], tasks[task, WORK])
        if breaks and crews[k, BREAK] > 0:
            price = extra_by_break(into, latest, toll, tasks, crews, route, k, i, task)
        else:
            price = _extra(
                drive, into, latest, toll, tasks, crews, route, k, i, task, best - unfair
            )
        if price + unfair < best:
            best, crew, at = price + unfair, k, i
    return crew, at


@inlined
def put(crews: Whole, route: Short, k: int, at: int, task: int) -> None:
    """Put a task at a place of a route; its clock is still to be set."""
    for i in range(crews[k, LENGTH], at, -1):
        route[k, i] = route[k, i - 1]
    route[k, at] = task
    crews[k, LENGTH] += 1


@compiled
def insert_in_turn(
    drive: Short,
    into: Short,
    latest: Short,
    toll: Whole,
    tasks: Whole,
    crews: Whole,
    route: Short,
    turn: Whole,
) -> None:
    """Insert tasks one by one where each costs least; what fits nowhere stays out."""
    nobody, state = np.zeros((0, 0), dtype=np.int32), np.ones(1, dtype=np.uint64)
    for task in turn:
        k, at = best_place(
            drive, into, latest, toll, nobody, nobody, tasks, crews, route, task, 0.0, state
        )
        if k >= 0:
            put(crews, route, k, at, task)
            settle(into, latest, toll, tasks, crews, route, k)
