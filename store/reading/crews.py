"""Crews as a board shows them: on duty or not, last place, and the work they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class CrewPlaced:
    """A crew with its shift, its last known place and its leading task, now or at a moment.

    The shift is the one that runs or else the next, `open_tasks` is how much work it has.
    """

    id: str
    district_id: str
    name_en: str
    name_zh: str
    depot_id: str
    grid_id: str | None
    shift_start: datetime | None
    shift_end: datetime | None
    on_duty: bool
    lon: float
    lat: float
    position_at: datetime | None
    task_id: str | None
    task_state: str | None
    outage_id: str | None
    open_tasks: int


@dataclass(frozen=True)
class CrewSeen(CrewPlaced):
    """A crew as it is now; `holder_district_id` is where it may be planned."""

    holder_district_id: str
    skills: list[str]
    licences: dict[str, Any]
    kit: list[str]
    parts: dict[str, int] | None
    active: bool
    members: list[dict[str, str]]
    bookings: list[dict[str, Any]]


@dataclass(frozen=True)
class Stop:
    """A task on a crew's way, with what the crew needs to know to get there."""

    task_id: str
    kind: str
    state: str
    eta: datetime | None
    assignment_epoch: int
    skills: list[str]
    licences: list[str]
    parts: dict[str, int]
    assigned_at: datetime | None
    arrived_at: datetime | None
    outage_id: str
    outage_number: int
    outage_seq: int
    stage: str
    lon: float
    lat: float
    area_class: str
    arrival_deadline: datetime | None
    customers_affected: int
    hazards: list[str]
    life_support: bool
    key_class: str | None
    address: str | None
    address_en: str | None
    note: str | None


_CREWS = text("""
SELECT c.id, c.district_id, coalesce(l.district_id, c.district_id) AS holder_district_id,
       c.name_en, c.name_zh, c.depot_id, c.grid_id, c.skills, c.licences, c.kit, c.active,
       crew_carries(c.id) AS parts,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('subject', m.subject, 'part', m.part)
            ORDER BY m.subject), '[]') FROM crew_members m WHERE m.crew_id = c.id) AS members,
       s.starts_at AS shift_start, s.ends_at AS shift_end,
       coalesce(s.starts_at <= :now, false) AS on_duty,
       ST_X(coalesce(p.at, d.at)) AS lon, ST_Y(coalesce(p.at, d.at)) AS lat,
       p.occurred_at AS position_at, t.id AS task_id, t.state AS task_state, t.outage_id,
       coalesce(t.open_tasks, 0) AS open_tasks,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'kind', b.kind, 'since', b.since,
            'until', b.until, 'reason', b.reason, 'place', b.place) ORDER BY b.since, b.id), '[]')
        FROM crew_bookings b
        WHERE b.crew_id = c.id AND b.ended_at IS NULL AND b.until > :now) AS bookings
FROM crews c
JOIN depots d ON d.id = c.depot_id
LEFT JOIN crew_leases l ON l.crew_id = c.id AND lease_runs(l, :now)
LEFT JOIN LATERAL (
    SELECT s.starts_at, s.ends_at FROM shifts s
    WHERE s.crew_id = c.id AND s.ends_at > :now ORDER BY s.starts_at LIMIT 1
) s ON true
LEFT JOIN LATERAL last_position(c.id, :now) p ON true
LEFT JOIN LATERAL (
    SELECT t.id, t.state, t.outage_id, count(*) OVER () AS open_tasks FROM tasks t
    WHERE t.crew_id = c.id AND t.finished_at IS NULL
    ORDER BY t.arrived_at NULLS LAST, t.state <> 'en_route', t.eta NULLS LAST, t.id LIMIT 1
) t ON true
WHERE (CAST(:districts AS text[]) IS NULL
       OR c.district_id = ANY(:districts) OR l.district_id = ANY(:districts))
  AND (CAST(:crews AS text[]) IS NULL OR c.id = ANY(:crews))
  AND (CAST(:after_district AS text) IS NULL
       OR (c.district_id, c.id) > (:after_district, CAST(:after_id AS text)))
ORDER BY c.district_id, c.id
LIMIT :limit
""")
_ROUTE = text("""
SELECT t.id AS task_id, t.kind, t.state, t.eta, t.assignment_epoch, t.skills, t.licences,
       t.parts,
       t.assigned_at, t.arrived_at, o.id AS outage_id, o.number AS outage_number,
       o.seq AS outage_seq, o.stage, ST_X(o.at) AS lon, ST_Y(o.at) AS lat, o.area_class,
       o.arrival_deadline, o.customers_affected, o.hazards, o.life_support, o.key_class,
       r.address, r.address_en, r.note
FROM tasks t
JOIN outages o ON o.id = t.outage_id
LEFT JOIN LATERAL (
    SELECT r.address, p.address_en, r.note FROM reports r
    LEFT JOIN service_points p ON p.id = r.service_point_id AND p.address = r.address
    WHERE r.outage_id = o.id ORDER BY r.seq LIMIT 1
) r ON true
WHERE t.crew_id = :crew AND t.finished_at IS NULL
ORDER BY t.arrived_at NULLS LAST, t.state <> 'en_route', t.eta NULLS LAST, t.assigned_at, t.id
""")


def listed(
    session: Session,
    districts: Sequence[str] | None,
    now: datetime,
    *,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> list[CrewSeen]:
    """List the crews of some districts, lent ones too; `districts` None means all.

    `after` is district and id of the last one seen.
    """
    wanted = None if districts is None else list(districts)
    asked = {"districts": wanted, "crews": None, "now": now}
    rows = session.execute(_CREWS, asked | _page(after, limit))
    return [CrewSeen(**row._mapping) for row in rows]


def one(session: Session, crew_id: str, now: datetime) -> CrewSeen | None:
    """Return a crew by its id."""
    return next(iter(some(session, [crew_id], now)), None)


def some(session: Session, crew_ids: Sequence[str], now: datetime) -> list[CrewSeen]:
    """Return crews by their ids; those that do not exist are left out."""
    asked = {"districts": None, "crews": list(crew_ids), "now": now}
    rows = session.execute(_CREWS, asked | _page(None, None))
    return [CrewSeen(**row._mapping) for row in rows]


def _page(after: tuple[str, str] | None, limit: int | None) -> dict[str, Any]:
    district, crew = after or (None, None)
    return {"after_district": district, "after_id": crew, "limit": limit}


def route(session: Session, crew_id: str) -> list[Stop]:
    """Return a crew's own way: its unfinished tasks in the order of its plan."""
    return [Stop(**row._mapping) for row in session.execute(_ROUTE, {"crew": crew_id})]
