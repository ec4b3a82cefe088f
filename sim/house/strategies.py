"""Who is sent where: Relight's planner, and two ways it is done without one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.board import CrewOnHand, Pin
from domain.policy import Policy
from routing import plan_input as p
from routing.danger import nearest_qualified
from routing.inspection import broken, check
from routing.moves import Move
from routing.planner import plan
from routing.receipt import Hold
from routing.rules import clock_reason, standing_reason
from routing.snapshot import Snapshot, Stop, Task
from routing.timetable import Timetable
from routing.travel import travel_of

# The board's own count; its seconds would make two runs differ, so nothing but the count ends it.
BY_COUNT = Stop(solutions=p.SEARCH.solutions, wall_s=3600.0)


@dataclass(frozen=True)
class View:
    """What a board may know at one instant."""

    district: str
    now: datetime
    tasks: list[p.OpenTask]
    crews: list[CrewOnHand]
    policies: dict[str, Policy]
    pins: tuple[Pin, ...] = ()

    def snapshot(self) -> Snapshot:
        """Return the snapshot the planner is given."""
        return p.build(self, self.tasks, self.crews, self.policies)


def movable(tasks: list[p.OpenTask]) -> bool:
    """Tell whether any plan could change anything: work that nobody is under way to."""
    return any(item.ready and not item.under_way for item in tasks)


class Strategy(Protocol):
    """Decides who goes where from a view, danger first if it wants to."""

    def danger(self, view: View) -> tuple[Move, ...]:
        """Return moves for danger that nobody has, before anything is planned."""

    def whole(self, view: View) -> tuple[Move, ...]:
        """Return moves for all that is open."""


class Planner:
    """Relight itself: danger by the nearest qualified crew, the rest by the planner, checked."""

    def __init__(self) -> None:
        self.unsound = 0

    def danger(self, view: View) -> tuple[Move, ...]:
        """Send the nearest qualified crew to each danger that nobody holds."""
        wanted = {i.task.id for i in view.tasks if i.task.danger and i.holder is None}
        if not wanted:
            return ()
        snapshot = view.snapshot()
        found = nearest_qualified(snapshot, p.standing(snapshot, view.tasks))
        moves = p.moves_of(found, view.tasks, view.crews, view.policies, view.now)
        return tuple(move for move in moves if move.task in wanted)

    def whole(self, view: View) -> tuple[Move, ...]:
        """Plan everything open, have it checked, and say what must change."""
        snapshot = view.snapshot()
        before = p.standing(snapshot, view.tasks)
        made = plan(snapshot, before, stop=BY_COUNT)
        if broken(check(snapshot, made, previous=before)):
            self.unsound += 1
            return ()
        return p.moves_of(made, view.tasks, view.crews, view.policies, view.now)


class NearestCrew:
    """One order after the other to the nearest fit crew that has nothing to do; the rest wait."""

    def __init__(self, turn: Callable[[Task], Any]) -> None:
        self._turn = turn

    def danger(self, view: View) -> tuple[Move, ...]:
        """Leave danger to its turn."""
        return ()

    def whole(self, view: View) -> tuple[Move, ...]:
        """Send idle crews, in turn to the order whose turn it is."""
        snapshot = view.snapshot()
        table = Timetable(snapshot, travel_of(snapshot))
        held = {item.holder for item in view.tasks}
        on_shift = {c.id for c in view.crews if c.shift_start <= view.now < c.shift_end}
        idle = [c for c in snapshot.crews if c.id in on_shift and c.id not in held]
        waiting = {i.task.id for i in view.tasks if i.ready and i.holder is None}
        found = []
        for task in sorted((t for t in snapshot.tasks if t.id in waiting), key=self._turn):
            options = [
                (visit.eta, crew.id)
                for crew in idle
                if standing_reason(task, crew, view.now) is None
                for visit in [table.visit(crew, task, Hold.PLANNED, ())]
                if clock_reason(task, crew, visit.start_at, visit.finish_at, view.now) is None
            ]
            if options:
                eta, chosen = min(options)
                idle = [crew for crew in idle if crew.id != chosen]
                found.append(Move(task.id, chosen, None, eta=eta))
        return tuple(found)


def _first_come(task: Task) -> Any:
    return task.released_at, task.id


def _priority(task: Task) -> Any:
    return not task.danger, -task.weight, task.deadline or task.released_at, task.id


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "planner": Planner,
    "first_come": lambda: NearestCrew(_first_come),
    "priority": lambda: NearestCrew(_priority),
}
