"""When two reports are one outage: same transformer, same section, or near in space and time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.place import Point, metres_between
from domain.policy import Policy
from domain.value import Value


class ReportPlace(Value):
    """Where a report points in the network; topology may be missing."""

    at: Point
    transformer: str | None = None
    section: str | None = None


class Candidate(Value):
    """An open outage that a report might belong to."""

    outage: str
    at: Point
    transformer: str | None = None
    section: str | None = None
    transformers: frozenset[str] = frozenset()
    last_report_at: datetime
    restored_at: datetime | None = None

    @property
    def last_heard_at(self) -> datetime:
        """Return since when it is quiet: a call soon after a restoration is about it."""
        return max(self.last_report_at, self.restored_at or self.last_report_at)


class Match(Value):
    """The outage a report joins, or the restored one it is linked under when it opens one."""

    joins: str | None = None
    parent: str | None = None


def find(
    place: ReportPlace, received_at: datetime, candidates: Iterable[Candidate], policy: Policy
) -> Match:
    """Find the outage of a report among all unsealed ones: it never joins a restored one."""
    known = list(candidates)
    dark = [item for item in known if item.restored_at is None]
    joins = choose(place, received_at, dark, policy)
    if joins is not None:
        return Match(joins=joins)
    lit = [item for item in known if item.restored_at is not None]
    return Match(parent=choose(place, received_at, lit, policy))


def choose(
    place: ReportPlace, received_at: datetime, candidates: Iterable[Candidate], policy: Policy
) -> str | None:
    """Return the outage a report joins, or None when it opens one.

    A shared transformer outranks a shared section, which outranks distance; at equal rank the
    latest report decides, then the id, so that the choice never depends on row order.
    """
    ranked = [
        (rank, -item.last_heard_at.timestamp(), item.outage)
        for item in candidates
        if (rank := _rank(place, received_at, item, policy)) is not None
    ]
    return min(ranked)[2] if ranked else None


def _rank(place: ReportPlace, received_at: datetime, item: Candidate, policy: Policy) -> int | None:
    rules = policy.grouping
    gap = abs(received_at - item.last_heard_at)
    known = item.transformers | ({item.transformer} if item.transformer else frozenset())
    if place.transformer is not None and place.transformer in known:
        return 0
    if place.section is not None and item.section is not None:
        near = gap <= timedelta(minutes=rules.section_window_min)
        return 1 if place.section == item.section and near else None
    if gap > timedelta(minutes=rules.distance_window_min):
        return None
    return 2 if metres_between(place.at, item.at) <= rules.distance_m else None
