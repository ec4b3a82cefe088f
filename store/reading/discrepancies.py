"""Callbacks whose answers do not agree with what the crew's statements prove, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.discrepancy import Told
from domain.field import Verdict


@dataclass(frozen=True)
class DiscrepancySeen:
    """One answered call beside the latest verdict on its outage; persons are not in it."""

    id: str
    at: datetime
    outage_id: str
    outage_number: int
    report_number: int
    district_id: str
    agent: str
    crews: list[str]
    told: Told
    verdict: Verdict


# What differs is named by domain/discrepancy.py; here only such rows are found, so that a page
# is full. A restoration that was denied counts under its own number only.
_FOUND = text("""
SELECT a.id, a.at, c.outage_id, o.number AS outage_number, r.number AS report_number,
       c.district_id, a.agent, a.contacted_on_arrival, a.commitment_kept, a.satisfied,
       coalesce(a.supply = 'still_off', false) AS still_off, v.body AS verdict,
       (SELECT coalesce(array_agg(DISTINCT e.body ->> 'crew'), '{}') FROM outage_events e
        WHERE e.outage_id = c.outage_id AND e.kind = 'task_assigned') AS crews
FROM callback_attempts a
JOIN callbacks c ON c.id = a.callback_id
JOIN outages o ON o.id = c.outage_id
JOIN reports r ON r.id = c.report_id
JOIN LATERAL (
    SELECT body FROM verdicts WHERE outage_id = c.outage_id ORDER BY version DESC LIMIT 1
) v ON true
WHERE a.result = 'answered'
  AND (CAST(:districts AS text[]) IS NULL OR c.district_id = ANY(:districts))
  AND ((a.contacted_on_arrival IS FALSE AND v.body ->> 'contacted_at' IS NOT NULL)
       OR a.commitment_kept <> CAST(v.body ->> 'on_time' AS boolean)
       OR (a.supply = 'still_off' AND v.body ->> 'restored_at' IS NOT NULL))
  AND (CAST(:before_at AS timestamptz) IS NULL
       OR (a.at, a.id) < (CAST(:before_at AS timestamptz), CAST(:before_id AS text)))
ORDER BY a.at DESC, a.id DESC
LIMIT :limit
""")
_ANSWERS = ("contacted_on_arrival", "commitment_kept", "satisfied", "still_off")
_PLAIN = (
    "id", "at", "outage_id", "outage_number", "report_number", "district_id", "agent", "crews",
)  # fmt: skip


def listed(
    session: Session,
    *,
    districts: Sequence[str] | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[DiscrepancySeen]:
    """List discrepancies, newest first; `before` is time and id of the last one seen."""
    before_at, before_id = before or (None, None)
    given = {"districts": None if districts is None else list(districts), "limit": limit,
             "before_at": before_at, "before_id": before_id}  # fmt: skip
    return [_seen(row._mapping) for row in session.execute(_FOUND, given)]


def _seen(row: Any) -> DiscrepancySeen:
    return DiscrepancySeen(
        **{name: row[name] for name in _PLAIN},
        told=Told(**{name: row[name] for name in _ANSWERS}),
        verdict=Verdict.model_validate(row["verdict"]),
    )
