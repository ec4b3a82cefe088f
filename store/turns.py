"""What crews did lately: when their last turn ended, and the stretches of work since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.board import CrewOnHand, Spell

LOOKED_BACK = timedelta(days=4)
"""Longer than the longest rest between two turns and the turn after it."""

_TURNS = text("""
SELECT s.crew_id, max(s.ends_at) AS ended
FROM unnest(CAST(:crews AS text[]), CAST(:begun AS timestamptz[])) AS now (crew_id, begun)
JOIN shifts s ON s.crew_id = now.crew_id AND s.starts_at < now.begun AND s.ends_at > :since
GROUP BY s.crew_id
""")

# A crew is at work from when it says that it sets out; who says nothing is from its arrival on.
_SPELLS = text("""
SELECT t.crew_id, least(e.at, t.arrived_at) AS set_out, t.finished_at AS done,
       t.arrived_at
FROM tasks t
LEFT JOIN LATERAL (
    SELECT max(coalesce(e.occurred_at, e.at)) AS at FROM outage_events e
    WHERE e.outage_id = t.outage_id AND e.kind = 'set_out' AND e.body ->> 'task' = t.id
      AND e.at >= t.assigned_at
) e ON true
WHERE t.crew_id = ANY(:crews) AND (t.finished_at IS NULL OR t.finished_at > :since)
  AND least(e.at, t.arrived_at) <= :now
ORDER BY t.crew_id, set_out, t.id
""")


def so_far(session: Session, crews: Sequence[CrewOnHand], now: datetime) -> list[CrewOnHand]:
    """Return crews with what they did before and in their turn."""
    since = now - LOOKED_BACK
    given = {"crews": [crew.id for crew in crews], "since": since, "now": now}
    begun = {"begun": [crew.shift_start for crew in crews]}
    ended = {row.crew_id: row.ended for row in session.execute(_TURNS, given | begun)}
    spells: dict[str, list[Spell]] = defaultdict(list)
    for row in session.execute(_SPELLS, given):
        done = row.done if row.done is not None and row.done <= now else None
        spells[row.crew_id].append(Spell(row.set_out, done, row.arrived_at))
    return [
        replace(crew, turn_before=ended.get(crew.id), spells=tuple(spells[crew.id]))
        for crew in crews
    ]
