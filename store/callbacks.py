"""The list of reporters to call back: opening it, handing out the next call, counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import ids
from domain.callback import first_try, into_window, silent_from
from domain.policy import Policy
from store import policies

LEASE_S = 600.0


@dataclass(frozen=True)
class CallbackTally:
    """How a campaign stands; `watermark` rises with every attempt."""

    total: int
    open: int
    done: int
    unreached: int
    still_off: int
    next_due: datetime | None
    watermark: int
    confirmed: int = 0
    silent: int = 0


@dataclass(frozen=True)
class NextCall:
    """One reporter to ask, with what the agent should know; `last_chance` allows unreached."""

    callback_id: str
    outage_id: str
    outage_number: int
    restoration_no: int
    report_id: str
    report_number: int
    reporter_name: str | None
    reporter_phone: str | None
    address: str | None
    address_en: str | None
    note: str | None
    received_at: datetime
    promised_arrival_at: datetime | None
    arrived_at: datetime | None
    restored_at: datetime
    due_by: datetime
    attempts: int
    claimed_until: datetime
    last_chance: bool
    silent_meter_since: datetime | None = None
    customer_side: bool = False


# Held, so that nobody is put on the list who is being forgotten at this moment.
_OWED = text("""
SELECT r.id, r.district_id, d.time_zone, r.channel = 'meter' AS of_meter
FROM reports r JOIN districts d ON d.id = r.district_id
WHERE r.outage_id = :outage AND r.outcome IS NULL AND NOT EXISTS (
    SELECT FROM callbacks c WHERE c.report_id = r.id AND c.restoration_no = :restoration_no)
ORDER BY r.seq
FOR SHARE OF r
""")
# After a reopening the earlier list no longer stands: nobody is asked twice about one light.
_SUPERSEDE = text("""
UPDATE callbacks SET state = 'done', outcome = 'superseded', claimed_by = NULL
WHERE outage_id = :outage AND restoration_no < :restoration_no AND state = 'open'
""")
_OPEN = text("""
INSERT INTO callbacks (id, outage_id, report_id, district_id, restoration_no, due_from, due_by,
    next_attempt_at, awaits)
SELECT w.id, :outage, w.report, w.district, :restoration_no, w.due_from, :due_by, w.due_from,
    CASE WHEN w.of_meter THEN 'meter' ELSE 'call' END
FROM unnest(CAST(:ids AS text[]), CAST(:reports AS text[]), CAST(:districts AS text[]),
    CAST(:due_from AS timestamptz[]), CAST(:of_meter AS boolean[]))
    AS w (id, report, district, due_from, of_meter)
ON CONFLICT (report_id, restoration_no) DO NOTHING
""")


def open_for(
    session: Session, outage_id: str, restoration_no: int, now: datetime, policy: Policy
) -> int:
    """Put every member report without an outcome on the list; returns how many were added.

    `now` is the time of restoration as far as the first call is concerned. A meter is not called:
    its row waits for its own word.
    """
    key = {"outage": outage_id, "restoration_no": restoration_no}
    session.execute(_SUPERSEDE, key)
    owed = session.execute(_OWED, key).all()
    if not owed:
        return 0
    zones = {row.time_zone for row in owed}
    first = {zone: first_try(now, zone, policy) for zone in zones}
    silent = silent_from(now, policy)
    session.execute(
        _OPEN,
        key
        | {
            "ids": [ids.callback_id(row.id, restoration_no) for row in owed],
            "reports": [row.id for row in owed],
            "districts": [row.district_id for row in owed],
            "due_from": [silent if row.of_meter else first[row.time_zone] for row in owed],
            "of_meter": [row.of_meter for row in owed],
            "due_by": now + timedelta(seconds=policy.deadlines.callback_s),
        },
    )
    return len(owed)


# Only the restoration that stands now is asked about. Hands are looked up in bulk by their
# rows; the sources behind them, which cost more, only for the call that was picked.
_NEXT = """
WITH picked AS MATERIALIZED (
    SELECT c.id
    FROM callbacks c
    JOIN outages o ON o.id = c.outage_id AND o.restoration_no = c.restoration_no
        AND o.restored_at IS NOT NULL
    JOIN districts d ON d.id = c.district_id
    WHERE c.state = 'open' AND c.awaits = 'call' AND {whose}
    ORDER BY c.next_attempt_at, c.id
    LIMIT 1
    FOR UPDATE OF c SKIP LOCKED
)
SELECT c.id, c.outage_id, c.restoration_no, c.report_id, c.due_by, c.attempts,
       c.next_attempt_at, o.number AS outage_number, o.restored_at, o.arrived_at,
       o.policy_hash, r.number, coalesce(r.reporter_name, home.name) AS reporter_name,
       coalesce(r.reporter_phone, home.phone) AS reporter_phone, r.address, p.address_en,
       r.note, c.silent_at,
       coalesce(o.state ->> 'resolution' = 'customer_side', false) AS customer_side,
       r.received_at, r.promised_arrival_at, d.time_zone,
       EXISTS (SELECT FROM unnest(CAST(:whose AS text[])) AS w (who)
            WHERE had_a_hand(w.who, c.outage_id)) AS own
FROM picked
JOIN callbacks c ON c.id = picked.id
JOIN outages o ON o.id = c.outage_id
JOIN reports r ON r.id = c.report_id
JOIN districts d ON d.id = c.district_id
LEFT JOIN service_points p ON p.id = r.service_point_id AND p.address = r.address
LEFT JOIN customers home ON c.silent_at IS NOT NULL AND home.id = r.customer_id
"""
_MINE = text(
    _NEXT.format(
        whose="""c.claimed_by = :agent AND c.claimed_until > :real_now
        AND c.district_id = ANY(:districts)"""
    )
)
_DUE = text(
    _NEXT.format(
        whose="""c.district_id = ANY(:districts) AND c.next_attempt_at <= :now
        AND (c.claimed_until IS NULL OR c.claimed_until <= :real_now)
        AND NOT c.outage_id = ANY(CAST(:own AS text[]))
        AND NOT EXISTS (SELECT FROM outage_hands h
            WHERE h.outage_id = c.outage_id AND h.subject = ANY(:whose))
        AND (d.time_zone, o.policy_hash) NOT IN (SELECT z, p FROM
            unnest(CAST(:zones AS text[]), CAST(:policies AS text[])) AS t (z, p))"""
    )
)
_CLAIM = text("""
UPDATE callbacks SET claimed_by = :agent, claimed_until = :until WHERE id = :callback
""")


def next_for(
    session: Session,
    agent: str,
    districts: Sequence[str],
    now: datetime,
    lease_s: float = LEASE_S,
    *,
    asked_by: str | None = None,
    real_now: datetime | None = None,
) -> NextCall | None:
    """Give an agent the next reporter to call, theirs until the lease ends (in real time).

    Never outside the calling hours of the place, never about an outage the agent had a hand
    in, nor the machine that asks for the agent; asking again before answering gives the same call.
    """
    real_now = real_now or datetime.now(UTC)
    whose = [agent] if asked_by is None else [agent, asked_by]
    asked = {"agent": agent, "whose": whose, "districts": list(districts), "now": now,
             "real_now": real_now}  # fmt: skip
    row = session.execute(_MINE, asked).one_or_none()
    if row is None or row.own:
        row = _due(session, asked)
    if row is None:
        return None
    until = real_now + timedelta(seconds=lease_s)
    session.execute(_CLAIM, {"agent": agent, "until": until, "callback": row.id})
    tries = policies.pinned(session, row.policy_hash).callbacks.tries
    return _call_of(row, until, tries)


def _due(session: Session, asked: dict[str, Any]) -> Any | None:
    """Return the call due longest that this agent may make now."""
    own: list[str] = []
    closed: list[tuple[str, str]] = []
    while True:
        left_out = {
            "own": own,
            "zones": [zone for zone, _ in closed],
            "policies": [policy for _, policy in closed],
        }
        row = session.execute(_DUE, asked | left_out).one_or_none()
        if row is None:
            return None
        if row.own:
            own.append(row.outage_id)
            continue
        policy = policies.pinned(session, row.policy_hash)
        if into_window(asked["now"], row.time_zone, policy) == asked["now"]:
            return row
        closed.append((row.time_zone, row.policy_hash))


def _call_of(row: Any, until: datetime, tries: int) -> NextCall:
    return NextCall(
        callback_id=row.id,
        outage_id=row.outage_id,
        outage_number=row.outage_number,
        restoration_no=row.restoration_no,
        report_id=row.report_id,
        report_number=row.number,
        reporter_name=row.reporter_name,
        reporter_phone=row.reporter_phone,
        address=row.address,
        address_en=row.address_en,
        note=row.note,
        received_at=row.received_at,
        promised_arrival_at=row.promised_arrival_at,
        arrived_at=row.arrived_at,
        restored_at=row.restored_at,
        due_by=row.due_by,
        attempts=row.attempts,
        claimed_until=until,
        last_chance=row.attempts + 1 >= tries,
        silent_meter_since=row.silent_at,
        customer_side=row.customer_side,
    )


_TALLY = text("""
SELECT count(*) AS total,
       count(*) FILTER (WHERE state = 'open') AS open,
       count(*) FILTER (WHERE outcome IN ('satisfied', 'unsatisfied')) AS done,
       count(*) FILTER (WHERE outcome = 'unreached') AS unreached,
       count(*) FILTER (WHERE outcome = 'still_off') AS still_off,
       count(*) FILTER (WHERE outcome = 'meter_confirmed') AS confirmed,
       count(*) FILTER (WHERE outcome = 'meter_silent') AS silent,
       min(next_attempt_at) FILTER (WHERE state = 'open') AS next_due,
       coalesce(sum(attempts), 0) AS watermark
FROM callbacks WHERE outage_id = :outage AND restoration_no = :restoration_no
""")


def tally(session: Session, outage_id: str, restoration_no: int) -> CallbackTally:
    """Count how the callbacks after one restoration stand."""
    row = session.execute(_TALLY, {"outage": outage_id, "restoration_no": restoration_no}).one()
    return CallbackTally(**row._mapping)
