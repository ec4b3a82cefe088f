"""How the whole installation does, in a handful of numbers."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

# Waiting is measured in real time: a rehearsal's fast clock would make every wait look long.
_PULSE = text("""
SELECT
    (SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL) AS outbox_depth,
    (SELECT extract(epoch FROM :real_now - min(available_at)) FROM outbox
     WHERE done_at IS NULL AND dead_at IS NULL) AS outbox_oldest_seconds,
    (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL AND done_at IS NULL) AS dead_letters,
    (SELECT extract(epoch FROM :real_now - min(m.at)) FROM outages o
     JOIN outbox m ON m.key = 'outage/' || o.id AND m.kind = 'reported'
     WHERE o.sealed_at IS NULL AND o.report_watermark > o.acked_watermark
       AND (m.done_at IS NULL OR m.at >= o.signalled_at)) AS projection_lag_seconds,
    (SELECT count(*) FROM outages WHERE sealed_at IS NULL) AS open_outages,
    (SELECT count(*) FROM pages WHERE acked_at IS NULL AND NOT overtaken) AS open_pages,
    (SELECT count(*) FROM callbacks WHERE state = 'open') AS open_callbacks,
    (SELECT count(*) FROM field_facts WHERE verdict IS NULL) AS unjudged_facts,
    (SELECT count(*) FROM outages WHERE projection_alarm IS NOT NULL) AS projection_alarms,
    (SELECT extract(epoch FROM :real_now - max(noted_at)) FROM erasures WHERE rule = 'sweep')
        AS sweep_age_seconds
""")


def take(session: Session, real_now: datetime) -> dict[str, float]:
    """Count what waits, what is late and what is open."""
    row = session.execute(_PULSE, {"real_now": real_now}).mappings().one()
    return {name: max(0.0, float(value or 0)) for name, value in row.items()}
