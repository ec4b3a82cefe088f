"""Finding the outage a report belongs to; the choice itself is the domain's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.grouping import Candidate, ReportPlace, choose
from domain.place import Point
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


@dataclass(frozen=True)
class Match:
    """The outage a report joins, or the restored one it is linked under when it opens one."""

    joins: Any | None
    parent: str | None


def find(rows: Sequence[Any], taken: Draft, place: Place) -> Match:
    """Choose among the open outages around a place; the grouping locks must be held."""
    dark = [row for row in rows if row.restored_at is None]
    chosen = _choose(dark, taken, place)
    if chosen is not None:
        return Match(joins=next(row for row in dark if row.id == chosen), parent=None)
    lit = [row for row in rows if row.restored_at is not None]
    return Match(joins=None, parent=_choose(lit, taken, place))


def _choose(rows: Iterable[Any], taken: Draft, place: Place) -> str | None:
    where = ReportPlace(at=place.point, transformer=place.transformer_id, section=place.section_id)
    return choose(where, taken.now, [_candidate(row) for row in rows], taken.policy)


def _candidate(row: Any) -> Candidate:
    # A restored outage is as fresh as its restoration: a call soon after it is about it.
    last = row.last_report_at
    return Candidate(
        outage=row.id,
        at=Point(lon=row.at_lon, lat=row.at_lat),
        transformer=row.transformer_id,
        section=row.section_id,
        transformers=frozenset(row.transformers),
        last_report_at=last if row.restored_at is None else max(last, row.restored_at),
    )
