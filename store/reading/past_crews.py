"""The crews of a district at a moment that is past: work, last place and shift as of then.

Work is read off the outages' events, a place counts once it was received. Who belongs to the
district, and its shifts, are told as they are now: of these only the present is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.outage import Task, TaskState
from store.reading import past_outages
from store.reading.crews import CrewPlaced
from store.reading.past_outages import Past


@dataclass(frozen=True)
class _Held:
    """A task that a crew had, and of which outage."""

    task: Task
    outage: str


_CREWS = text("""
SELECT c.id, c.district_id, c.name_en, c.name_zh, c.depot_id, c.grid_id,
       s.starts_at AS shift_start, s.ends_at AS shift_end,
       coalesce(s.starts_at <= :at, false) AS on_duty,
       ST_X(coalesce(p.at, d.at)) AS lon, ST_Y(coalesce(p.at, d.at)) AS lat,
       p.occurred_at AS position_at
FROM crews c
JOIN depots d ON d.id = c.depot_id
LEFT JOIN LATERAL (
    SELECT s.starts_at, s.ends_at FROM shifts s
    WHERE s.crew_id = c.id AND s.ends_at > :at ORDER BY s.starts_at LIMIT 1
) s ON true
LEFT JOIN LATERAL (
    SELECT p.at, p.occurred_at FROM positions p
    WHERE p.crew_id = c.id AND p.occurred_at <= :at AND p.received_at <= :at
    ORDER BY p.occurred_at DESC LIMIT 1
) p ON true
WHERE c.active AND (c.district_id = :district OR c.id = ANY(:lent))
ORDER BY c.district_id, c.id
""")
# Where a crew was lent to is told by the tasks it was the last to have there.
_ELSEWHERE = text("""
SELECT DISTINCT o.id FROM crews c
JOIN tasks t ON t.crew_id = c.id AND (t.finished_at IS NULL OR t.finished_at > :at)
JOIN outages o ON o.id = t.outage_id AND o.district_id <> :district AND o.opened_at <= :at
WHERE c.district_id = :district AND (o.sealed_at IS NULL OR o.sealed_at > :at)
""")


def listed(session: Session, district: str, at: datetime) -> list[CrewPlaced]:
    """List a district's crews, and those lent to it that had work there, as they were then."""
    asked = {"district": district, "at": at}
    here = past_outages.folded(session, past_outages.with_crews(session, district, at), at)
    there = past_outages.folded(session, list(session.scalars(_ELSEWHERE, asked)), at)
    held = _held(here | there)
    lent = sorted(_held(here))
    rows = session.execute(_CREWS, asked | {"lent": lent})
    return [CrewPlaced(**row._mapping, **_work(held.get(row.id, ()))) for row in rows]


def _held(outages: Mapping[str, Past]) -> dict[str, list[_Held]]:
    """Return the open tasks of some outages by the crew that had them."""
    found: dict[str, list[_Held]] = {}
    for outage_id, past in outages.items():
        for task in past.state.open_tasks:
            if task.crew is not None:
                found.setdefault(task.crew, []).append(_Held(task, outage_id))
    return found


def _work(held: Sequence[_Held]) -> dict[str, Any]:
    lead = min(held, key=_place, default=None)
    return {
        "task_id": lead and lead.task.id,
        "task_state": lead and lead.task.state.value,
        "outage_id": lead and lead.outage,
        "open_tasks": len(held),
    }


def _place(held: _Held) -> tuple[Any, ...]:
    """Return where a task stands among those of its crew: what it is about comes first."""
    task = held.task
    last = datetime.max.replace(tzinfo=task.queued_at.tzinfo)
    away = task.state is not TaskState.EN_ROUTE
    return task.arrived_at or last, away, task.eta or last, task.id
