"""The orders of a month, as rows: what they were promised by and what became of them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.month import Finding

_ORDERS = text("""
SELECT o.area_class, o.key_class, o.policy_hash, o.clock_start,
       CAST(v.body ->> 'arrived_at' AS timestamptz) AS by_facts, o.arrived_at AS by_events,
       o.restored_at, o.closed_at, o.state ->> 'resolution' AS resolution
FROM outages o
LEFT JOIN LATERAL (
    SELECT body FROM verdicts WHERE outage_id = o.id ORDER BY version DESC LIMIT 1
) v ON true
WHERE o.district_id = :district AND o.clock_start >= :begins AND o.clock_start < :ends
  AND o.merged_into IS NULL
""").execution_options(yield_per=2000)
_ZONES = text("""
SELECT id, time_zone FROM districts
WHERE CAST(:only AS text[]) IS NULL OR id = ANY(CAST(:only AS text[])) ORDER BY id
""")


def zones(session: Session, only: list[str] | None) -> dict[str, str]:
    """Return the time zone of some districts, or of all."""
    return {row.id: row.time_zone for row in session.execute(_ZONES, {"only": only})}


def orders(session: Session, district: str, begins: datetime, ends: datetime) -> Iterator[Finding]:
    """Yield every order whose first report was received in a span."""
    given = {"district": district, "begins": begins, "ends": ends}
    for row in session.execute(_ORDERS, given):
        yield Finding.model_validate(dict(row._mapping))
