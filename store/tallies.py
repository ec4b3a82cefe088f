"""The counts of an outage as its workflow may know them, read from its row."""

from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from domain.kinds import KeyClass
from domain.report import ReportTally

_TALLIES = text("""
SELECT id, report_count, report_watermark, clock_start, hazards, hazards_watermark, key_class,
       life_support, customers_affected
FROM outages WHERE id = ANY(:outages)
""")


def of(session: Session | Connection, outages: list[str]) -> dict[str, ReportTally]:
    """Return the counts of some outages by id."""
    rows = session.execute(_TALLIES, {"outages": outages}) if outages else ()
    return {row.id: tally_of(row) for row in rows}


def tally_of(row: Any) -> ReportTally:
    """Return the counts of an outage row."""
    return ReportTally(
        reports=row.report_count,
        watermark=row.report_watermark,
        clock_start=row.clock_start,
        hazards=frozenset(row.hazards),
        hazards_watermark=row.hazards_watermark,
        life_support=row.life_support,
        customers=row.customers_affected,
        key_class=None if row.key_class is None else KeyClass(row.key_class),
    )
