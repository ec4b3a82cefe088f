"""How the promises stand, by district and area class: what is open, next, at risk and broken."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kinds import AreaClass, Mode, TaskKind
from store.readings import Reading

_MINUTES = (15, 60)

# A promise is kept by arriving; where the light came back before, nobody need come any more.
_PROMISES = text("""
SELECT d.id AS district, c.area_class,
    count(o.id) AS promises_open,
    count(o.id) FILTER (WHERE o.arrival_deadline < :now) AS promises_overdue,
    extract(epoch FROM min(o.arrival_deadline) FILTER (WHERE o.arrival_deadline >= :now) - :now)
        AS promise_nearest_seconds,
    count(o.id) FILTER (WHERE o.arrival_deadline >= :now
        AND o.arrival_deadline < :now + interval '15 minutes') AS within_15,
    count(o.id) FILTER (WHERE o.arrival_deadline >= :now
        AND o.arrival_deadline < :now + interval '60 minutes') AS within_60
FROM districts d
CROSS JOIN unnest(CAST(:classes AS text[])) AS c(area_class)
LEFT JOIN outages o ON o.district_id = d.id AND o.area_class = c.area_class
    AND o.sealed_at IS NULL AND o.arrived_at IS NULL AND o.restored_at IS NULL
    AND o.arrival_deadline IS NOT NULL
GROUP BY d.id, c.area_class
""")
_BROKEN = text("""
SELECT d.id AS district, c.area_class, count(o.id) AS promises_broken_today
FROM districts d
CROSS JOIN unnest(CAST(:classes AS text[])) AS c(area_class)
LEFT JOIN outages o ON o.district_id = d.id AND o.area_class = c.area_class
    AND o.merged_into IS NULL
    AND o.arrival_deadline < :now
    -- No day is longer: this bound is known before the districts are, so an index serves it.
    AND o.arrival_deadline >= :now - interval '25 hours'
    AND o.arrival_deadline >= date_trunc('day', :now AT TIME ZONE d.time_zone)
        AT TIME ZONE d.time_zone
    AND coalesce(o.arrived_at, o.restored_at, o.closed_at, 'infinity') > o.arrival_deadline
GROUP BY d.id, c.area_class
""")
_DISTRICTS = text("""
SELECT d.id AS district, coalesce(o.open_outages, 0) AS open_outages,
    coalesce(o.etr_overdue, 0) AS etr_overdue, coalesce(o.dangers_unheard, 0) AS dangers_unheard,
    coalesce(p.open_pages, 0) AS open_pages,
    coalesce(c.open_callbacks, 0) AS open_callbacks,
    coalesce(c.callbacks_due, 0) AS callbacks_due,
    coalesce(c.callbacks_overdue, 0) AS callbacks_overdue,
    extract(epoch FROM :now - c.oldest_due) AS callbacks_due_oldest_seconds,
    extract(epoch FROM :now - r.last_at) AS plan_age_seconds,
    coalesce(b.mode, 'auto') AS mode
FROM districts d
LEFT JOIN (
    SELECT district_id, count(*) AS open_outages,
        count(*) FILTER (WHERE etr < :now AND restored_at IS NULL) AS etr_overdue,
        count(*) FILTER (WHERE hazards_watermark > acked_watermark) AS dangers_unheard
    FROM outages WHERE sealed_at IS NULL GROUP BY district_id
) o ON o.district_id = d.id
LEFT JOIN (
    SELECT district_id, count(*) AS open_pages FROM pages
    WHERE acked_at IS NULL AND NOT overtaken GROUP BY district_id
) p ON p.district_id = d.id
LEFT JOIN (
    SELECT district_id, count(*) AS open_callbacks,
        count(*) FILTER (WHERE next_attempt_at <= :now) AS callbacks_due,
        count(*) FILTER (WHERE due_by < :now) AS callbacks_overdue,
        min(next_attempt_at) FILTER (WHERE next_attempt_at <= :now) AS oldest_due
    FROM callbacks WHERE state = 'open' GROUP BY district_id
) c ON c.district_id = d.id
LEFT JOIN LATERAL (
    SELECT max(at) AS last_at FROM plan_runs WHERE district_id = d.id
) r ON true
LEFT JOIN boards b ON b.district_id = d.id
""")
_TASKS = text("""
SELECT d.id AS district, k.kind, count(t.id) AS tasks_unassigned,
    coalesce(extract(epoch FROM :now - min(t.known_at)), 0) AS tasks_unassigned_oldest_seconds
FROM districts d
CROSS JOIN unnest(CAST(:kinds AS text[])) AS k(kind)
LEFT JOIN (
    SELECT t.id, t.kind, t.known_at, o.district_id FROM tasks t JOIN outages o ON o.id = t.outage_id
    WHERE t.crew_id IS NULL AND t.finished_at IS NULL AND t.state = 'queued'
        AND o.sealed_at IS NULL
) t ON t.district_id = d.id AND t.kind = k.kind
GROUP BY d.id, k.kind
""")


def take(session: Session, now: datetime) -> Iterator[Reading]:
    """Read every promise, task and call that is owed, at one moment of the house clock."""
    classes = [each.value for each in AreaClass]
    yield from _promises(session, now, classes)
    for row in session.execute(_BROKEN, {"now": now, "classes": classes}):
        told = (row.district, row.area_class)
        yield Reading("promises_broken_today", row.promises_broken_today, told)
    kinds = [each.value for each in TaskKind]
    for row in session.execute(_TASKS, {"now": now, "kinds": kinds}):
        told = (row.district, row.kind)
        yield Reading("tasks_unassigned", row.tasks_unassigned, told)
        oldest = float(row.tasks_unassigned_oldest_seconds)
        yield Reading("tasks_unassigned_oldest_seconds", oldest, told)
    yield from _districts(session, now)


def _promises(session: Session, now: datetime, classes: list[str]) -> Iterator[Reading]:
    for row in session.execute(_PROMISES, {"now": now, "classes": classes}):
        told = (row.district, row.area_class)
        yield Reading("promises_open", row.promises_open, told)
        yield Reading("promises_overdue", row.promises_overdue, told)
        # With nothing promised there is no time to tell.
        if row.promise_nearest_seconds is not None:
            yield Reading("promise_nearest_seconds", float(row.promise_nearest_seconds), told)
        for minutes, count in zip(_MINUTES, (row.within_15, row.within_60), strict=True):
            yield Reading("promises_at_risk", count, (*told, f"{minutes}m"))


def _districts(session: Session, now: datetime) -> Iterator[Reading]:
    for row in session.execute(_DISTRICTS, {"now": now}):
        told = (row.district,)
        for name, value in row._mapping.items():
            if name == "mode":
                for mode in Mode:
                    yield Reading("board_mode", float(mode.value == value), (*told, mode.value))
            elif name == "plan_age_seconds" and value is None:
                continue
            elif name != "district":
                yield Reading(name, float(value or 0), told)
