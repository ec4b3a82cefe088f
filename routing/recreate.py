"""Ruin and recreate: strings of neighbouring stops out, and back in where they cost least.

It takes worse routes too while it is hot, and cools by count; where only the clock ends a search,
by the clock. Whatever the kernel finds is walked by plain code before it counts.
"""

from dataclasses import dataclass

import numpy as np

from routing import kernel as at
from routing.arena import Arena, lists, room_of
from routing.arrays import Room
from routing.budget import Budget
from routing.problem import Problem, Routes
from routing.walk import Walked, walk_all

CHUNK = 500  # steps between two looks at the clock
HOT, COLD = 0.01, 0.0003  # of the mean price of a visit: how much dearer may be taken
SAFE = 1 << 60  # sums of prices beyond this could overflow

Better = tuple[Routes, Walked]


@dataclass
class Cooling:
    """How far a search has come, by count or, where only the clock ends it, by time."""

    steps: int
    seconds: float
    by_clock: bool
    budget: Budget
    began: float
    done: int = 0
    last: float = 0.0

    def next(self) -> tuple[int, float, float]:
        """Return how many steps to take, and the share of the way before and after them."""
        steps = min(CHUNK, self.steps - self.done)
        here = self.done / max(1, self.steps)
        ahead = (self.done + steps) / max(1, self.steps)
        if self.by_clock:
            spent = (self.budget.spent_s - self.began) / max(1e-9, self.seconds)
            here, ahead = max(here, spent), max(ahead, 2 * spent - self.last)
            self.last = spent
        return steps, min(1.0, here), min(1.0, ahead)

    def over(self) -> bool:
        """Tell whether all steps are taken or the time for them is up."""
        late = self.by_clock and self.budget.spent_s - self.began >= self.seconds
        return self.done >= self.steps or late or self.budget.over()


def improve(
    problem: Problem, routes: Routes, walked: Walked, cooling: Cooling, seed: int
) -> Better:
    """Return better routes with their walk, or those given; repeatable by seed and count."""
    found = routes, walked
    arena = Arena(problem, routes, around=True)
    arena.hold_apart(walked, early=True)
    arena.keep_still(walked)
    if len(problem.tasks) < 2 or float(arena.tasks[:, at.SKIP].sum(dtype=float)) > SAFE:
        return found
    visits = max(1, int(arena.crews[:, at.LENGTH].sum()))
    warm = max(1.0, float(arena.crews[:, at.COST].sum()) / visits)
    room, totals = room_of(problem), np.array([0, arena.price(), walked.price], dtype=np.int64)
    room.best[:], room.lengths[:] = arena.route, arena.crews[:, at.LENGTH]
    state, early = np.array([seed | 1], dtype=np.uint64), True
    while not cooling.over():
        steps, here, ahead = cooling.next()
        heats = warm * HOT * (COLD / HOT) ** here, warm * HOT * (COLD / HOT) ** ahead
        arena.anneal(room, totals, state, steps, heats)
        cooling.done += steps
        cooling.budget.solutions += steps
        if problem.linked or cooling.over():
            found = _cheaper(problem, found, room)
        if problem.linked:
            now = walk_all(problem, arena.routes())
            if now is None:
                break
            early = not early
            arena.hold_apart(now, early=early)
            arena.keep_still(now)
            totals[1:] = arena.price(), found[1].price
    return found


def _cheaper(problem: Problem, found: Better, room: Room) -> Better:
    """Return the kernel's best routes where they are cheaper when walked, or those found before."""
    routes = lists(room.best, room.lengths)
    walked = walk_all(problem, routes)
    return (routes, walked) if walked and walked.price < found[1].price else found
