"""The orders of a month, as rows: what they were promised by and what became of them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
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


_SO_FAR = text("""
SELECT o.area_class, avg(extract(epoch FROM o.arrived_at - o.clock_start)) / 60 AS minutes
FROM outages o JOIN districts d ON d.id = o.district_id
WHERE o.district_id = :district AND o.arrived_at IS NOT NULL AND o.arrived_at <= :now
  AND o.clock_start < :now
  AND o.clock_start >= date_trunc('month', CAST(:now AS timestamptz) AT TIME ZONE d.time_zone)
      AT TIME ZONE d.time_zone
GROUP BY o.area_class
""")


def so_far(session: Session, district: str, now: datetime) -> dict[AreaClass, float]:
    """Return the mean arrival of this month's orders so far, in minutes by area class."""
    found = session.execute(_SO_FAR, {"district": district, "now": now})
    return {AreaClass(row.area_class): float(row.minutes) for row in found}


def orders(session: Session, district: str, begins: datetime, ends: datetime) -> Iterator[Finding]:
    """Yield every order whose first report was received in a span."""
    given = {"district": district, "begins": begins, "ends": ends}
    for row in session.execute(_ORDERS, given):
        yield Finding.model_validate(dict(row._mapping))
