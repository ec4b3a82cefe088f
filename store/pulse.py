"""How the whole installation does, in numbers that cost little to read."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from store import installation, promise_pulse
from store.readings import FAMILIES, Reading

__all__ = ["FAMILIES", "KINDS", "take"]

KINDS = ("reported", "answered", "act", "stir")
"""What the outbox carries, named here so that an empty queue is told as empty."""

# A look that takes longer than this tells nothing: the next one comes soon.
_PATIENCE = text("SET LOCAL statement_timeout = 3000")

# Waiting is measured in real time: a rehearsal's fast clock would make every wait look long.
_WHOLE = text("""
SELECT
    (SELECT extract(epoch FROM :real_now - min(m.at)) FROM outages o
     JOIN outbox m ON m.key = 'outage/' || o.id AND m.kind = 'reported'
     WHERE o.sealed_at IS NULL AND o.report_watermark > o.acked_watermark
       AND (m.done_at IS NULL OR m.at >= o.signalled_at)) AS projection_lag_seconds,
    (SELECT count(*) FROM field_facts WHERE verdict IS NULL) AS unjudged_facts,
    (SELECT count(*) FROM outages WHERE projection_alarm IS NOT NULL) AS projection_alarms,
    (SELECT extract(epoch FROM :real_now - max(noted_at)) FROM erasures WHERE rule = 'sweep')
        AS sweep_age_seconds,
    (SELECT count(*) FROM districts) AS districts,
    pg_database_size(current_database()) AS database_bytes
""")
_OUTBOX = text("""
SELECT k.kind, count(m.id) FILTER (WHERE m.dead_at IS NULL) AS outbox_depth,
    extract(epoch FROM :real_now - min(m.available_at) FILTER (WHERE m.dead_at IS NULL))
        AS outbox_oldest_seconds,
    count(m.dead_at) AS dead_letters
FROM unnest(CAST(:kinds AS text[])) AS k(kind)
LEFT JOIN (
    SELECT id, kind, available_at, dead_at FROM outbox WHERE done_at IS NULL AND dead_at IS NULL
    UNION ALL
    SELECT id, kind, available_at, dead_at FROM outbox
    WHERE dead_at IS NOT NULL AND done_at IS NULL
) m ON m.kind = k.kind
GROUP BY k.kind ORDER BY k.kind
""")
_CLOCK = text("SELECT clock_timestamp()")


def take(session: Session, real_now: datetime) -> list[Reading]:
    """Count what waits, what is late and what is open; house times are those of the rows."""
    session.execute(_PATIENCE)
    given = {"real_now": real_now, "kinds": list(KINDS)}
    readings = [
        Reading(name, max(0.0, float(value or 0)))
        for name, value in session.execute(_WHOLE, given).mappings().one().items()
    ]
    for row in session.execute(_OUTBOX, given):
        readings.extend(
            Reading(name, max(0.0, float(getattr(row, name) or 0)), (row.kind,))
            for name in ("outbox_depth", "outbox_oldest_seconds", "dead_letters")
        )
    readings.extend(promise_pulse.take(session, installation.clock(session).house(real_now)))
    return [*readings, _apart(session)]


def _apart(session: Session) -> Reading:
    """Compare the clocks; half the way there and back is the network's."""
    asked = datetime.now(UTC)
    theirs = session.execute(_CLOCK).scalar_one()
    middle = asked + (datetime.now(UTC) - asked) / 2
    return Reading("clock_apart_seconds", (theirs - middle).total_seconds())
