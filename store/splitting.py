"""Taking some reports out of an order: they go on under a new one, opened for them.

The grouping locks of the place are held, so no report can arrive in the middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from domain import ids
from domain.errors import Refused
from domain.kinds import AreaClass, KeyClass
from domain.report import ReportTally
from store import locks, places, policies, report_moves, report_sums, tallies
from store.report_moves import ReportsMove

_OUTAGE = text("""
SELECT id, feeder_id, ST_X(at) AS lon, ST_Y(at) AS lat, policy_hash, area_class, report_count
FROM outages WHERE id = :outage
""")
_HELD = text(_OUTAGE.text + " FOR UPDATE")
_REPORTS = text(
    report_sums.SELECT
    + """,
       r.id = ANY(:reports) OR coalesce(r.transformer_id = ANY(:transformers), false) AS named """
    + report_sums.FROM
    + " WHERE r.outage_id = :outage ORDER BY r.seq FOR UPDATE OF r"
)
_NAMED = text("""
SELECT count(*) FILTER (WHERE r.id = ANY(:reports)
           OR coalesce(r.transformer_id = ANY(:transformers), false)) AS named,
       count(*) AS reports
FROM reports r WHERE r.outage_id = :outage
""")
_OPENED = text("""
INSERT INTO outages (
    id, district_id, grid_id, area_class, policy_hash, rules_version, opened_at, clock_start,
    at, transformer_id, section_id, feeder_id, transformers, customers_affected, hazards,
    life_support, key_class, parent_outage_id, report_count, report_watermark,
    hazards_watermark, last_report_at, arrival_deadline, restoration_no)
SELECT :new, o.district_id, o.grid_id, o.area_class, o.policy_hash, o.rules_version, :now,
    :clock, r.at, r.transformer_id, r.section_id, CAST(:feeder AS text),
    CAST(:transformers AS text[]), :customers, CAST(:hazards AS text[]), :life_support,
    CAST(:key_class AS text), o.id, :count, :watermark, :hazards_watermark, :last, :deadline,
    o.restoration_no
FROM outages o JOIN reports r ON r.id = :first WHERE o.id = :outage
""")
_LEFT = text("""
UPDATE outages SET report_count = :count,
    customers_affected = CASE WHEN device_id IS NULL THEN :customers ELSE customers_affected END,
    hazards = CAST(:hazards AS text[]), hazards_watermark = :hazards_watermark,
    life_support = :life_support, key_class = CAST(:key_class AS text),
    transformers = CAST(:transformers AS text[]),
    transformer_id = CASE WHEN transformer_id = ANY(CAST(:transformers AS text[]))
        THEN transformer_id ELSE CAST(:transformer AS text) END,
    section_id = CASE WHEN transformer_id = ANY(CAST(:transformers AS text[]))
        THEN section_id ELSE CAST(:section AS text) END
WHERE id = :outage
""")
_KEPT = text("""
INSERT INTO regroupings (id, kind, from_outage_id, to_outage_id, at)
VALUES (:id, 'split', :outage, :new, :now)
""")
_KNOWN = text("SELECT to_outage_id FROM regroupings WHERE id = :id")
_MOVED = text("SELECT count(*) FROM report_moves WHERE regrouping_id = :id")


@dataclass(frozen=True)
class Wanted:
    """A split to be made; named are reports, or the transformers they come from."""

    id: str
    outage: str
    reports: tuple[str, ...]
    transformers: tuple[str, ...]
    now: datetime


@dataclass(frozen=True)
class Taken:
    """The new order, how many reports went there, and what the old one is left with."""

    outage: str
    moved: int
    left: ReportTally


def check(
    session: Session | Connection,
    outage: str,
    reports: Sequence[str],
    transformers: Sequence[str],
) -> None:
    """Refuse a split that takes nothing or everything, as far as the rows know.

    Raises Refused: split_takes_none, split_takes_all.
    """
    given = {"outage": outage, "reports": list(reports), "transformers": list(transformers)}
    row = session.execute(_NAMED, given).one()
    _check(row.named, row.reports)


def _check(named: int, reports: int) -> None:
    if not named:
        raise Refused("split_takes_none", pointer="/reports")
    if named == reports:
        raise Refused("split_takes_all", pointer="/reports")


def take_out(engine: Engine, asked: Wanted) -> Taken:
    """Open an order for the named reports; asked again it says what was done.

    Raises Refused as `check` does.
    """
    with engine.begin() as connection:
        row = connection.execute(_OUTAGE, {"outage": asked.outage}).one()
        policy = policies.pinned(connection, row.policy_hash)
        own = places.locks_of_outage(connection, row, policy.grouping.distance_m)
        locks.take(connection, own)
        row = connection.execute(_HELD, {"outage": asked.outage}).one()
        known = connection.scalar(_KNOWN, {"id": asked.id})
        if known is None:
            known = _take_out(connection, row, asked)
        moved = connection.scalar(_MOVED, {"id": asked.id}) or 0
        left = tallies.of(connection, [asked.outage])[asked.outage]
        return Taken(known, moved, left)


def _take_out(connection: Connection, row: Any, asked: Wanted) -> str:
    given: dict[str, Any] = {
        "id": asked.id,
        "outage": asked.outage,
        "reports": list(asked.reports),
        "transformers": list(asked.transformers),
        "now": asked.now,
        "new": ids.outage_id(uuid5(NAMESPACE_OID, asked.id)),
    }
    every = connection.execute(_REPORTS, given).all()
    named = [report for report in every if report.named]
    _check(len(named), len(every))
    goes = report_sums.summed(named)
    limit = policies.pinned(connection, row.policy_hash).arrival_limit(
        AreaClass(row.area_class), goes["key_class"] and KeyClass(goes["key_class"])
    )
    goes["deadline"] = goes["clock"] + limit
    given |= {"reports": [report.id for report in named], "deadline": goes["deadline"]}
    connection.execute(_OPENED, given | goes)
    connection.execute(_KEPT, given)
    report_moves.move(
        connection,
        ReportsMove(
            asked.id, asked.outage, given["new"], goes["deadline"], asked.now, given["reports"]
        ),
    )
    connection.execute(_LEFT, given | report_sums.summed([r for r in every if not r.named]))
    report_moves.tell(connection, given["new"])
    return str(given["new"])
