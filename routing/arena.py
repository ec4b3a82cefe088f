"""A problem in arrays with the routes on it, as the compiled kernel works on them.

Tasks that wait for each other are held apart by a moment between them; so routes that keep it can
be walked, and never cost more than the kernel says.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from routing import kernel as at
from routing.arrays import Ground, Room, Short, State, Whole
from routing.kernel import NOBODY, insert_in_turn, settle
from routing.pricing import MAX_HORIZON_S, Tariff
from routing.problem import FOR_EVER, Problem, Routes
from routing.ruin import anneal
from routing.rules import before_a_break
from routing.walk import Walked

AROUND = 100  # tasks a task may be put behind, and that may be taken out with it
OUTSET = 25  # crews on whose routes a task may be put first, where there are many more
NOT_OURS = -2
ROWS = 200  # tasks whose neighbours are looked for at a time


class Arena:
    """The arrays of one problem and the routes on them."""

    def __init__(self, problem: Problem, routes: Routes, *, around: bool = False) -> None:
        self._problem = problem
        self.ground = ground_of(problem, around=around)
        self.tasks, self.crews = task_table(problem), crew_table(problem)
        self.route = np.zeros((len(problem.crews), len(problem.tasks)), dtype=np.int32)
        for crew, route in enumerate(routes):
            self.route[crew, : len(route)] = route
            self.crews[crew, at.LENGTH] = len(route)
        self.settle()

    def settle(self) -> None:
        """Set the clock of every route."""
        for crew in range(len(self._problem.crews)):
            self._settle(crew)

    def _settle(self, crew: int) -> None:
        _, into, latest, toll, _, _ = self.ground
        settle(into, latest, toll, self.tasks, self.crews, self.route, crew)

    def routes(self) -> Routes:
        """Return the routes as they stand."""
        return lists(self.route, self.crews[:, at.LENGTH])

    def price(self) -> int:
        """Return the price of the routes and of what is out, as the kernel counts it."""
        out = self.tasks[:, at.CREW] < 0
        return int(self.crews[:, at.COST].sum() + self.tasks[out, at.SKIP].sum())

    def hold_apart(self, walked: Walked, *, early: bool) -> None:
        """Put a moment between tasks that wait for each other: the forerunner's end, or later.

        Those that begin together keep the moment at which they do.
        """
        problem = self._problem
        if not problem.linked:
            return
        self.tasks[:, at.EARLIEST] = problem.earliest
        self.tasks[:, at.CAP] = MAX_HORIZON_S
        for task, before in enumerate(problem.before):
            for each in before:
                if each in walked.finishes:
                    self._apart(each, task, walked, early=early)
            if problem.meets[task] and task in walked.starts:
                self.tasks[task, at.EARLIEST] = walked.starts[task]
                self.tasks[task, at.CAP] = min(self.tasks[task, at.CAP], walked.starts[task])
        self.settle()

    def _apart(self, first: int, second: int, walked: Walked, *, early: bool) -> None:
        moment, tasks = walked.finishes[first], self.tasks
        if not early and second in walked.starts:
            moment = walked.starts[second]
        tasks[second, at.EARLIEST] = max(tasks[second, at.EARLIEST], moment)
        if second in walked.starts:
            latest = moment - self._problem.work[first]
            tasks[first, at.CAP] = min(tasks[first, at.CAP], latest)

    def fill(self, turn: Iterable[int]) -> None:
        """Insert tasks in turn where each costs least; forerunners that are out come first."""
        waiting = list(turn)
        linked, placed_any = self._problem.linked, True
        while waiting and placed_any:
            placed_any, later, loose = False, list[int](), list[int]()
            for task in waiting:
                if task not in linked:
                    loose.append(task)
                    continue
                self._insert(loose)
                loose = []
                if any(self.tasks[each, at.CREW] < 0 for each in self._problem.before[task]):
                    later.append(task)
                else:
                    placed_any |= self._insert_linked(task)
            self._insert(loose)
            waiting = later

    def _insert(self, turn: Sequence[int]) -> None:
        if turn:
            drive, into, latest, toll, _, _ = self.ground
            chosen = np.array(turn, dtype=np.int64)
            insert_in_turn(drive, into, latest, toll, self.tasks, self.crews, self.route, chosen)

    def _insert_linked(self, task: int) -> bool:
        """Insert a task after those it waits for, which may not be later from then on."""
        tasks, before = self.tasks, self._problem.before[task]
        finishes = [int(tasks[each, at.START] + tasks[each, at.WORK]) for each in before]
        tasks[task, at.EARLIEST] = max([int(tasks[task, at.EARLIEST]), *finishes])
        self._insert([task])
        if tasks[task, at.CREW] < 0:
            return False
        for each in before:
            tasks[each, at.CAP] = min(tasks[each, at.CAP], tasks[each, at.START])
            self._settle(int(tasks[each, at.CREW]))
        return True

    def keep_still(self, walked: Walked) -> None:
        """Mark what the kernel may not touch, leave out or make late.

        A route with danger on it, or with a human's hour that is missed as it is, stays whole;
        hours that are kept stay kept. What waits for work that is out, and danger, stays out.
        """
        problem, tasks = self._problem, self.tasks
        for task, each in enumerate(problem.tasks):
            crew, linked = int(tasks[task, at.CREW]), task in problem.linked
            if crew < 0:
                tasks[task, at.CREW] = NOT_OURS if each.danger or linked else NOBODY
                continue
            tasks[task, at.MUST] = linked or problem.held[task] is not None
            kept = walked.starts[task] <= problem.tariffs[task].lock_s
            if kept:
                tasks[task, at.CAP] = min(tasks[task, at.CAP], problem.tariffs[task].lock_s)
            if each.danger or not kept:
                self.crews[crew, at.CLOSED] = 1
        self.settle()

    def anneal(
        self, room: Room, totals: Whole, state: State, steps: int, heats: tuple[float, float]
    ) -> None:
        """Ruin and recreate so many times between two heats."""
        arrays = self.tasks, self.crews, self.route
        anneal(self.ground, *arrays, room, totals, state, steps, heats)


def lists(route: Short, length: Whole) -> Routes:
    """Return routes in arrays as plain lists."""
    return [row[:count].tolist() for row, count in zip(route, length.tolist(), strict=True)]


def ground_of(problem: Problem, *, around: bool) -> Ground:
    """Return where things lie; `around` is who lies near whom, which only ruin needs."""
    count = len(problem.tasks)
    near = outset = np.zeros((count, 0), dtype=np.int32)
    if around:
        near, outset = _near(problem.between), _outset(problem)
    drive = problem.between.astype(np.int32)
    into = np.concatenate([drive, problem.outset.astype(np.int32)]).T.copy()
    latest = problem.latest.T.astype(np.int32, order="C")
    return Ground(drive, into, latest, problem.tolls, near, outset)


def task_table(problem: Problem) -> Whole:
    """Return the columns of every task, each in no route yet."""
    count = len(problem.tasks)
    table = np.zeros((count, at.TASK_COLUMNS + problem.needs.shape[1]), dtype=np.int64)
    if count:
        table[:, : len(Tariff._fields)] = problem.tariffs
    table[:, at.WORK], table[:, at.EARLIEST] = problem.work, problem.earliest
    table[:, at.CAP], table[:, at.CREW] = MAX_HORIZON_S, NOBODY
    table[:, at.TASK_COLUMNS :] = problem.needs
    if any(problem.due):
        hurried = [before_a_break(task) for task in problem.tasks]
        table[:, at.HURRIED] = [each or bool(problem.meets[n]) for n, each in enumerate(hurried)]
    return table


def crew_table(problem: Problem) -> Whole:
    """Return the columns of every crew, each with an empty route."""
    columns = at.CREW_COLUMNS + 2 * problem.carried.shape[1]
    table = np.zeros((len(problem.crews), columns), dtype=np.int64)
    table[:, at.READY] = problem.ready
    table[:, at.DRIVE_PRICE], table[:, at.CALL_OUT] = problem.travel_price, problem.call_outs
    table[:, at.CREW_COLUMNS :] = np.tile(problem.carried, 2)
    table[:, at.FAIR], table[:, at.PAST] = problem.fair_price, problem.past
    for crew, due in enumerate(problem.due):
        if due is not None:
            table[0, at.BREAKS] = 1
            hours = due.length, due.earliest, due.latest
            table[crew, [at.BREAK, at.BREAK_FROM, at.BREAK_BY]] = hours
    return table


def _near(between: Whole) -> Short:
    """Return the tasks around each task, nearest first; ties by number, on every machine."""
    count = len(between)
    reach = min(count - 1, AROUND)
    near = np.zeros((count, reach), dtype=np.int32)
    for first in range(0, count, ROWS):
        rows = slice(first, first + ROWS)
        keys = (between[rows] + between[:, rows].T) * count + np.arange(count)
        keys[np.arange(len(keys)), np.arange(first, first + len(keys))] = np.iinfo(np.int64).max
        chosen = np.argpartition(keys, reach, axis=1)[:, :reach]
        order = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1)
        near[rows] = np.take_along_axis(chosen, order, axis=1)
    return near


def _outset(problem: Problem) -> Short:
    """Return the crews that may go to each task and begin nearest to it; all where they are few."""
    crews, tasks = problem.outset.shape
    if crews <= 2 * OUTSET:
        return np.zeros((tasks, 0), dtype=np.int32)
    drives = np.where(problem.latest < 0, FOR_EVER, problem.outset).T
    order = np.argsort(drives * crews + np.arange(crews), axis=1)
    return order[:, :OUTSET].astype(np.int32, order="C")


def room_of(problem: Problem) -> Room:
    """Return room to keep routes as they were before a step, and the best."""
    count, crews = len(problem.tasks), len(problem.crews)
    return Room(
        np.zeros((crews, count), dtype=np.int32),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.float64),
        np.zeros((crews, count), dtype=np.int32),
        np.zeros(crews, dtype=np.int64),
    )
