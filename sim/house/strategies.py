"""Who is sent where: Relight's planner, and two ways it is done without one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import process_time
from typing import Any, Protocol

from domain.board import CrewOnHand, Pin
from domain.policy import Policy
from routing import plan_input as p
from routing.danger import nearest_qualified
from routing.inspection import broken, check
from routing.moves import Move
from routing.planner import plan
from routing.receipt import Code, Hold, Plan
from routing.rules import clock_reason, standing_reason
from routing.snapshot import Snapshot, Stop, Task
from routing.timetable import Timetable
from routing.travel import place_of, travel_of

# The board's own count; its seconds would make two runs differ, so nothing but the count ends it.
BY_COUNT = Stop(solutions=p.SEARCH.solutions, wall_s=3600.0)
ROUGH_WITHIN_S = 3


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
    """Relight itself: danger by the nearest qualified crew, the rest by the planner, checked.

    `seconds` is what each plan with its check took on a processor, whoever else used it.
    """

    def __init__(self) -> None:
        self.unsound = 0
        self.seconds: list[float] = []
        self._made: Plan | None = None

    def danger(self, view: View) -> tuple[Move, ...]:
        """Send the nearest qualified crew to each danger that nobody holds."""
        wanted = {i.task.id for i in view.tasks if i.task.danger and i.holder is None}
        if not wanted:
            return ()
        snapshot = view.snapshot()
        found = nearest_qualified(snapshot, p.standing(snapshot, view.tasks))
        moves = p.moves_of(found, view.tasks, view.crews, view.policies, view.now)
        turned = Code.TURNED_AROUND
        return tuple(move for move in moves if move.task in wanted or move.left is turned)

    def whole(self, view: View) -> tuple[Move, ...]:
        """Plan everything open, have it checked, and say what must change."""
        began = process_time()
        moves = self._whole(view)
        self.seconds.append(process_time() - began)
        return moves

    def _whole(self, view: View) -> tuple[Move, ...]:
        snapshot = view.snapshot()
        before = p.standing(snapshot, view.tasks)
        made = plan(snapshot, before, stop=BY_COUNT, intended=self._made)
        if broken(check(snapshot, made, previous=before)):
            self.unsound += 1
            return ()
        self._made = made
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
        waiting = [item for item in view.tasks if item.ready and item.holder is None]
        held = {item.holder for item in view.tasks}
        idle = [c for c in view.crews if c.id not in held and c.shift_start <= view.now]
        idle = [crew for crew in idle if view.now < crew.shift_end]
        if not waiting or not idle:
            return ()
        near = _Near(p.build(view, waiting, idle, view.policies))
        found = []
        for task in sorted(near.snapshot.tasks, key=self._turn):
            nearest = near.take(task)
            if nearest is not None:
                eta, chosen = nearest
                found.append(Move(task.id, chosen, None, eta=eta))
        return tuple(found)


class _Near:
    """The idle crews of one look, and which of them reaches a task first."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        travel = travel_of(snapshot)
        self._table = Timetable(snapshot, travel)
        self._idle = list(snapshot.crews)
        places = [place_of(crew) for crew in snapshot.crews], [place_of(t) for t in snapshot.tasks]
        seconds, _ = travel.matrix(*places)
        self._rough = {
            (crew.id, task.id): int(seconds[row, column])
            for row, crew in enumerate(snapshot.crews)
            for column, task in enumerate(snapshot.tasks)
        }

    def take(self, task: Task) -> tuple[datetime, str] | None:
        """Return when the nearest fit crew would be there, and which it is; it is idle no more.

        A leg told to people costs much more to compute than an entry of the matrix, which is
        never less and hardly more: who is plainly farther is not asked.
        """
        best: tuple[datetime, str] | None = None
        for crew in sorted(self._idle, key=lambda each: self._rough[each.id, task.id]):
            rough = timedelta(seconds=self._rough[crew.id, task.id] - ROUGH_WITHIN_S)
            if best is not None and self.snapshot.at + rough > best[0]:
                break
            if standing_reason(task, crew, self.snapshot.at) is not None:
                continue
            visit = self._table.visit(crew, task, Hold.PLANNED, ())
            if clock_reason(task, crew, visit.start_at, visit.finish_at, self.snapshot.at) is None:
                best = min(best or (visit.eta, crew.id), (visit.eta, crew.id))
        if best is not None:
            self._idle = [crew for crew in self._idle if crew.id != best[1]]
        return best


def _first_come(task: Task) -> Any:
    return task.released_at, task.id


def _priority(task: Task) -> Any:
    return not task.danger, -task.weight, task.deadline or task.released_at, task.id


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "planner": Planner,
    "first_come": lambda: NearestCrew(_first_come),
    "priority": lambda: NearestCrew(_priority),
}
