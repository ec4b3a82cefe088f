"""One OR-Tools model: a few neighbouring crews and the tasks they could share, from given routes.

Matrices only, no Python callbacks. `SetAllowedVehiclesForIndex` refuses every Python argument in
this version, so crews are allowed through `VehicleVar`. Lateness is a soft upper bound on the
start of work; waiting is a second dimension because a node takes only one such bound.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.problem import NEVER, Problem, Routes

CLOCK, WAIT, LOAD = "clock", "wait", "load"


@dataclass(frozen=True)
class Window:
    """The crews and tasks of one model, and what the rest of the plan asks of them.

    `earliest` and `latest_finish` hold tasks against forerunners and followers outside, and hold
    work that several crews begin together to its moment.
    """

    crews: tuple[int, ...]
    tasks: tuple[int, ...]
    earliest: dict[int, int]
    latest_finish: dict[int, int]


@dataclass(frozen=True)
class Found:
    """The routes of a window's crews, how many solutions were seen, and how it ended."""

    routes: Routes
    solutions: int
    proven: bool


class WindowModel:
    """Builds and solves one window; nodes are tasks, then starts, then one shared end."""

    def __init__(self, problem: Problem, window: Window) -> None:
        self._problem, self._window = problem, window
        count, crews = len(window.tasks), len(window.crews)
        self._end = count + crews
        self._manager = pywrapcp.RoutingIndexManager(
            self._end + 1, crews, list(range(count, self._end)), [self._end] * crews
        )
        self._model = pywrapcp.RoutingModel(self._manager)
        self._drives = self._drive_matrix()
        self._closed: set[int] = set()
        self._waits = any(each > 0 for each in window.earliest.values())
        self._linked = [
            (each, task)
            for task in window.tasks
            for each in problem.before[task]
            if each in window.tasks
        ]
        self._set_arc_prices()
        self._add_clock()
        self._add_waiting()
        self._allow_crews()
        self._add_links()
        self._add_fair_load()
        self._add_parts()

    def _drive_matrix(self) -> Any:
        tasks, crews = np.array(self._window.tasks), np.array(self._window.crews)
        count, drives = len(tasks), np.zeros((self._end + 1, self._end + 1), dtype=np.int64)
        drives[:count, :count] = self._problem.between[np.ix_(tasks, tasks)]
        drives[count : self._end, :count] = self._problem.outset[np.ix_(crews, tasks)]
        return drives

    def _set_arc_prices(self) -> None:
        """Price driving, each crew's toll for a task on the way to it, and calling it out."""
        registered: dict[tuple[int, ...], int] = {}
        for vehicle, crew in enumerate(self._window.crews):
            tolls = self._problem.tolls[list(self._window.tasks), crew]
            if (told := tuple(tolls.tolist())) not in registered:
                prices = self._drives * self._problem.travel_price
                prices[:, : len(told)] += tolls
                registered[told] = self._model.RegisterTransitMatrix(prices.tolist())
            self._model.SetArcCostEvaluatorOfVehicle(registered[told], vehicle)
            self._model.SetFixedCostOfVehicle(self._problem.call_outs[crew], vehicle)

    def _add_clock(self) -> None:
        problem, window = self._problem, self._window
        self._longest = max(problem.horizon, *(problem.ready[crew] for crew in window.crews))
        slack = self._longest if self._waits or self._linked else 0
        self._model.AddDimension(self._register_steps(), slack, self._longest, False, CLOCK)
        self._clock = self._model.GetDimensionOrDie(CLOCK)
        for node, task in enumerate(window.tasks):
            index, rates = self._manager.NodeToIndex(node), problem.tariffs[task]
            self._limit_start(index, task)
            if rates.lock_s < problem.horizon:
                late = rates.late if rates.bound_s <= rates.lock_s else 0
                self._clock.SetCumulVarSoftUpperBound(
                    index, max(0, rates.lock_s), rates.lock + late
                )
            elif rates.bound_s < problem.horizon:
                self._clock.SetCumulVarSoftUpperBound(index, max(0, rates.bound_s), rates.late)
        for vehicle, crew in enumerate(window.crews):
            ready, end = problem.ready[crew], min(problem.ends[crew], self._longest)
            self._clock.CumulVar(self._model.Start(vehicle)).SetRange(ready, ready)
            self._clock.CumulVar(self._model.End(vehicle)).SetRange(ready, max(ready, end))

    def _register_steps(self) -> int:
        """Register drive plus the work done where the drive begins."""
        steps, tasks = self._drives.copy(), self._window.tasks
        steps[: len(tasks)] += np.array([self._problem.work[task] for task in tasks])[:, None]
        return int(self._model.RegisterTransitMatrix(steps.tolist()))

    def _limit_start(self, index: int, task: int) -> None:
        """Limit the start by followers outside the window, and by licences that run out."""
        problem, window, start = self._problem, self._window, self._clock.CumulVar(index)
        limits = [int(problem.latest[crew, task]) for crew in window.crews]
        follower = window.latest_finish.get(task, self._longest) - problem.work[task]
        earliest, latest = window.earliest[task], min(max(limits), follower)
        if earliest > latest:
            self._closed.add(task)
            return
        start.SetRange(earliest, latest)
        crew_var = self._model.VehicleVar(index)
        for vehicle, crew in enumerate(window.crews):
            limit = int(problem.latest[crew, task])
            ends = min(problem.ends[crew], self._longest) - problem.work[task]
            if NEVER < limit < min(latest, ends):
                here = crew_var == vehicle
                self._model.solver().Add(start + here * (latest - limit) <= latest)

    def _add_waiting(self) -> None:
        rates = [self._problem.tariffs[task] for task in self._window.tasks]
        if not any(each.wait for each in rates):
            return
        self._model.AddDimension(self._register_steps(), 0, self._longest, False, WAIT)
        waiting = self._model.GetDimensionOrDie(WAIT)
        for node, each in enumerate(rates):
            waiting.SetCumulVarSoftUpperBound(self._manager.NodeToIndex(node), 0, each.wait)
        for vehicle, crew in enumerate(self._window.crews):
            ready = self._problem.ready[crew]
            waiting.CumulVar(self._model.Start(vehicle)).SetRange(ready, ready)

    def _allow_crews(self) -> None:
        """Allow each task its crews, or none at the price of leaving it out."""
        for node, task in enumerate(self._window.tasks):
            index = self._manager.NodeToIndex(node)
            allowed = [
                vehicle
                for vehicle, crew in enumerate(self._window.crews)
                if int(self._problem.latest[crew, task]) != NEVER and task not in self._closed
            ]
            if self._problem.meets[task] and allowed:  # others come to it: it is not left out
                self._model.VehicleVar(index).SetValues(allowed)
                continue
            self._model.VehicleVar(index).SetValues([-1, *allowed])
            rates = self._problem.tariffs[task]
            already = rates.late * max(0, -rates.bound_s) + rates.lock * max(0, -rates.lock_s)
            self._model.AddDisjunction([index], max(0, rates.skip - already))

    def _add_fair_load(self) -> None:
        """Price the work of each crew past its share."""
        problem, work = self._problem, [self._problem.work[task] for task in self._window.tasks]
        if not problem.fair_price:
            return
        more = self._model.RegisterUnaryTransitVector([*work, *[0] * (self._end + 1 - len(work))])
        self._model.AddDimension(more, 0, max(1, sum(work)), True, LOAD)
        load = self._model.GetDimensionOrDie(LOAD)
        for vehicle, crew in enumerate(self._window.crews):
            left = max(0, -problem.past[crew])
            load.SetCumulVarSoftUpperBound(self._model.End(vehicle), left, problem.fair_price)

    def _add_links(self) -> None:
        """Keep forerunners of the same window before their followers, on any crew."""
        node = {task: number for number, task in enumerate(self._window.tasks)}
        for first, second in self._linked:
            one, two = (self._manager.NodeToIndex(node[each]) for each in (first, second))
            self._clock.AddNodePrecedence(one, two, self._problem.work[first])
            self._model.solver().Add(self._model.ActiveVar(two) <= self._model.ActiveVar(one))

    def _add_parts(self) -> None:
        """Let no crew use up more of a part than it has."""
        tasks, crews = list(self._window.tasks), list(self._window.crews)
        needs, carried = self._problem.needs[tasks], self._problem.carried[crews]
        for part in np.flatnonzero(needs.any(axis=0)):
            used = np.zeros(self._end + 1, dtype=np.int64)
            used[: len(tasks)] = needs[:, part]
            taken = self._model.RegisterUnaryTransitVector(used.tolist())
            room = carried[:, part].tolist()
            self._model.AddDimensionWithVehicleCapacity(taken, 0, room, True, f"part {part}")

    def improve(self, routes: Routes, solutions: int, seconds: float) -> Found | None:
        """Search from these routes of the window's crews; None when they are not accepted."""
        node = {task: number for number, task in enumerate(self._window.tasks)}
        self._model.CloseModelWithParameters(parameters(solutions, seconds))
        start = self._model.ReadAssignmentFromRoutes(
            [[self._manager.NodeToIndex(node[task]) for task in route] for route in routes], True
        )
        if start is None:
            return None
        answer = self._model.SolveFromAssignmentWithParameters(
            start, parameters(solutions, seconds)
        )
        seen = int(self._model.solver().Solutions())
        if answer is None:
            return None
        proven = self._model.status() == routing_enums_pb2.RoutingSearchStatus.ROUTING_OPTIMAL
        if any(self._problem.due[crew] for crew in self._window.crews):
            proven = False  # breaks are not in the model: what it finds is walked with them
        return Found([self._route(answer, v) for v in range(len(routes))], max(1, seen), proven)

    def from_nothing(self, seconds: float) -> Routes | None:
        """Search without a start, all choices left to OR-Tools; None when it finds nothing."""
        free = pywrapcp.DefaultRoutingSearchParameters()
        free.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
        answer = self._model.SolveWithParameters(free)
        if answer is None:
            return None
        return [self._route(answer, vehicle) for vehicle in range(len(self._window.crews))]

    def _route(self, answer: Any, vehicle: int) -> list[int]:
        index, route = answer.Value(self._model.NextVar(self._model.Start(vehicle))), []
        while not self._model.IsEnd(index):
            route.append(self._window.tasks[self._manager.IndexToNode(index)])
            index = answer.Value(self._model.NextVar(index))
        return route


def parameters(solutions: int, seconds: float) -> Any:
    """Return a greedy descent that ends by count; the seconds only guard against hanging.

    The linear scheduler stays off: with costs that only rise in time the earliest start is best.
    """
    chosen = pywrapcp.DefaultRoutingSearchParameters()
    chosen.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    chosen.disable_scheduling_beware_this_may_degrade_performance = True
    chosen.solution_limit = max(1, solutions)
    chosen.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    return chosen
