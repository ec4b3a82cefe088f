"""What must change for a plan to stand: which task goes to which crew, to nobody, or when."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.arrivals import Arrivals
from routing.receipt import Code, Plan, Visit


@dataclass(frozen=True)
class Standing:
    """How a task stands with its crews now; its holder was `told` when it is expected.

    Work that begins after `until` is not sent yet, unless the crew must set out for it at once.
    """

    task: str
    holder: str | None
    ready: bool
    under_way: bool
    until: datetime
    told: datetime | None = None


@dataclass(frozen=True)
class Move:
    """One change: to `crew` with its time of arrival, or back to nobody for a reason.

    Where `crew` holds the task already, it is told another time.
    """

    task: str
    crew: str | None
    holder: str | None
    eta: datetime | None = None
    left: Code | None = None

    @property
    def stays(self) -> bool:
        """Tell whether the task stays with its crew, which is told another time."""
        return self.crew is not None and self.crew == self.holder


def moves(
    plan: Plan, tasks: Iterable[Standing], on_shift: Collection[str], now: datetime
) -> tuple[Move, ...]:
    """List the changes, nearest first; only work that may start and that nobody goes to yet.

    A crew that is turned around is called off what it was driving to, also where it is to go there
    later itself. Last come the other times, which nobody waits for.
    """
    tasks = tuple(tasks)
    visits = {visit.task: (route.crew, visit) for route in plan.routes for visit in route.visits}
    left = {item.task: item.code for item in plan.unassigned}
    found: list[tuple[datetime, Move]] = []
    for item in tasks:
        if not item.ready or (item.under_way and item.task not in plan.turned):
            continue
        crew, visit = visits.get(item.task, (None, None))
        if crew is None or visit is None:
            if item.holder is not None and item.task in left:
                why = Code.TURNED_AROUND if item.under_way else left[item.task]
                gone = Move(item.task, None, item.holder, left=why)
                found.append((now, gone))
        elif crew != item.holder and crew in on_shift and _is_near(visit, item.until, now):
            found.append((visit.eta, Move(item.task, crew, item.holder, eta=visit.eta)))
        elif item.under_way:
            gone = Move(item.task, None, item.holder, left=Code.TURNED_AROUND)
            found.append((now, gone))
    given = tuple(move for _, move in sorted(found, key=lambda each: (each[0], each[1].task)))
    return given + _other_times(plan, tasks, {move.task: move.crew for move in given})


def _other_times(
    plan: Plan, tasks: Collection[Standing], moved: Mapping[str, str | None]
) -> tuple[Move, ...]:
    """List what crews must be told of orders they keep, so that they go about them as planned."""
    kept = {
        item.task: item
        for item in tasks
        if item.holder is not None and not item.under_way and item.task not in moved
    }
    found: list[tuple[datetime, str, str]] = []
    for route in plan.routes:
        arrivals = Arrivals()
        for visit in route.visits:
            item = kept.get(visit.task)
            if item is not None and item.holder == route.crew:
                arrivals.keep(visit.task, visit.eta, item.told)
            elif moved.get(visit.task) == route.crew:
                arrivals.give(visit.task, visit.eta)
        found.extend((eta, task, route.crew) for task, eta in arrivals.other_times())
    return tuple(Move(task, crew, crew, eta=eta) for eta, task, crew in sorted(found))


def _is_near(visit: Visit, until: datetime, now: datetime) -> bool:
    """Tell whether a crew is sent to a stop now: on a long way it sets out before work is near."""
    drives_at_once = visit.depart_at <= now and visit.start_at == visit.eta
    return visit.start_at <= until or drives_at_once
