"""Finding the outage a report belongs to; the choice itself is the domain's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import grouping
from domain.grouping import Candidate, ReportPlace
from domain.place import Point
from domain.planned import PlannedWork
from domain.policy import Policy
from domain.report import ReportDraft
from store.places import Place


@dataclass(frozen=True)
class Draft:
    """A report on its way in, with everything given from outside."""

    draft: ReportDraft
    report_id: str
    outage_id: str
    now: datetime
    subject: str
    idempotency: tuple[str, str] | None
    policy: Policy
    rules_version: int
    real_now: datetime
    first_owner: str | None
    planned: PlannedWork | None = None


@dataclass(frozen=True)
class Match:
    """The outage a report joins, or the restored one it is linked under when it opens one."""

    joins: Any | None
    parent: str | None


def find(rows: Sequence[Any], taken: Draft, place: Place) -> Match:
    """Choose among the open outages around a place; the grouping locks must be held.

    What is announced is one order by itself: no other report joins it, and it joins no other.
    """
    work = taken.planned
    if work is not None:
        own = (r for r in rows if r.planned_work_id == work.id and _announced(r))
        return Match(joins=next(own, None), parent=None)
    rows = [row for row in rows if not _announced(row)]
    where = ReportPlace(at=place.point, transformer=place.transformer_id, section=place.section_id)
    found = grouping.find(where, taken.now, [_candidate(row) for row in rows], taken.policy)
    joins = next((row for row in rows if row.id == found.joins), None)
    return Match(joins=joins, parent=found.parent)


def _announced(row: Any) -> bool:
    """Tell whether an outage is dark because it was announced, as far as the rows know."""
    return row.restored_at is None and row.planned_until is not None


def _candidate(row: Any) -> Candidate:
    return Candidate(
        outage=row.id,
        at=Point(lon=row.at_lon, lat=row.at_lat),
        transformer=row.transformer_id,
        section=row.section_id,
        transformers=frozenset(row.transformers),
        last_report_at=row.last_report_at,
        restored_at=row.restored_at,
    )
