"""Handing the reports of one order to another, in one transaction, and taking them back.

Both orders' grouping locks are held, so no report can arrive in the middle, and a report always
belongs to exactly one of the two.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from domain import extent
from domain.errors import Refused
from domain.kinds import AreaClass, Hazard, KeyClass, foremost
from domain.value import canonical_json
from store import locks, places, policies, report_moves
from store.report_moves import ReportsMove

_PLACE = text("""
SELECT id, feeder_id, ST_X(at) AS lon, ST_Y(at) AS lat, policy_hash
FROM outages WHERE id = ANY(:outages)
""")
_HELD = text("""
SELECT o.*, ST_X(o.at) AS lon, ST_Y(o.at) AS lat, s.customers AS section_customers
FROM outages o LEFT JOIN sections s ON s.id = o.section_id
WHERE o.id = ANY(:outages) ORDER BY o.id FOR UPDATE OF o
""")
_LINE = text("SELECT coalesce(max(customers), 1) FROM transformers WHERE id = ANY(:names)")

_TAKE_OVER = text("""
UPDATE outages SET
    report_count = report_count + :count,
    report_watermark = greatest(report_watermark, :watermark),
    -- A danger still open there is a new one here, even where the like was made safe already.
    hazards_watermark = CASE WHEN CAST(:hazards AS text[]) = '{}' THEN hazards_watermark
        ELSE nextval('report_seqs') END,
    hazards = ARRAY(SELECT DISTINCT h FROM unnest(hazards || CAST(:hazards AS text[])) h
                    ORDER BY h),
    clock_start = :clock, arrival_deadline = :deadline, key_class = CAST(:key_class AS text),
    last_report_at = greatest(last_report_at, CAST(:last AS timestamptz)),
    life_support = life_support OR :life_support, transformers = CAST(:transformers AS text[]),
    customers_affected = CASE WHEN device_id IS NULL THEN :customers ELSE customers_affected END
WHERE id = :taker
""")
_GIVE_UP = text("""
UPDATE outages SET report_count = 0, sealed_at = :now, merged_into = :taker WHERE id = :giver
""")
_KEPT = text("""
INSERT INTO regroupings (id, kind, from_outage_id, to_outage_id, at, before)
VALUES (:id, 'merge', :giver, :taker, :now, CAST(:before AS jsonb))
ON CONFLICT (id) DO UPDATE SET at = :now, before = CAST(:before AS jsonb), taken_back_at = NULL
""")
# Who worked on the one has no say about the other either, now that they are the same.
_HANDS = text("""
INSERT INTO outage_hands (outage_id, subject, part)
SELECT :taker, subject, part FROM outage_hands WHERE outage_id = :giver
ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True)
class Handing:
    """A merge to be made: who gives, who takes, and which dangers were made safe by then."""

    id: str
    giver: str
    taker: str
    now: datetime
    cleared: frozenset[Hazard]
    cleared_watermark: int


def check(session: Session | Connection, giver: str, taker: str) -> None:
    """Refuse a merge that cannot be, as far as the rows know.

    Raises Refused: outage_unknown, merge_across_districts, merge_target_over, planned_work_on,
    regrouping_under_way.
    """
    rows = {row.id: row for row in session.execute(_STANDS, {"outages": [giver, taker]})}
    if taker not in rows:
        raise Refused("outage_unknown", pointer="/into", outage=taker)
    if giver != taker:
        _check(rows[giver], rows[taker])


_STANDS = text("""
SELECT id, number, district_id, sealed_at, restored_at, planned_until, merged_into, state
FROM outages WHERE id = ANY(:outages)
""")


def _check(giver: Any, taker: Any) -> None:
    if giver.district_id != taker.district_id:
        raise Refused("merge_across_districts", pointer="/into", outage=taker.number)
    if taker.sealed_at is not None or taker.restored_at is not None:
        raise Refused("merge_target_over", pointer="/into", outage=taker.number)
    if taker.planned_until is not None:
        until = taker.planned_until.isoformat()
        raise Refused("planned_work_on", pointer="/into", until=until)
    if taker.state is not None and taker.state.get("regrouping") is not None:
        raise Refused("regrouping_under_way", pointer="/into", outage=taker.id)


def hand_over(engine: Engine, asked: Handing) -> None:
    """Move every report of one order to another; a second time does nothing.

    The giver takes no more reports from here on. Raises Refused as `check` does.
    """
    with engine.begin() as connection:
        giver, taker = _hold_both(connection, asked.giver, asked.taker)
        if giver.merged_into == asked.taker:
            return
        _check(giver, taker)
        given = _taken_over(connection, giver, taker, asked)
        connection.execute(_KEPT, given | {"before": canonical_json(_before(taker))})
        report_moves.move(
            connection,
            ReportsMove(asked.id, asked.giver, asked.taker, given["deadline"], asked.now),
        )
        connection.execute(_TAKE_OVER, given)
        connection.execute(_GIVE_UP, given)
        connection.execute(_HANDS, given)


def _hold_both(connection: Connection, giver: str, taker: str) -> tuple[Any, Any]:
    """Take both orders' grouping locks in their one order, then their rows."""
    both = {"outages": [giver, taker]}
    names: set[str] = set()
    found = connection.execute(_PLACE, both).all()
    if len(found) < 2:
        raise Refused("outage_unknown", pointer="/into", outage=taker)
    for row in found:
        distance_m = policies.pinned(connection, row.policy_hash).grouping.distance_m
        names.update(places.locks_of_outage(connection, row, distance_m))
    locks.take(connection, names)
    rows = {row.id: row for row in connection.execute(_HELD, both)}
    return rows[giver], rows[taker]


def _taken_over(connection: Connection, giver: Any, taker: Any, asked: Handing) -> dict[str, Any]:
    """Return how the taker stands with both orders' reports: the earliest clock counts."""
    key_class = foremost(KeyClass(c) for c in (giver.key_class, taker.key_class) if c is not None)
    policy = policies.pinned(connection, taker.policy_hash)
    clock = min(giver.clock_start, taker.clock_start)
    deadline = clock + policy.arrival_limit(AreaClass(taker.area_class), key_class)
    return {
        "id": asked.id,
        "giver": asked.giver,
        "taker": asked.taker,
        "now": asked.now,
        "count": giver.report_count,
        "watermark": giver.report_watermark,
        "hazards": sorted(_open_hazards(giver, asked)),
        "clock": clock,
        "deadline": deadline,
        "key_class": key_class and key_class.value,
        "last": giver.last_report_at,
        "life_support": giver.life_support,
        "transformers": [*taker.transformers, *(
            name for name in giver.transformers if name not in taker.transformers)],
        "customers": _customers(connection, giver, taker),
    }  # fmt: skip


def _open_hazards(giver: Any, asked: Handing) -> set[str]:
    """Return the dangers of an order that nobody has made safe; what was named since is open."""
    if giver.hazards_watermark > asked.cleared_watermark:
        return set(giver.hazards)
    return set(giver.hazards) - {hazard.value for hazard in asked.cleared}


def _customers(connection: Connection, giver: Any, taker: Any) -> int:
    shared = set(giver.transformers) & set(taker.transformers)
    line: int | None = None
    if giver.transformers and set(giver.transformers) == set(taker.transformers) == shared:
        line = connection.scalar(_LINE, {"names": sorted(shared)})
    elif giver.section_id is not None and giver.section_id == taker.section_id:
        line = taker.section_customers
    elif shared:
        line = 1
    return extent.customers_of_both(giver.customers_affected, taker.customers_affected, line)


_REMEMBERED = (
    "clock_start", "arrival_deadline", "key_class", "hazards", "hazards_watermark",
    "life_support", "transformers", "customers_affected", "report_watermark",
)  # fmt: skip


def _before(taker: Any) -> dict[str, Any]:
    kept = {name: getattr(taker, name) for name in _REMEMBERED}
    times = ("clock_start", "arrival_deadline")
    return kept | {name: kept[name] and kept[name].isoformat() for name in times}


_BACK = text("""
WITH given AS (
    SELECT DISTINCT ON (m.report_id) m.report_id, m.told FROM report_moves m
    JOIN reports r ON r.id = m.report_id
    WHERE m.regrouping_id = :id AND m.to_outage_id = :taker AND r.outage_id = :taker
    ORDER BY m.report_id, m.number DESC
), moved AS (
    UPDATE reports r SET outage_id = :giver, promised_arrival_at = g.told
    FROM given g WHERE r.id = g.report_id
    RETURNING r.id, g.told
), noted AS (
    INSERT INTO report_moves
        (regrouping_id, report_id, from_outage_id, to_outage_id, told, stands, at)
    SELECT :id, id, :taker, :giver, told, told, :now FROM moved
)
SELECT count(*) FROM moved
""")
# What came to the taker meanwhile is its own; where nothing came it stands as before.
_RESTORED = text("""
UPDATE outages o SET
    report_count = o.report_count - :count,
    clock_start = CAST(b.body ->> 'clock_start' AS timestamptz),
    arrival_deadline = CAST(b.body ->> 'arrival_deadline' AS timestamptz),
    key_class = b.body ->> 'key_class',
    hazards = ARRAY(
        SELECT DISTINCT h FROM (
            SELECT jsonb_array_elements_text(b.body -> 'hazards') AS h
            UNION ALL SELECT unnest(r.hazards) FROM reports r
            WHERE r.outage_id = o.id AND r.seq > CAST(b.body ->> 'report_watermark' AS bigint)) s
        ORDER BY h),
    transformers = ARRAY(SELECT DISTINCT t FROM (
        SELECT jsonb_array_elements_text(b.body -> 'transformers') AS t
        UNION ALL SELECT r.transformer_id FROM reports r
        WHERE r.outage_id = o.id AND r.transformer_id IS NOT NULL) s ORDER BY t),
    life_support = CAST(b.body ->> 'life_support' AS boolean) OR EXISTS (
        SELECT FROM reports r WHERE r.outage_id = o.id AND r.life_support),
    customers_affected = CASE
        WHEN o.device_id IS NOT NULL THEN o.customers_affected
        WHEN o.report_count - :count > (SELECT count(*) FROM reports r WHERE r.outage_id = o.id
            AND r.seq <= CAST(b.body ->> 'report_watermark' AS bigint))
        THEN o.customers_affected ELSE CAST(b.body ->> 'customers_affected' AS int) END
FROM (SELECT before AS body FROM regroupings WHERE id = :id) b
WHERE o.id = :taker
""")
_OPEN_AGAIN = text("""
UPDATE outages SET report_count = :count, sealed_at = NULL, merged_into = NULL WHERE id = :giver
""")
_ENDED = text("UPDATE regroupings SET taken_back_at = :now WHERE id = :id")


def take_back(engine: Engine, regrouping: str, giver: str, taker: str, now: datetime) -> None:
    """Give the reports back to the order they came from; a second time does nothing."""
    with engine.begin() as connection:
        held, _ = _hold_both(connection, giver, taker)
        if held.merged_into != taker:
            return
        given: dict[str, Any] = {"id": regrouping, "giver": giver, "taker": taker, "now": now}
        count = connection.scalar(_BACK, given) or 0
        connection.execute(_RESTORED, given | {"count": count})
        connection.execute(_OPEN_AGAIN, given | {"count": count})
        connection.execute(_ENDED, given)
        report_moves.tell(connection, giver)


_ABSORBED = text("""
SELECT EXISTS (SELECT FROM outage_events WHERE outage_id = :taker AND kind = 'absorbed'
    AND body ->> 'outage' = :giver)
""")


def was_absorbed(session: Session, giver: str, taker: str) -> bool:
    """Tell whether the taker's own story says already that it took the other over."""
    return bool(session.scalar(_ABSORBED, {"giver": giver, "taker": taker}))
