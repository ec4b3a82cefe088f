"""What it costs on top that this crew and no other does a task, whenever it does.

A toll does not depend on the hour or on the rest of the route, so the search looks it up in one
matrix, and a new price of a pair of task and crew is new here only.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from routing.receipt import Plan
from routing.rules import is_reserved
from routing.snapshot import Snapshot, Task
from routing.units import UNIT

Told = tuple[str, datetime]


def told_before(snapshot: Snapshot, previous: Plan | None) -> dict[str, Told]:
    """Return crew and start of each task in the plan before, where that crew is still here."""
    crews = {crew.id for crew in snapshot.crews}
    routes = previous.routes if previous else ()
    return {
        visit.task: (route.crew, visit.start_at)
        for route in routes
        if route.crew in crews
        for visit in route.visits
    }


class Tolls:
    """The tolls of one snapshot after the plan before."""

    def __init__(self, snapshot: Snapshot, previous: Plan | None) -> None:
        self._snapshot, self._told = snapshot, told_before(snapshot, previous)
        self._homes = {crew.id: crew.home_grid for crew in snapshot.crews}
        self._away = round(UNIT * snapshot.prices.away)
        self._reserve = round(UNIT * snapshot.prices.reserve)
        self._borrowing = round(UNIT * snapshot.prices.borrowed)
        self._borrowed = {crew.id for crew in snapshot.crews if crew.borrowed_from is not None}
        self._kept = {crew.id for crew in snapshot.crews if is_reserved(crew, snapshot.at)}

    def crew_before(self, task: str) -> str | None:
        """Return the crew a task had in the plan before, if that is still here."""
        return self._told[task][0] if task in self._told else None

    def change(self, task: Task) -> int:
        """Return what taking a task from the crew that was told of it costs: more when near."""
        prices, (_, start) = self._snapshot.prices, self._told[task.id]
        near = start <= self._snapshot.at + timedelta(seconds=prices.freeze_s)
        held = prices.freeze_s > 0 and near and not task.danger
        return round(UNIT * (max(prices.change, prices.change_near) if held else prices.change))

    def terms(self, task: Task, crew: str) -> dict[str, int]:
        """Return the toll of a task with a crew by term of the cost."""
        moved = self.crew_before(task.id) not in (None, crew)
        home = self._homes.get(crew)
        away = home is not None and task.grid is not None and home != task.grid
        return {
            "changes": self.change(task) if moved else 0,
            "away": self._away if away and not task.danger else 0,
            "reserve": self._reserve if task.danger and crew in self._kept else 0,
            "borrowed": self._borrowing if crew in self._borrowed else 0,
        }

    def of(self, task: Task, crew: str) -> int:
        """Return the toll of a task with a crew."""
        return sum(self.terms(task, crew).values())

    def matrix(self, tasks: Sequence[Task]) -> NDArray[np.int64]:
        """Return the toll by task and crew of the snapshot."""
        number = {crew: at for at, crew in enumerate(self._homes)}
        table = np.zeros((len(tasks), len(number)), dtype=np.int64)
        if self._away:
            table += self._away * self._strangers(tasks)
        table[:, [number[crew] for crew in sorted(self._borrowed)]] += self._borrowing
        for row, task in enumerate(tasks):
            if (crew := self.crew_before(task.id)) is not None:
                change = self.change(task)
                table[row] += change
                table[row, number[crew]] -= change
            if task.danger:
                table[row, [number[kept] for kept in self._kept]] += self._reserve
        return table

    def _strangers(self, tasks: Sequence[Task]) -> NDArray[np.bool_]:
        """Tell by task and crew whether the crew would work outside its home grid."""
        grids: dict[str | None, int] = {None: -1}
        of_task = [grids.setdefault(None if t.danger else t.grid, len(grids)) for t in tasks]
        of_crew = [grids.setdefault(home, len(grids)) for home in self._homes.values()]
        here, home = np.array(of_task, dtype=np.int64)[:, None], np.array(of_crew, dtype=np.int64)
        found: NDArray[np.bool_] = (here != home) & (here >= 0) & (home >= 0)
        return found
