"""Ruin and recreate, compiled: strings of neighbouring stops out, and back in, while it cools.

The compiler's cache looks no further than the file of the function it keeps, and would go on with
an old `kernel`: so this file names the kernel it was made with, and a test holds it to that.
"""

import numpy as np

from routing.arrays import Ground, Reals, Room, Short, State, Whole, compiled, inlined
from routing.kernel import (
    BOUND,
    CLOSED,
    COST,
    CREW,
    LATE,
    LENGTH,
    MUST,
    NOBODY,
    ONE,
    PLACE,
    SKIP,
    STAMP,
    TAKEN,
    TOUCHED,
    WAIT,
    WAS_COST,
    WAS_LENGTH,
    WORK,
    best_place,
    chance,
    put,
    settle,
)

KERNEL = "f3ade8fe0d8d"
BLINK = 0.01  # a place is overlooked this often, so that the same hole is not filled the same way
REMOVED = 10  # tasks taken out at a time, on average
LONGEST = 10  # of one route at a time


@inlined
def _remember(crews: Whole, route: Short, kept: Short, k: int, step: int, count: int) -> int:
    """Keep a route as it was before this step; returns how many are kept."""
    if crews[k, STAMP] == step:
        return count
    crews[k, STAMP], crews[count, TOUCHED] = step, k
    crews[k, WAS_LENGTH], crews[k, WAS_COST] = crews[k, LENGTH], crews[k, COST]
    for i in range(crews[k, LENGTH]):
        kept[k, i] = route[k, i]
    return count + 1


@compiled
def ruin(
    near: Short,
    tasks: Whole,
    crews: Whole,
    route: Short,
    kept: Short,
    out: Whole,
    step: int,
    state: State,
) -> tuple[int, int, int]:
    """Take strings of neighbouring stops out; returns how many tasks and routes, and what is owed.

    Tasks that were out before are tried too; owed is the price of leaving those out.
    """
    inside, busy = np.sum(crews[:, LENGTH]), np.sum(crews[:, LENGTH] > 0)
    longest = min(LONGEST, max(1, int(inside / (busy + 1e-9))))
    strings = int(chance(state) * (4.0 * REMOVED / (1 + longest))) + 1
    middle = int(chance(state) * tasks.shape[0])
    outs, routes, idle, owed = 0, 0, 0, 0
    for i in range(-1, near.shape[1]):
        task = middle if i < 0 else np.int64(near[middle, i])
        k = tasks[task, CREW]
        if k == NOBODY and idle < REMOVED:
            out[outs], outs, idle = task, outs + 1, idle + 1
            owed += tasks[task, SKIP]
        if k < 0 or crews[k, CLOSED] or crews[k, STAMP] == step:
            continue
        if routes == strings:
            break
        routes = _remember(crews, route, kept, k, step, routes)
        length, at = 1 + int(chance(state) * min(longest, crews[k, LENGTH])), tasks[task, PLACE]
        low, high = max(0, at - length + 1), min(at, crews[k, LENGTH] - length)
        first = low + int(chance(state) * (high - low + 1))
        for j in range(first, first + length):
            out[outs], tasks[route[k, j], CREW], outs = route[k, j], TAKEN, outs + 1
        for j in range(first + length, crews[k, LENGTH]):
            route[k, j - length] = route[k, j]
        crews[k, LENGTH] -= length
    return outs, routes, owed


@compiled
def sort_out(tasks: Whole, out: Whole, key: Reals, count: int, state: State) -> None:
    """Sort the tasks that are out: by chance, heavy, early, or heavy for their work first."""
    way = chance(state)
    for i in range(count):
        task = out[i]
        if way < 0.4:
            key[i] = chance(state)
        elif way < 0.7:
            key[i] = -tasks[task, LATE]
        elif way < 0.85:
            key[i] = tasks[task, BOUND]
        else:
            key[i] = -(tasks[task, LATE] + tasks[task, WAIT]) / (tasks[task, WORK] + 900.0)
    for i in range(1, count):
        task, mine, j = out[i], key[i], i
        while j > 0 and key[j - 1] > mine:
            out[j], key[j] = out[j - 1], key[j - 1]
            j -= 1
        out[j], key[j] = task, mine


@compiled
def _recreate(
    ground: Ground,
    tasks: Whole,
    crews: Whole,
    route: Short,
    room: Room,
    outs: int,
    routes: int,
    step: int,
    state: State,
) -> tuple[int, int, bool]:
    """Put tasks back where each costs least; returns routes touched, price, and if none is lost."""
    drive, into, latest, toll, near, outset = ground
    change, placed = 0, True
    for i in range(outs):
        task = room.out[i]
        k, at = best_place(
            drive, into, latest, toll, near, outset, tasks, crews, route, task, BLINK, state
        )
        if k >= 0:
            routes = _remember(crews, route, room.kept, k, step, routes)
            put(crews, route, k, at, task)
            settle(into, latest, toll, tasks, crews, route, k)
        else:
            tasks[task, CREW] = NOBODY
            change += tasks[task, SKIP]
            placed = placed and not tasks[task, MUST]
    for i in range(routes):
        change += crews[crews[i, TOUCHED], COST] - crews[crews[i, TOUCHED], WAS_COST]
    return routes, change, placed


@compiled
def anneal(
    ground: Ground,
    tasks: Whole,
    crews: Whole,
    route: Short,
    room: Room,
    totals: Whole,
    state: State,
    steps: int,
    heats: tuple[float, float],
) -> None:
    """Ruin and recreate so many times, taking worse routes too while it is hot.

    `totals` are the steps so far, the price now and the best price.
    """
    _, into, latest, toll, near, _ = ground
    cooling, heat = (heats[1] / heats[0]) ** (1.0 / steps), heats[0]
    for step in range(totals[0] + 1, totals[0] + steps + 1):
        heat *= cooling
        outs, routes, owed = ruin(near, tasks, crews, route, room.kept, room.out, step, state)
        for i in range(routes):
            settle(into, latest, toll, tasks, crews, route, crews[i, TOUCHED])
        sort_out(tasks, room.out, room.key, outs, state)
        done = _recreate(ground, tasks, crews, route, room, outs, routes, step, state)
        routes, change, placed = done
        if placed and change - owed < -heat * np.log(chance(state) + ONE):
            totals[1] += change - owed
            if totals[1] < totals[2]:
                totals[2], room.lengths[:] = totals[1], crews[:, LENGTH]
                for k in range(crews.shape[0]):
                    room.best[k, : room.lengths[k]] = route[k, : room.lengths[k]]
            continue
        for i in range(outs):
            tasks[room.out[i], CREW] = NOBODY
        for i in range(routes):
            k = crews[i, TOUCHED]
            crews[k, LENGTH] = crews[k, WAS_LENGTH]
            route[k, : crews[k, LENGTH]] = room.kept[k, : crews[k, LENGTH]]
            settle(into, latest, toll, tasks, crews, route, k)
    totals[0] += steps
