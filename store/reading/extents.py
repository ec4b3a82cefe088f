"""The part of the network that a device darkens: the confirmed one, another, or the suspected."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.upstream import Feeder, anywhere
from store.reading import devices


@dataclass(frozen=True)
class Extent:
    """What is taken to be off: a transformer, or a section with all below it; and by what device.

    `kind` tells how far, `unknown` where the network says nothing about the place.
    """

    kind: str
    device: str | None
    device_name: str | None
    customers: int
    features: list[dict[str, Any]]


_EXTENT = text("""
WITH RECURSIVE whole AS (
    SELECT s.id FROM sections s WHERE s.id = :section
    UNION
    SELECT s.id FROM sections s JOIN whole w ON s.parent_section_id = w.id
), off AS (
    SELECT t.id, t.name, t.customers, t.at, t.section_id FROM transformers t
    WHERE t.section_id IN (SELECT id FROM whole) OR t.id = ANY(:transformers)
), device AS (
    SELECT d.id, d.kind, d.name, d.at FROM devices d
    WHERE d.section_id = :section AND NOT d.normally_open
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
""")
_CALLED = text("""
SELECT array_remove(transformers || transformer_id, NULL) FROM outages WHERE id = :outage
""")
_NAME = text("SELECT name FROM transformers WHERE id = :id")


def of_outage(session: Session, outage_id: str, device: str | None = None) -> Extent | None:
    """Return what is dark when a device is open; without one, as far as is known or suspected.

    None when there is no such outage, or no such device on its feeder.
    """
    called = session.scalar(_CALLED, {"outage": outage_id})
    if called is None:
        return None
    feeder = devices.feeder_of(session, outage_id)
    chosen = device or devices.confirmed(session, outage_id)
    found = None if chosen is None else anywhere(feeder, chosen)
    if found is not None:
        alone = [] if found.section is not None else [found.device]
        return _drawn(session, found.section, alone, found.device)
    return None if device is not None else _suspected(session, feeder, called)


def _suspected(session: Session, feeder: Feeder, called: list[str]) -> Extent:
    section, transformer = feeder.suspected()
    if section is not None:
        return _drawn(session, section, [], None)
    return _drawn(session, None, called if transformer is None else [transformer], None)


def _drawn(
    session: Session, section: str | None, transformers: list[str], device: str | None
) -> Extent:
    asked = {"section": section, "transformers": transformers}
    row = session.execute(_EXTENT, asked).one()
    kind = "section" if row.sectional else "transformer" if row.features else "unknown"
    name = row.device_name
    if device is not None and not row.sectional:
        name = session.scalar(_NAME, {"id": device})
    return Extent(kind, row.device or device, name, row.customers, row.features)
