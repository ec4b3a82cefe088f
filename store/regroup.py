"""Reports that came when their outage took no more: they go on under a linked outage."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine, text

from domain import ids
from store import locks, places, policies, report_moves

_OUTAGE = text("""
SELECT id, feeder_id, ST_X(at) AS lon, ST_Y(at) AS lat, policy_hash
FROM outages WHERE id = :outage
""")
_UNHEARD = text("""
SELECT r.id FROM reports r JOIN outages o ON o.id = r.outage_id
WHERE o.id = :outage AND r.outcome IS NULL AND r.seq > o.acked_watermark
FOR UPDATE OF r
""")

# Clock and promise run from the earliest of the reports that move: received_at is kept.
_LINKED = text("""
WITH moved AS (
    SELECT count(*) AS reports, min(received_at) AS first, max(received_at) AS last,
           bool_or(life_support) AS life_support, max(seq) AS watermark,
           coalesce(max(seq) FILTER (WHERE h IS NOT NULL), 0) AS hazards_watermark,
           coalesce(array_agg(DISTINCT h) FILTER (WHERE h IS NOT NULL), '{}') AS hazards
    FROM reports LEFT JOIN LATERAL unnest(hazards) h ON true
    WHERE id = ANY(:reports)
)
INSERT INTO outages (
    id, district_id, grid_id, area_class, policy_hash, rules_version, opened_at, clock_start,
    at, transformer_id, section_id, feeder_id, transformers, customers_affected, hazards,
    life_support, key_class, parent_outage_id, report_count, report_watermark,
    hazards_watermark, last_report_at, arrival_deadline)
SELECT :new, o.district_id, o.grid_id, o.area_class, o.policy_hash, o.rules_version, :now,
    m.first, o.at, o.transformer_id, o.section_id, o.feeder_id, o.transformers,
    o.customers_affected, m.hazards, m.life_support, o.key_class, o.id, :count,
    m.watermark, m.hazards_watermark, m.last, m.first + (o.arrival_deadline - o.clock_start)
FROM outages o, moved m WHERE o.id = :outage
""")
_MOVE = text("""
UPDATE reports r SET outage_id = :new, promised_arrival_at = o.arrival_deadline
FROM outages o WHERE r.id = ANY(:reports) AND o.id = :new
""")
_COUNT = text("""
UPDATE outages SET report_count = report_count - :count WHERE id = :outage
""")


def regroup(engine: Engine, outage_id: str, now: datetime) -> str | None:
    """Move the reports an ended outage never heard of under a new outage linked to it.

    Owns one transaction, under the grouping locks of the place; returns the new outage's id, or
    None when there is nothing to move, so that doing it twice is harmless.
    """
    with engine.begin() as connection:
        row = connection.execute(_OUTAGE, {"outage": outage_id}).one()
        distance_m = policies.pinned(connection, row.policy_hash).grouping.distance_m
        locks.take(connection, places.locks_of_outage(connection, row, distance_m))
        reports = list(connection.scalars(_UNHEARD, {"outage": outage_id}))
        if not reports:
            return None
        new = ids.outage_id(uuid4())
        given = {"outage": outage_id, "new": new, "reports": reports, "count": len(reports)}
        connection.execute(_LINKED, {**given, "now": now})
        connection.execute(_MOVE, given)
        connection.execute(_COUNT, given)
        report_moves.tell(connection, new)
    return new
