"""The whole life of an outage as one list: what was said, decided, paged, done and answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

Place = tuple[datetime, int, int, str, str]
"""Time, rank, number, kind and key of a line: no two lines have the same."""


@dataclass(frozen=True)
class Entry:
    """One line of a timeline; `source` tells which record it comes from.

    `at` is when we knew or decided, `occurred_at` when it happened where that differs. `place`
    is where it stands in the list. No names, phones or addresses are in `body`.
    """

    at: datetime
    source: str
    kind: str
    occurred_at: datetime | None
    actor: str | None
    seq: int | None
    body: dict[str, Any]
    place: Place


# `rank` puts what was said before what it led to, where both bear the same time.
_TIMELINE = text("""
SELECT * FROM (SELECT *, coalesce(seq, 4611686018427387903) AS number FROM (
    SELECT r.received_at AS at, 0 AS rank, 'report' AS source, r.channel AS kind,
           r.id AS key, r.occurred_at, r.first_owner AS actor, r.seq,
           jsonb_build_object('report', r.id, 'number', r.number, 'scope', r.scope,
               'hazards', r.hazards, 'life_support', r.life_support,
               'promised_arrival_at', r.promised_arrival_at, 'outcome', r.outcome) AS body
    FROM reports r WHERE r.outage_id = :outage OR r.id IN (
        SELECT m.report_id FROM report_moves m WHERE m.from_outage_id = :outage)
    UNION ALL
    SELECT f.received_at, 1, 'fact', f.kind, f.id, f.occurred_at, f.subject, f.device_seq,
           jsonb_build_object('fact', f.id, 'task', f.task_id, 'crew', f.crew_id,
               'device', f.device, 'verdict', f.verdict, 'verdict_code', f.verdict_code,
               'at', CASE WHEN f.at IS NOT NULL
                   THEN jsonb_build_array(ST_X(f.at), ST_Y(f.at)) END)
    FROM field_facts f WHERE f.outage_id = :outage
    UNION ALL
    SELECT i.received_at, 1, 'photo', i.shows, i.id, i.occurred_at, i.subject, i.device_seq,
           jsonb_build_object('photo', i.id, 'task', i.task_id, 'crew', i.crew_id,
               'shows', i.shows, 'gone', i.gone_at IS NOT NULL)
    FROM photos i WHERE i.outage_id = :outage AND :photos
    UNION ALL
    SELECT m.received_at, 1, 'meter', 'power_on', m.id, m.occurred_at, m.source, NULL::bigint,
           jsonb_build_object('early', o.restored_at IS NULL OR m.occurred_at < o.restored_at)
    FROM power_ons m JOIN outages o ON o.id = m.outage_id WHERE m.outage_id = :outage
    UNION ALL
    SELECT c.silent_at, 6, 'meter', 'silent', c.id, NULL::timestamptz, NULL::text, NULL::bigint,
           jsonb_build_object('callback', c.id, 'report', c.report_id, 'number', r.number,
               'restoration_no', c.restoration_no, 'outcome', c.outcome,
               'called', c.awaits = 'call')
    FROM callbacks c JOIN reports r ON r.id = c.report_id
    WHERE c.outage_id = :outage AND c.silent_at IS NOT NULL
    UNION ALL
    SELECT DISTINCT p.at, 2, 'plan', p.status, p.id, NULL::timestamptz, p.solver, NULL::bigint,
           jsonb_build_object('run', p.id, 'plan', p.plan_hash, 'snapshot', p.snapshot_hash,
               'stop_cause', p.stop_cause, 'mode', p.mode)
    FROM outage_events e JOIN plan_runs p ON p.plan_hash = e.body ->> 'plan'
    WHERE e.outage_id = :outage AND e.kind IN ('task_assigned', 'task_rescheduled')
    UNION ALL
    SELECT e.at, 3, 'event', e.kind, e.seq::text, e.occurred_at, e.actor, e.seq,
           e.body || jsonb_build_object('role', e.role, 'action_id', e.action_id,
                                       'known_at', e.known_at)
               || CASE WHEN e.kind IN ('merge_begun', 'merge_refused', 'merged', 'absorbed',
                                       'split_off')
                   THEN jsonb_build_object('other', (SELECT o.number FROM outages o
                       WHERE o.id = coalesce(e.body ->> 'into', e.body ->> 'outage')))
                   ELSE '{}' END
               || CASE WHEN e.kind = 'device_confirmed' THEN jsonb_build_object(
                   'name', coalesce(
                       (SELECT d.name FROM devices d WHERE d.id = e.body ->> 'network_device'),
                       (SELECT t.name FROM transformers t WHERE t.id = e.body ->> 'network_device'),
                       e.body ->> 'network_device'),
                   'was_name', coalesce(
                       (SELECT d.name FROM devices d WHERE d.id = e.body ->> 'was'),
                       (SELECT t.name FROM transformers t WHERE t.id = e.body ->> 'was'),
                       e.body ->> 'was')) ELSE '{}' END
    FROM outage_events e WHERE e.outage_id = :outage
    UNION ALL
    SELECT g.at, 4, 'page', g.ladder, g.id, NULL, NULL, NULL,
           jsonb_build_object('page', g.id, 'rung', g.rung, 'to', g.to_role,
               'overtaken', g.overtaken, 'acked_at', g.acked_at, 'acked_by', g.acked_by)
    FROM pages g WHERE g.outage_id = :outage
    UNION ALL
    SELECT v.known_at, 5, 'verdict', CASE WHEN v.amended THEN 'amended' ELSE 'first' END,
           v.version::text, NULL, NULL, v.version, v.body
    FROM verdicts v WHERE v.outage_id = :outage
    UNION ALL
    SELECT a.at, 6, 'callback', a.result, a.id, NULL, a.agent, NULL,
           jsonb_build_object('callback', c.id, 'report', c.report_id,
               'restoration_no', c.restoration_no, 'outcome', c.outcome,
               'contacted_on_arrival', a.contacted_on_arrival,
               'commitment_kept', a.commitment_kept, 'satisfied', a.satisfied,
               'supply', a.supply)
    FROM callbacks c JOIN callback_attempts a ON a.callback_id = c.id
    WHERE c.outage_id = :outage
) lines) numbered
WHERE CAST(:at AS timestamptz) IS NULL OR (at, rank, number, kind, key)
    > (CAST(:at AS timestamptz), :rank, :number, CAST(:kind AS text), CAST(:key AS text))
ORDER BY at, rank, number, kind, key
LIMIT :limit
""")
_PLACE = ("at", "rank", "number", "kind", "key")


def of_outage(
    session: Session,
    outage_id: str,
    *,
    after: Place | None = None,
    limit: int | None = None,
    photos: bool = True,
) -> list[Entry]:
    """Return what is recorded about an outage, by time; `after` is the last line seen.

    Without `photos` nothing tells of those: for who must not be led by them.
    """
    begin = dict(zip(_PLACE, after or (None,) * len(_PLACE), strict=True))
    rows = session.execute(
        _TIMELINE, {"outage": outage_id, "limit": limit, "photos": photos, **begin}
    )
    return [_entry(row._mapping) for row in rows]


def _entry(row: RowMapping) -> Entry:
    place = (row["at"], row["rank"], row["number"], row["kind"], row["key"])
    names = ("at", "source", "kind", "occurred_at", "actor", "seq", "body")
    return Entry(**{name: row[name] for name in names}, place=place)
