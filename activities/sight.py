"""What a board looks at before a plan: its own district, and lenders where that is too little."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, hypot, radians
from typing import Self

from sqlalchemy.orm import Session

from domain.board import CrewOnHand
from domain.kinds import AreaClass
from domain.place import Point
from domain.policy import Policy
from roads.choosing import RoadsNow
from roads.reading import read_now
from routing.plan_input import OpenTask, open_tasks
from routing.receipt import Plan
from store import closures, policies, snapshots, turns
from store.reading import months
from workflows import messages as m

MOST_BORROWED = 6
"""So many crews of others are looked at in one plan, the nearest to where help is wanted."""


@dataclass(frozen=True)
class Sight:
    """A district at one moment: what is to do, by whom, and what holds on the ground."""

    tasks: list[OpenTask]
    crews: list[CrewOnHand]
    policies: dict[str, Policy]
    roads: RoadsNow
    shut: dict[str, datetime | None]
    month: dict[AreaClass, float]

    def with_help(self, crews: Sequence[CrewOnHand]) -> Self:
        """Return the same sight with crews of other districts."""
        known = {crew.id for crew in self.crews}
        more = [crew for crew in crews if crew.id not in known]
        return replace(self, crews=sorted([*self.crews, *more], key=lambda crew: crew.id))

    def borrowed(self) -> dict[str, datetime]:
        """Return the crews a lease is needed for, and until when it is asked."""
        return {crew.id: crew.shift_end for crew in self.crews if crew.borrowed_from is not None}


def look(session: Session, ask: m.PlanAsk) -> Sight:
    """Read a district as it stands."""
    outages = snapshots.open_outages(session, ask.district)
    hashes = sorted({outage.policy_hash for outage in outages})
    found = {each: policies.pinned(session, each) for each in hashes}
    means = any(policy.mean is not None for policy in found.values())
    crews = snapshots.crews_on_hand(session, ask.district, ask.now)
    if any(policy.planning.looks_back for policy in found.values()):
        crews = turns.so_far(session, crews, ask.now)
    return Sight(
        tasks=open_tasks(outages, ask.ledger),
        crews=crews,
        policies=found,
        roads=read_now(session, ask.now),
        shut=closures.shut(session, ask.district, ask.now),
        month=months.so_far(session, ask.district, ask.now) if means else {},
    )


def help_wanted(made: Plan, seen: Sight, of: Collection[str] | None = None) -> list[Point]:
    """Return where work may begin that a plan leaves to nobody or reaches after the promise."""
    late = {visit.task for route in made.routes for visit in route.visits if visit.late_s > 0}
    out_of_reach = late | {left.task for left in made.unassigned}
    return [
        item.outage.state.at
        for item in seen.tasks
        if item.task.id in out_of_reach and item.ready and not item.under_way
        if of is None or item.task.id in of
    ]


def helpers(
    session: Session, ask: m.PlanAsk, near: Collection[Point] | None = None
) -> list[CrewOnHand]:
    """List the crews of lenders, the nearest to where help is wanted; all where that is unsaid."""
    found: list[CrewOnHand] = []
    for spare, crews in snapshots.crews_to_borrow(session, ask.district, ask.now):
        if near is None:
            found.extend(crews)
        else:
            found.extend(sorted(crews, key=lambda crew: _away(crew, near))[:spare])
    if near is None:
        return found
    return sorted(found, key=lambda crew: _away(crew, near))[:MOST_BORROWED]


def _away(crew: CrewOnHand, near: Collection[Point]) -> tuple[float, str]:
    """Return how far a crew is from the nearest of some places, in degrees of latitude."""
    wide = cos(radians(crew.lat))
    ways = (hypot((at.lon - crew.lon) * wide, at.lat - crew.lat) for at in near)
    return min(ways, default=0.0), crew.id
