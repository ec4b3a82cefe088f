"""Callbacks as their desk lists them, with every attempt made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class CallbackSeen:
    """One callback with its attempts, oldest first."""

    id: str
    outage_id: str | None
    outage_number: int | None
    report_id: str
    report_number: int
    district_id: str
    restoration_no: int
    due_from: datetime
    due_by: datetime
    state: str
    outcome: str | None
    attempts: int
    next_attempt_at: datetime
    claimed_by: str | None
    awaits: str
    silent_at: datetime | None
    tries: list[dict[str, Any]]


_LISTED = text("""
SELECT c.id, c.outage_id, o.number AS outage_number, c.report_id, r.number AS report_number,
       c.district_id, c.restoration_no, c.due_from, c.due_by, c.state, c.outcome, c.attempts,
       c.next_attempt_at, c.claimed_by, c.awaits, c.silent_at,
       (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'callback_id' ORDER BY a.at, a.id), '[]')
        FROM callback_attempts a WHERE a.callback_id = c.id) AS tries
FROM callbacks c
JOIN reports r ON r.id = c.report_id
LEFT JOIN outages o ON o.id = c.outage_id
WHERE (CAST(:districts AS text[]) IS NULL OR c.district_id = ANY(:districts))
  AND (CAST(:outage AS text) IS NULL OR c.outage_id = :outage)
  AND (CAST(:state AS text) IS NULL OR c.state = :state)
  AND (CAST(:ids AS text[]) IS NULL OR c.id = ANY(:ids))
  AND (CAST(:after_at AS timestamptz) IS NULL
       OR (c.next_attempt_at, c.id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS text)))
ORDER BY c.next_attempt_at, c.id
LIMIT :limit
""")


def listed(
    session: Session,
    *,
    districts: Sequence[str] | None = None,
    outage_id: str | None = None,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[CallbackSeen]:
    """List callbacks by when they are due; `after` is due time and id of the last one seen."""
    after_at, after_id = after or (None, None)
    given = {
        "districts": None if districts is None else list(districts),
        "outage": outage_id,
        "state": state,
        "ids": None,
        "after_at": after_at,
        "after_id": after_id,
        "limit": limit,
    }
    return [CallbackSeen(**row._mapping) for row in session.execute(_LISTED, given)]


def some(session: Session, callback_ids: Sequence[str]) -> list[CallbackSeen]:
    """Return callbacks by their ids; those that do not exist are left out."""
    nothing = dict.fromkeys(("districts", "outage", "state", "after_at", "after_id"))
    given = {**nothing, "ids": list(callback_ids), "limit": len(callback_ids)}
    return [CallbackSeen(**row._mapping) for row in session.execute(_LISTED, given)]


_DISTRICT = text("SELECT district_id FROM callbacks WHERE id = :callback")


def district_of(session: Session, callback_id: str) -> str | None:
    """Return the district of a callback, or None when there is none of that id."""
    return session.scalar(_DISTRICT, {"callback": callback_id})
