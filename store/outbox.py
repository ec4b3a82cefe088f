"""Messages that must reach a workflow at least once, in order per key.

All times here are real time: a lease must not run faster because a rehearsal does. Kinds in
`COALESCED` say the same thing however often they are said, so a claim gives one message per
key for all their rows; of other kinds only the first row of a key is given at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from domain.report import ReportTally
from store import locks, tallies, traceparent
from store.tables.delivery import OutboxRow

COALESCED = ("reported", "stir", "answered")
# A signal not acknowledged by the projection within this time is sent again.
UNACKNOWLEDGED_S = 30
# So many outages hear again of callers at a time, or as many as it takes to come round in so many
# times, within the limit of a claim. A crowd that calls about what is known must not keep those
# busy who mend it.
AGAIN_AT_ONCE = 2
ROUND = 30


@dataclass(frozen=True)
class Message:
    """What is to be carried: all rows of one key, and for `reported` the outage's counts.

    `body` is that of the latest row; `again` tells that its outage heard of others before.
    `attempts` is the most any of the rows has had. `traces` are those of the work that left the
    rows, the first row's first.
    """

    kind: str
    key: str
    ids: tuple[int, ...]
    body: dict[str, Any]
    district_id: str | None
    at: datetime
    attempts: int
    again: bool = False
    outage_id: str | None = None
    tally: ReportTally | None = None
    traces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Depth:
    """How much of one kind waits, how old the oldest is, and how much is dead."""

    kind: str
    pending: int
    oldest_at: datetime | None
    dead: int


def put(
    session: Session,
    kind: str,
    key: str,
    body: dict[str, Any],
    *,
    district_id: str | None,
    at: datetime,
    available_at: datetime | None = None,
) -> None:
    """Leave a message in the same transaction as the fact it tells of."""
    session.add(
        OutboxRow(
            kind=kind,
            key=key,
            body=body,
            district_id=district_id,
            at=at,
            available_at=available_at or at,
            traceparent=traceparent.current(),
        )
    )
    session.flush()


# A key is free when none of its rows is claimed or waits for another try.
_CLAIM = text("""
WITH waiting AS (
    SELECT m.id, m.kind, m.key, m.available_at <= :now
        AND (m.claimed_until IS NULL OR m.claimed_until < :now) AS free
    FROM outbox m
    WHERE m.done_at IS NULL AND m.dead_at IS NULL
), heads AS (
    SELECT w.kind, w.key, min(w.id) AS head,
           CASE WHEN w.kind = ANY(:coalesced) THEN max(w.id) ELSE min(w.id) END AS last
    FROM waiting w
    GROUP BY w.kind, w.key
    HAVING CASE WHEN w.kind = ANY(:coalesced) THEN bool_and(w.free)
                ELSE (array_agg(w.free ORDER BY w.id))[1] END
), due AS (
    SELECT h.kind, h.key, h.last, h.head, o.signalled_at,
        o.id IS NULL OR o.signalled_watermark <= o.acked_watermark
            OR o.signalled_at < :resend_before AS ready,
        coalesce(o.hazards_watermark > o.signalled_watermark, false) AS danger,
        coalesce(o.hazards_watermark <= o.signalled_watermark
            AND o.signalled_at >= :resend_before, false) AS again
    FROM heads h
    LEFT JOIN outages o ON h.kind = 'reported' AND o.id = substr(h.key, 8)
), paced AS (
    SELECT due.*,
        row_number() OVER (PARTITION BY ready, again ORDER BY signalled_at, head) AS place,
        greatest(:at_once,
            ceil(count(*) FILTER (WHERE again) OVER () / CAST(:round AS numeric))) AS room
    FROM due
), picked AS (
    SELECT kind, key, last, again FROM paced
    WHERE ready AND (NOT again OR :with_again AND place <= room)
    ORDER BY danger DESC, head
    LIMIT :limit
)
UPDATE outbox m SET claimed_by = :worker, claimed_until = :until
FROM picked p
WHERE m.kind = p.kind AND m.key = p.key AND m.id <= p.last
  AND m.done_at IS NULL AND m.dead_at IS NULL
RETURNING m.id, m.kind, m.key, m.body, m.district_id, m.at, m.attempts, m.traceparent,
    p.again
""")


def claim(
    session: Session,
    worker: str,
    *,
    limit: int,
    real_now: datetime,
    lease_s: float,
    again: bool = True,
) -> list[Message]:
    """Take up to `limit` keys for one worker until the lease ends; commit at once after.

    Claims wait for each other, so that two workers never hold rows of one key. Of each outage
    at most one `reported` signal is under way. Danger goes first. Outages that hear of callers
    again take turns, a few `again` at a time, or none.
    """
    locks.take(session, ["outbox/claim"])
    rows = session.execute(
        _CLAIM,
        {
            "now": real_now,
            "coalesced": list(COALESCED),
            "resend_before": real_now - timedelta(seconds=UNACKNOWLEDGED_S),
            "with_again": again,
            "at_once": AGAIN_AT_ONCE,
            "round": ROUND,
            "limit": limit,
            "worker": worker,
            "until": real_now + timedelta(seconds=lease_s),
        },
    ).all()
    grouped: dict[tuple[str, str], list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        grouped.setdefault((row.kind, row.key), []).append(row)
    told = [rows[-1].body["outage"] for (kind, _), rows in grouped.items() if kind == "reported"]
    known = tallies.of(session, told)
    return [_message(rows, known) for rows in grouped.values()]


def _message(rows: Sequence[Any], known: dict[str, ReportTally]) -> Message:
    last = rows[-1]
    outage = last.body.get("outage")
    return Message(
        kind=last.kind,
        key=last.key,
        ids=tuple(row.id for row in rows),
        body=last.body,
        district_id=last.district_id,
        at=rows[0].at,
        attempts=max(row.attempts for row in rows),
        again=last.again,
        outage_id=outage,
        tally=known.get(outage) if last.kind == "reported" else None,
        traces=tuple(row.traceparent for row in rows if row.traceparent is not None),
    )


_SIGNALLED = text("""
UPDATE outages SET signalled_watermark = greatest(signalled_watermark, :watermark),
    signalled_at = :now
WHERE id = :outage
""")


def mark_signalled(session: Session, outage_id: str, watermark: int, real_now: datetime) -> None:
    """Note that the outage's workflow was told of all reports up to a watermark."""
    session.execute(_SIGNALLED, {"outage": outage_id, "watermark": watermark, "now": real_now})


def done(session: Session, ids: Sequence[int], real_now: datetime) -> None:
    """Mark rows as carried."""
    session.execute(
        update(OutboxRow).where(OutboxRow.id.in_(ids)).values(done_at=real_now, last_error=None)
    )


_SETTLE = text("""
UPDATE outbox SET done_at = :now
WHERE key = :key AND kind = 'reported' AND done_at IS NULL AND dead_at IS NULL
  AND CAST(body ->> 'seq' AS bigint) <= :watermark
""")


def settle(session: Session, key: str, watermark: int, real_now: datetime) -> None:
    """Mark `reported` rows as carried that the workflow is known to have heard of.

    A relay that died between telling and marking would otherwise tell a closed outage again.
    """
    session.execute(_SETTLE, {"key": key, "watermark": watermark, "now": real_now})


_FAIL = text("""
UPDATE outbox SET attempts = attempts + 1, last_error = :error, claimed_by = NULL,
    claimed_until = NULL, available_at = :retry_at,
    dead_at = CASE WHEN attempts + 1 >= :max_attempts THEN CAST(:now AS timestamptz) END
WHERE id = ANY(:ids) AND done_at IS NULL
RETURNING dead_at IS NOT NULL AS dead
""")


def fail(
    session: Session,
    ids: Sequence[int],
    error: str,
    *,
    real_now: datetime,
    max_attempts: int,
    retry_at: datetime,
) -> int:
    """Give rows back for another try; returns how many have become dead letters."""
    rows = session.execute(
        _FAIL,
        {
            "ids": list(ids),
            "error": error,
            "now": real_now,
            "max_attempts": max_attempts,
            "retry_at": retry_at,
        },
    )
    return sum(row.dead for row in rows)


def release(session: Session, ids: Sequence[int]) -> None:
    """Give rows back untried, e.g. when the other side cannot be reached at all."""
    session.execute(
        update(OutboxRow).where(OutboxRow.id.in_(ids)).values(claimed_by=None, claimed_until=None)
    )


_DEPTH = text("""
SELECT kind, count(*) FILTER (WHERE dead_at IS NULL) AS pending,
       min(at) FILTER (WHERE dead_at IS NULL) AS oldest_at,
       count(dead_at) AS dead
FROM outbox WHERE done_at IS NULL GROUP BY kind ORDER BY kind
""")


def depth(session: Session) -> list[Depth]:
    """Count what waits, by kind."""
    return [Depth(**row._mapping) for row in session.execute(_DEPTH)]
