"""Drives that were made: from a crew's departure to its arrival, as its own phone told them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.place import Point


@dataclass(frozen=True)
class Drive:
    """From where and when a crew drove, where and when it arrived."""

    origin: Point
    target: Point
    area_class: str
    began_at: datetime
    ended_at: datetime


# What a desk typed in is weak about time and place. Of a crew that departed twice the last counts.
_DRIVES = text("""
SELECT ST_X(d.place), ST_Y(d.place), ST_X(a.place), ST_Y(a.place), o.area_class,
    d.occurred_at, a.occurred_at
FROM (
    SELECT f.*, coalesce(f.at, (
        SELECT p.at FROM positions p
        WHERE p.crew_id = f.crew_id AND p.occurred_at <= f.occurred_at
            AND p.occurred_at > f.occurred_at - interval '10 minutes'
        ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1
    )) AS place
    FROM field_facts f
    WHERE f.kind = 'depart' AND f.verdict = 'accepted' AND f.device NOT LIKE 'desk/%'
        AND f.occurred_at >= :since
) d
JOIN outages o ON o.id = d.outage_id
JOIN LATERAL (
    SELECT f.occurred_at, f.kind, f.device, coalesce(f.at, o.at) AS place
    FROM field_facts f
    WHERE f.task_id = d.task_id AND f.crew_id = d.crew_id AND f.verdict = 'accepted'
        AND f.kind IN ('depart', 'arrive') AND f.occurred_at > d.occurred_at
    ORDER BY f.occurred_at, f.device, f.device_seq LIMIT 1
) a ON a.kind = 'arrive' AND a.device NOT LIKE 'desk/%'
WHERE d.place IS NOT NULL
ORDER BY d.occurred_at, d.id
""")


def made(session: Session, since: datetime) -> list[Drive]:
    """List the drives that began since a moment, the earliest first."""
    return [
        Drive(Point(lon=row[0], lat=row[1]), Point(lon=row[2], lat=row[3]), *row[4:])
        for row in session.execute(_DRIVES, {"since": since})
    ]
