"""What must change for a plan to stand: which task goes to which crew, or from it to nobody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.receipt import Code, Plan, Visit


@dataclass(frozen=True)
class Standing:
    """How a task stands with its crews now.

    Work that begins after `until` is not sent yet, unless the crew must set out for it at once.
    """

    task: str
    holder: str | None
    ready: bool
    under_way: bool
    until: datetime


@dataclass(frozen=True)
class Move:
    """One change: to `crew` with its time of arrival, or back to nobody for a reason."""

    task: str
    crew: str | None
    holder: str | None
    eta: datetime | None = None
    left: Code | None = None


def moves(
    plan: Plan, tasks: Iterable[Standing], on_shift: Collection[str], now: datetime
) -> tuple[Move, ...]:
    """List the changes, nearest first; only work that may start and that nobody goes to yet.

    A crew that is turned around is called off what it was driving to, also where it is to go there
    later itself.
    """
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
    return tuple(move for _, move in sorted(found, key=lambda each: (each[0], each[1].task)))


def _is_near(visit: Visit, until: datetime, now: datetime) -> bool:
    """Tell whether a crew is sent to a stop now: on a long way it sets out before work is near."""
    drives_at_once = visit.depart_at <= now and visit.start_at == visit.eta
    return visit.start_at <= until or drives_at_once
