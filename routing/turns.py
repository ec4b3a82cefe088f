"""Turning a crew around on its way, for a gain above the price of doing so.

At most one crew for each plan, and only for an order that nobody reaches in time: the gain is the
plan's own arithmetic with both orders really moved, less the price that is in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from routing.arrangement import Arrangement, Ground
from routing.effects import crews_changed, difference
from routing.explain import Ranking
from routing.meetings import others_of
from routing.pricing import Tariff, horizon_s, seconds_from, tariff
from routing.receipt import Hold, Plan, Visit
from routing.rules import clock_reason, standing_reason
from routing.snapshot import Crew, Snapshot, Task
from routing.travel import Travel, place_of
from routing.units import UNIT

TRIED = 2  # turns that are really made to see what they gain

Orders = Mapping[str, Sequence[tuple[str, Hold]]]


class Turn(NamedTuple):
    """A crew that could go to another order at once, and at most what that gains."""

    gain: int
    task: str
    crew: str


def turned_for_gain(
    snapshot: Snapshot, orders: Orders, previous: Plan | None, travel: Travel
) -> dict[str, list[tuple[str, Hold]]] | None:
    """Return orders in which one crew is turned around, or None where no turn gains enough."""
    stops = {stop.task for mine in snapshot.frozen.values() for stop in mine if stop.turnable}
    stops -= {each for task in snapshot.tasks for each in task.after}
    stops -= others_of(snapshot).keys()
    if not stops:
        return None
    ground = Ground(snapshot, None, previous, travel)
    timed, circular = ground.table.timed(orders, {})
    now = Arrangement(ground, {**dict.fromkeys(ground.crews, ()), **timed}, circular)
    desk = _Desk(now, stops)
    best, least = None, 0.0
    for turn in sorted(desk.turns(), key=lambda each: (-each.gain, each.task, each.crew))[:TRIED]:
        made = desk.made(turn)
        if made is not None and (gain := desk.gain(made, turn.task)) > least:
            best, least = made, gain
    return None if best is None else {crew: best.order(crew) for crew in best.routes}


class _Desk:
    """Looks for turns in one arrangement."""

    def __init__(self, now: Arrangement, stops: set[str]) -> None:
        self._now, self._ground, self._stops = now, now.ground, stops
        self._horizon = horizon_s(now.ground.snapshot)
        self._met = others_of(now.ground.snapshot).keys()
        self._linked = {each for task in now.ground.tasks.values() for each in task.after}

    def turns(self) -> Iterator[Turn]:
        """Yield turns whose gain could be above their price."""
        snapshot = self._ground.snapshot
        crews = {crew: self._first(visits) for crew, visits in self._now.routes.items()}
        able = [crew for crew, first in crews.items() if first < self._frozen(crew)]
        late = [(task, owed) for task, owed in self._late() if owed > self._price()]
        if not able or not late:
            return
        free = [
            self._ground.table.free(self._ground.crews[crew], self._now.routes[crew][: crews[crew]])
            for crew in able
        ]
        drives, _ = self._ground.travel.matrix(
            [here for _, here in free], [place_of(task) for task, _ in late]
        )
        for column, (task, owed) in enumerate(late):
            for row, crew in enumerate(able):
                if standing_reason(task, self._ground.crews[crew], snapshot.at) is not None:
                    continue
                start = seconds_from(snapshot.at, free[row][0]) + int(drives[row, column])
                gain = owed - self._rates(task).of_start(start)
                if gain > self._price():
                    yield Turn(gain, task.id, crew)

    def made(self, turn: Turn) -> Arrangement | None:
        """Return the arrangement with a crew turned around, and its order given on."""
        rest = self._now.without(turn.task)
        mine, first = rest.order(turn.crew), self._first(rest.routes[turn.crew])
        left = [task for task, _ in mine if task in self._stops]
        order = [*mine[:first], (turn.task, Hold.PLANNED)]
        order += [each for each in mine[first:] if each[0] not in left]
        after = rest.changed({turn.crew: order})
        for task in left:
            place = next(
                (
                    (fit.crew, fit.sequence)
                    for fit in Ranking(after, task).fits(0)
                    if fit.sequence is not None
                    and (fit.crew != turn.crew or fit.sequence > first + 1)
                ),
                None,
            )
            if place is None:
                return None
            after = after.having(task, place[0], place[1] - 1)
        return after if self._may_be(after) else None

    def gain(self, made: Arrangement, task: str) -> float:
        """Return what an arrangement gains, the price of turning around already taken off."""
        left = self._now.place(task) is None
        skip = self._rates(self._ground.tasks[task]).skip / UNIT if left else 0.0
        return skip - difference(self._now, made).total

    def _late(self) -> Iterator[tuple[Task, int]]:
        """Yield ordinary orders that are late or without a crew, and what that costs."""
        at, there = self._ground.snapshot.at, self._visits()
        for task in self._ground.tasks.values():
            if task.danger or task.lock or task.after or task.id in self._linked | self._met:
                continue
            visit = there.get(task.id)
            if visit is None:
                yield task, self._rates(task).skip
            elif visit.late_s > 0 and visit.hold is Hold.PLANNED:
                yield task, self._rates(task).of_start(seconds_from(at, visit.eta))

    def _visits(self) -> dict[str, Visit]:
        return {visit.task: visit for mine in self._now.routes.values() for visit in mine}

    def _rates(self, task: Task) -> Tariff:
        return tariff(task, self._ground.snapshot, self._horizon)

    def _price(self) -> int:
        return round(UNIT * self._ground.snapshot.prices.turn)

    def _frozen(self, crew: str) -> int:
        return sum(visit.hold is Hold.FROZEN for visit in self._now.routes[crew])

    def _first(self, visits: Sequence[Visit]) -> int:
        """Return the place behind what a crew cannot be turned around from."""
        held = [v.hold is Hold.DANGER or (v.hold is Hold.FROZEN and v.task not in self._stops)
                for v in visits]  # fmt: skip
        return len(held) - held[::-1].index(True) if any(held) else 0

    def _may_be(self, made: Arrangement) -> bool:
        """Tell whether every visit that moved is within the rules of clock and parts."""
        if made.circular and not self._now.circular:
            return False
        return not any(
            self._too_late(self._ground.crews[crew], visit)
            or self._too_much(self._ground.crews[crew], visit, made.routes[crew])
            for crew in crews_changed(self._now, made)
            for visit in made.routes[crew]
            if visit.hold is not Hold.FROZEN and visit not in self._now.routes[crew]
        )

    def _too_much(self, crew: Crew, visit: Visit, route: Sequence[Visit]) -> bool:
        task, mine = self._ground.tasks[visit.task], (each.task for each in route)
        return self._ground.stock.short_of(task, crew, mine) is not None

    def _too_late(self, crew: Crew, visit: Visit) -> bool:
        task, at = self._ground.tasks[visit.task], self._ground.snapshot.at
        if task.lock is not None and task.lock.crew == crew.id:
            return False
        return clock_reason(task, crew, visit.start_at, visit.finish_at, at) is not None
