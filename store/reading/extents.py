"""The part of the network that an outage is taken to have darkened, as far as reports tell."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Extent:
    """What is taken to be off: a transformer, or a section with all below it; and by what device.

    `known` tells whether the network says anything about the place.
    """

    kind: str
    device: str | None
    device_name: str | None
    customers: int
    features: list[dict[str, Any]]


# One transformer alone is off by itself; several speak for the section above them, and with it for
# every section that it feeds.
_EXTENT = text("""
WITH RECURSIVE o AS (
    SELECT id, transformers, transformer_id, section_id, at FROM outages WHERE id = :outage
), whole AS (
    SELECT s.id FROM sections s, o
    WHERE s.id = o.section_id AND cardinality(o.transformers) > 1
    UNION
    SELECT s.id FROM sections s JOIN whole w ON s.parent_section_id = w.id
), off AS (
    SELECT t.id, t.name, t.customers, t.at, t.section_id FROM transformers t
    WHERE t.section_id IN (SELECT id FROM whole)
       OR (NOT EXISTS (SELECT FROM whole) AND t.id = ANY(
           SELECT unnest(o.transformers || o.transformer_id) FROM o))
), device AS (
    SELECT d.id, d.kind, d.name, d.at FROM devices d, o
    WHERE EXISTS (SELECT FROM whole) AND d.section_id = o.section_id AND NOT d.normally_open
    ORDER BY d.id LIMIT 1
)
SELECT EXISTS (SELECT FROM whole) AS sectional, (SELECT id FROM device) AS device,
    (SELECT name FROM device) AS device_name,
    (SELECT coalesce(sum(customers), 0) FROM off) AS customers,
    (SELECT coalesce(jsonb_agg(f), '[]') FROM (
        SELECT jsonb_build_object('type', 'Feature', 'id', s.id,
            'geometry', CAST(ST_AsGeoJSON(s.path, 6) AS jsonb), 'properties',
            jsonb_build_object('what', 'section', 'name', s.name, 'customers', s.customers)) AS f
        FROM sections s WHERE s.id IN (SELECT id FROM whole)
        UNION ALL
        SELECT jsonb_build_object('type', 'Feature', 'id', off.id,
            'geometry', CAST(ST_AsGeoJSON(off.at, 6) AS jsonb), 'properties',
            jsonb_build_object('what', 'transformer', 'name', off.name,
                'customers', off.customers)) FROM off
        UNION ALL
        SELECT jsonb_build_object('type', 'Feature', 'id', device.id,
            'geometry', CAST(ST_AsGeoJSON(device.at, 6) AS jsonb), 'properties',
            jsonb_build_object('what', 'device', 'name', device.name, 'kind', device.kind))
        FROM device
    ) every) AS features
FROM o
""")


def of_outage(session: Session, outage_id: str) -> Extent | None:
    """Return what an outage is taken to have darkened, or None when there is none of that id."""
    row = session.execute(_EXTENT, {"outage": outage_id}).one_or_none()
    if row is None:
        return None
    kind = "section" if row.sectional else "transformer" if row.features else "unknown"
    return Extent(kind, row.device, row.device_name, row.customers, row.features)
