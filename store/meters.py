"""What meters say after losing supply, and what their word or their silence comes to.

A word is kept when it comes and judged when the campaign of its outage is counted: that it comes
before the crew's, late or twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import ids
from domain.callback import Outcome, into_window
from domain.policy import Policy
from store import outages, outbox


@dataclass(frozen=True)
class PowerOn:
    """A meter's word that its supply is back; `id` is the sender's own."""

    id: str
    service_point_id: str
    occurred_at: datetime


@dataclass(frozen=True)
class Kept:
    """Which words were new and to which outage each belongs; `unknown` are points of nowhere."""

    outages: dict[str, str | None]
    unknown: frozenset[str]


_KEEP = text("""
WITH said AS (
    SELECT w.id, w.point, w.occurred_at, p.transformer_id
    FROM unnest(CAST(:ids AS text[]), CAST(:points AS text[]), CAST(:times AS timestamptz[]))
        AS w (id, point, occurred_at)
    JOIN service_points p ON p.id = w.point
)
INSERT INTO power_ons (source, id, service_point_id, occurred_at, received_at, outage_id)
SELECT :source, s.id, s.point, s.occurred_at, :now, coalesce(
    (SELECT r.outage_id FROM reports r JOIN outages o ON o.id = r.outage_id
     WHERE r.channel = 'meter' AND r.service_point_id = s.point AND o.sealed_at IS NULL
     ORDER BY r.seq DESC LIMIT 1),
    (SELECT o.id FROM outages o
     WHERE o.transformer_id = s.transformer_id AND o.sealed_at IS NULL
     ORDER BY o.number DESC LIMIT 1))
FROM said s
ON CONFLICT DO NOTHING
RETURNING id, outage_id
""")
_KNOWN = text("SELECT id FROM service_points WHERE id = ANY(:points)")


def keep(session: Session, source: str, said: Sequence[PowerOn], now: datetime) -> Kept:
    """Keep what meters said, each word once."""
    points = [each.service_point_id for each in said]
    known = set(session.scalars(_KNOWN, {"points": points}))
    new = session.execute(
        _KEEP,
        {
            "source": source,
            "ids": [each.id for each in said],
            "points": points,
            "times": [each.occurred_at for each in said],
            "now": now,
        },
    )
    return Kept({row.id: row.outage_id for row in new}, frozenset(points) - known)


_WAITING = text("""
SELECT DISTINCT c.outage_id, c.restoration_no, c.district_id
FROM reports r JOIN callbacks c ON c.report_id = r.id AND c.state = 'open'
WHERE r.channel = 'meter' AND r.service_point_id = ANY(:points)
ORDER BY c.outage_id, c.restoration_no
""")


def wake(session: Session, points: Sequence[str], real_now: datetime) -> int:
    """Tell the campaigns that wait for these meters, each once; returns how many.

    In a transaction after that which kept the words: a campaign that opens meanwhile sees them.
    """
    waiting = session.execute(_WAITING, {"points": list(points)}).all()
    for row in waiting:
        campaign = ids.callbacks_workflow(row.outage_id, row.restoration_no)
        body = {"outage": row.outage_id, "restoration_no": row.restoration_no}
        outbox.put(session, "answered", campaign, body, district_id=row.district_id, at=real_now)
    return len(waiting)


# Lost again before the crew spoke, a word says nothing about the light after it. Whoever is being
# called at this moment is let finish: a person's word weighs more than a meter's.
_BACK = text("""
WITH back AS (
    SELECT c.id, c.report_id
    FROM callbacks c
    JOIN reports r ON r.id = c.report_id
    JOIN outages o ON o.id = c.outage_id
    WHERE c.outage_id = :outage AND c.restoration_no = :restoration_no AND c.state = 'open'
      AND r.channel = 'meter' AND (c.claimed_until IS NULL OR c.claimed_until <= :real_now)
      AND EXISTS (SELECT FROM power_ons p
        WHERE p.service_point_id = r.service_point_id
          AND p.occurred_at >= coalesce(r.occurred_at, r.received_at)
          AND NOT EXISTS (SELECT FROM reports g
            WHERE g.channel = 'meter' AND g.service_point_id = p.service_point_id
              AND coalesce(g.occurred_at, g.received_at) > p.occurred_at
              AND coalesce(g.occurred_at, g.received_at) <= coalesce(o.restored_at, :now)))
    ORDER BY c.id
    FOR UPDATE OF c
), called AS (
    UPDATE callbacks c SET state = 'done', outcome = :confirmed, claimed_by = NULL,
        claimed_until = NULL
    FROM back WHERE c.id = back.id
)
UPDATE reports r SET outcome = :confirmed, outcome_at = :now
FROM back WHERE r.id = back.report_id AND r.outcome IS NULL
""")
_SILENT = text("""
SELECT c.id, c.report_id, d.time_zone, coalesce(h.phone, '') <> '' AS known
FROM callbacks c
JOIN reports r ON r.id = c.report_id
JOIN districts d ON d.id = c.district_id
LEFT JOIN customers h ON h.id = r.customer_id
WHERE c.outage_id = :outage AND c.restoration_no = :restoration_no AND c.state = 'open'
  AND c.awaits = 'meter' AND c.next_attempt_at <= :now
ORDER BY c.id
FOR UPDATE OF c
""")
_TO_CALL = text("""
UPDATE callbacks SET awaits = 'call', silent_at = :now, next_attempt_at = :first
WHERE id = ANY(:callbacks)
""")
_NOTED = text("""
UPDATE callbacks SET state = 'done', outcome = :silent, silent_at = :now
WHERE id = ANY(:callbacks)
""")
_ENDED = text("""
UPDATE reports SET outcome = :silent, outcome_at = :now
WHERE id = ANY(:reports) AND outcome IS NULL
""")
_ANY = text("""
SELECT EXISTS (SELECT FROM callbacks c JOIN reports r ON r.id = c.report_id
    WHERE c.outage_id = :outage AND c.restoration_no = :restoration_no AND c.state = 'open'
      AND r.channel = 'meter')
""")


def settle(
    session: Session, outage_id: str, restoration_no: int, now: datetime, real_now: datetime
) -> None:
    """Give the meters of one restoration their outcome as far as it is known by now.

    Where a meter said that its supply is back, it has confirmed. Where its time is up it is
    silent: its customer is called, or that is noted, as the policy of the outage has it.
    """
    which: dict[str, Any] = {"outage": outage_id, "restoration_no": restoration_no}
    if not session.scalar(_ANY, which):
        return
    confirmed = {"confirmed": Outcome.METER_CONFIRMED.value}
    session.execute(_BACK, which | confirmed | {"now": now, "real_now": real_now})
    silent = session.execute(_SILENT, which | {"now": now}).all()
    if silent:
        _give_up(session, silent, now, outages.policy_of(session, outage_id))


def _give_up(session: Session, silent: Sequence[Any], now: datetime, policy: Policy) -> None:
    """Have somebody ask the customers of silent meters, or note that nobody can."""
    asks = policy.meters.when_silent == "call"
    for zone in sorted({row.time_zone for row in silent}):
        called = [row.id for row in silent if asks and row.known and row.time_zone == zone]
        first = into_window(now, zone, policy)
        session.execute(_TO_CALL, {"callbacks": called, "now": now, "first": first})
    noted = [row for row in silent if not (asks and row.known)]
    ended = {"silent": Outcome.METER_SILENT.value, "now": now}
    session.execute(_NOTED, ended | {"callbacks": [row.id for row in noted]})
    session.execute(_ENDED, ended | {"reports": [row.report_id for row in noted]})
