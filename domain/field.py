"""Statements from the field and the verdict drawn from them, whatever their order of arrival."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.place import Point, metres_between
from domain.policy import Policy
from domain.value import Value


class FieldFact(Value):
    """What a phone said: by which device, in which order, and both times.

    `position` is where the phone was; `action` is the request it carried, as JSON text.
    """

    id: str
    action_id: str
    outage: str
    task: str | None
    crew: str
    subject: str
    kind: str
    device: str = Field(min_length=1, max_length=128)
    device_seq: int = Field(ge=0)
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    position: Point | None = None
    action: str = "{}"


class Verdict(Value):
    """What the facts say about the arrival promise; amended as late facts come in."""

    promised_by: AwareDatetime
    arrived_at: AwareDatetime | None = None
    arrival: Literal["none", "unproven", "proven"] = "none"
    on_time: bool | None = None
    contacted_at: AwareDatetime | None = None
    restored_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    odd: tuple[str, ...] = ()


_ENDINGS = {"restore": "restore", "complete": "complete", "find_customer_side": "complete"}
"""Which statements end what; a fault on the customer's side ends the work without a repair."""


def proves_presence(
    position: Point | None, site: Point, policy: Policy, also: Iterable[Point] = ()
) -> bool:
    """Tell whether a position bears out that a phone was on site.

    `also` are places the outage was thought to be at: a crew that was sent there has been there.
    """
    if position is None:
        return False
    reach = policy.field.arrival_proof_m
    return any(metres_between(position, place) <= reach for place in (site, *also))


def order_of(fact: FieldFact) -> tuple[str, int, datetime, str]:
    """Return the one order in which facts are read."""
    return (fact.device, fact.device_seq, fact.occurred_at, fact.id)


def judge(
    facts: Iterable[FieldFact],
    promised_by: datetime,
    site: Point,
    policy: Policy,
    *,
    reported_at: datetime | None = None,
    also: tuple[Point, ...] = (),
) -> Verdict:
    """Draw the verdict from all facts; the same set gives the same verdict in any order.

    Nothing can have happened before `reported_at`, where it is given: a phone that says so has
    a wrong clock, and its statement counts from when we heard it. `also` are earlier places.
    """
    arrivals: list[tuple[datetime, bool]] = []
    firsts: dict[str, datetime] = {}
    odd: set[str] = set()
    for fact in sorted(facts, key=order_of):
        if fact.kind == "arrive":
            arrivals.append(_arrival(fact, (site, *also), policy, reported_at, odd))
        elif fact.kind in _ENDINGS or _reached_somebody(fact):
            at = _counted(fact, policy, reported_at, odd)
            kind = _ENDINGS.get(fact.kind, fact.kind)
            firsts[kind] = min(firsts.get(kind, at), at)
    arrived_at, proven = _first_arrival(arrivals)
    if arrived_at is not None and firsts.get("restore", arrived_at) < arrived_at:
        odd.add("restored before arrived")
    return Verdict(
        promised_by=promised_by,
        arrived_at=arrived_at,
        arrival="none" if arrived_at is None else ("proven" if proven else "unproven"),
        on_time=None if arrived_at is None else arrived_at <= promised_by,
        contacted_at=firsts.get("contact_customer"),
        restored_at=firsts.get("restore"),
        completed_at=firsts.get("complete"),
        odd=tuple(sorted(odd)),
    )


def _reached_somebody(fact: FieldFact) -> bool:
    """Tell whether a contact was made; a try that reached nobody is none."""
    if fact.kind != "contact_customer":
        return False
    said = json.loads(fact.action)
    return not (isinstance(said, dict) and said.get("reached") is False)


def _counted(
    fact: FieldFact, policy: Policy, reported_at: datetime | None, odd: set[str]
) -> datetime:
    """Return the phone's time where it can be true, else ours; what is odd is noted."""
    tolerance = timedelta(seconds=policy.field.clock_tolerance_s)
    if fact.occurred_at > fact.received_at + tolerance:
        odd.add(f"phone clock ahead: {fact.device}")
        return fact.received_at
    if reported_at is not None and fact.occurred_at < reported_at - tolerance:
        odd.add(f"phone clock behind: {fact.device}")
        return fact.received_at
    return min(fact.occurred_at, fact.received_at)


def _arrival(
    fact: FieldFact,
    sites: tuple[Point, ...],
    policy: Policy,
    reported_at: datetime | None,
    odd: set[str],
) -> tuple[datetime, bool]:
    """Return the time that counts and whether the position bears it out.

    A phone's own time counts when it came at once or when the position proves it; a late
    claim without proof counts from when we heard it.
    """
    proven = proves_presence(fact.position, sites[0], policy, sites[1:])
    at = _counted(fact, policy, reported_at, odd)
    late = fact.received_at - at > timedelta(seconds=policy.field.late_sync_s)
    if late and not proven:
        odd.add(f"late claim without proof: {fact.device}")
        return fact.received_at, False
    return at, proven


def _first_arrival(arrivals: list[tuple[datetime, bool]]) -> tuple[datetime | None, bool]:
    """Return the earliest arrival; at equal times the proven one counts."""
    if not arrivals:
        return None, False
    at, unproven = min((at, not proven) for at, proven in arrivals)
    return at, not unproven
