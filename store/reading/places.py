"""Finding a caller's home, what a report from there would join, and what happened there lately."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.place import Point

LEAST = 2
"""So many characters are wanted before anything is searched for."""


@dataclass(frozen=True)
class PlaceFound:
    """A home or shop with who is supplied there, and by what it was found."""

    id: str
    address: str
    address_en: str
    lon: float
    lat: float
    transformer_id: str
    section_id: str
    feeder_id: str
    district_id: str
    customer: str | None
    phone: str | None
    life_support: bool
    key_class: str | None
    by: str
    metres: float | None = None


# Each arm has an index of its own and stops early; the best kind of match comes first.
_FOUND = text("""
WITH found AS (
    (SELECT p.id, NULL::text AS customer, 1 AS rank, 'service_point' AS by
     FROM service_points p WHERE p.id = :whole LIMIT 1)
    UNION ALL
    (SELECT c.service_point_id, c.id, 2, 'phone' FROM customers c
     WHERE CAST(:digits AS text) IS NOT NULL AND c.phone LIKE :digits ORDER BY c.phone LIMIT :limit)
    UNION ALL
    (SELECT c.service_point_id, c.id, 3, 'name' FROM customers c
     WHERE c.name LIKE :begins ORDER BY c.name LIMIT :limit)
    UNION ALL
    (SELECT p.id, NULL, 4, 'address' FROM service_points p
     WHERE p.address ILIKE ALL(CAST(:parts AS text[]))
        OR p.address_en ILIKE ALL(CAST(:parts AS text[]))
     ORDER BY length(p.address), p.address LIMIT :many)
), best AS (
    SELECT DISTINCT ON (f.id) f.* FROM found f ORDER BY f.id, f.rank, f.customer
)
SELECT p.id, p.address, p.address_en, ST_X(p.at) AS lon, ST_Y(p.at) AS lat, p.transformer_id,
       t.section_id, t.feeder_id, d.district_id, c.name AS customer, c.phone,
       coalesce(c.life_support, false) AS life_support, c.key_class, b.by
FROM best b
JOIN service_points p ON p.id = b.id
JOIN transformers t ON t.id = p.transformer_id
JOIN feeders d ON d.id = t.feeder_id
LEFT JOIN LATERAL (
    SELECT name, phone, life_support, key_class FROM customers
    WHERE service_point_id = p.id AND (b.customer IS NULL OR id = b.customer)
    ORDER BY id LIMIT 1
) c ON true
WHERE CAST(:districts AS text[]) IS NULL OR d.district_id = ANY(CAST(:districts AS text[]))
ORDER BY b.rank, length(p.address), p.address, p.id
LIMIT :limit
""")


def search(
    session: Session, wanted: str, *, districts: Sequence[str] | None, limit: int
) -> list[PlaceFound]:
    """Find homes by service point, telephone, name, or parts of the address in either language."""
    wanted = " ".join(wanted.split())
    if len(wanted) < LEAST:
        return []
    digits = re.sub(r"[\s()+-]", "", wanted)
    given = {
        "whole": wanted,
        "digits": f"{digits}%" if digits.isdigit() and len(digits) >= 4 else None,
        "begins": f"{_plain(wanted)}%",
        "parts": [f"%{_plain(part)}%" for part in wanted.split()],
        "districts": None if districts is None else list(districts),
        "limit": limit,
        "many": limit * 4,
    }
    return [PlaceFound(**row._mapping) for row in session.execute(_FOUND, given)]


_NEAREST = text("""
SELECT p.id, p.address, p.address_en, ST_X(p.at) AS lon, ST_Y(p.at) AS lat, p.transformer_id,
       t.section_id, t.feeder_id, d.district_id, c.name AS customer, c.phone,
       coalesce(c.life_support, false) AS life_support, c.key_class, 'point' AS by,
       ST_Distance(p.at::geography, here.at::geography) AS metres
FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS at) here
JOIN service_points p ON p.at && ST_Expand(here.at,
    :metres / (111320 * greatest(cos(radians(:lat)), 0.01)), :metres / 110540)
JOIN transformers t ON t.id = p.transformer_id
JOIN feeders d ON d.id = t.feeder_id
LEFT JOIN LATERAL (
    SELECT name, phone, life_support, key_class FROM customers
    WHERE service_point_id = p.id ORDER BY id LIMIT 1
) c ON true
WHERE ST_Distance(p.at::geography, here.at::geography) <= :metres
  AND (CAST(:districts AS text[]) IS NULL OR d.district_id = ANY(CAST(:districts AS text[])))
ORDER BY metres, p.id LIMIT :limit
""")


def nearest(
    session: Session, at: Point, *, metres: float, districts: Sequence[str] | None, limit: int
) -> list[PlaceFound]:
    """Find the homes within so many metres of a point, the nearest first."""
    given = {
        "lon": at.lon,
        "lat": at.lat,
        "metres": metres,
        "districts": None if districts is None else list(districts),
        "limit": limit,
    }
    return [PlaceFound(**row._mapping) for row in session.execute(_NEAREST, given)]


def _plain(text: str) -> str:
    """Take what was typed literally, whatever it means in a pattern."""
    return re.sub(r"([\\%_])", r"\\\1", text)


@dataclass(frozen=True)
class Earlier:
    """A report from the same home or number in the last days."""

    number: int
    outage_id: str
    outage_number: int
    received_at: datetime
    stage: str
    outcome: str | None
    same_phone: bool


_EARLIER = text("""
SELECT r.number, o.id AS outage_id, o.number AS outage_number, r.received_at, o.stage, r.outcome,
       r.service_point_id IS DISTINCT FROM CAST(:point AS text) AS same_phone
FROM reports r JOIN outages o ON o.id = r.outage_id
WHERE r.received_at >= :since AND (CAST(:districts AS text[]) IS NULL
        OR r.district_id = ANY(CAST(:districts AS text[])))
  AND (r.service_point_id = CAST(:point AS text) OR r.reporter_phone = CAST(:phone AS text))
ORDER BY r.received_at DESC LIMIT :limit
""")


def earlier(
    session: Session,
    *,
    point: str | None,
    phone: str | None,
    since: datetime,
    districts: Sequence[str] | None,
    limit: int,
) -> list[Earlier]:
    """List what was reported from a home, or from a number, since a time; the latest first."""
    given = {
        "point": point,
        "phone": phone,
        "since": since,
        "districts": None if districts is None else list(districts),
        "limit": limit,
    }
    return [Earlier(**row._mapping) for row in session.execute(_EARLIER, given)]


@dataclass(frozen=True)
class Near:
    """An open outage around a place, as a call taker needs it."""

    id: str
    number: int
    stage: str
    status: str
    lon: float
    lat: float
    metres: float
    reports: int
    customers: int
    opened_at: datetime
    arrival_deadline: datetime | None
    etr: datetime | None
    arrived_at: datetime | None
    restored_at: datetime | None
    planned_until: datetime | None
    hazards: list[str]
    transformer_id: str | None
    section_id: str | None
    transformers: list[str]
    last_report_at: datetime


_NEAR = text("""
SELECT o.id, o.number, o.stage, o.status, ST_X(o.at) AS lon, ST_Y(o.at) AS lat,
       ST_Distance(o.at::geography, p.at::geography) AS metres, o.report_count AS reports,
       o.customers_affected AS customers, o.opened_at, o.arrival_deadline, o.etr, o.arrived_at,
       o.restored_at, o.planned_until, o.hazards, o.transformer_id, o.section_id,
       o.transformers || o.dark_transformers AS transformers, o.last_report_at
FROM outages o, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS at) p
WHERE o.sealed_at IS NULL AND o.last_report_at IS NOT NULL
  AND (o.transformer_id = :transformer OR o.section_id = :section
       OR (o.device_id IS NOT NULL AND o.dark_transformers @> ARRAY[CAST(:transformer AS text)])
       OR o.at && ST_Expand(p.at, :metres / (111320 * greatest(cos(radians(:lat)), 0.01)),
                            :metres / 110540))
ORDER BY metres, o.number LIMIT :limit
""")


def around(session: Session, place: Any, *, metres: float, limit: int) -> list[Near]:
    """List the open outages on a place's line or within so many metres, the nearest first."""
    given = {
        "lon": place.lon,
        "lat": place.lat,
        "transformer": place.transformer_id,
        "section": place.section_id,
        "metres": metres,
        "limit": limit,
    }
    return [Near(**row._mapping) for row in session.execute(_NEAR, given)]
