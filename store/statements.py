"""A statement from the field on its way: kept with the promise to carry it, judged, weighed.

The message that carries it waits a little, because whoever stored the statement asks the
outage at once; it is there for the case that this one dies in between.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import ids
from domain.actions import Action
from domain.field import FieldFact, judge
from domain.place import Point
from store import facts, hands, outages, outbox, verdicts
from store.facts import StoredFact
from store.tables.work import OutageRow

GRACE = timedelta(seconds=10)


def keep(
    session: Session,
    fact: FieldFact,
    action: Action,
    *,
    part: hands.Part,
    district_id: str,
    real_now: datetime,
) -> StoredFact:
    """Store a statement, whose hand it was, and a message with its action, all or nothing.

    Raises Refused device_seq_reused.
    """
    stored = facts.store(session, fact)
    if stored.new:
        hands.note(session, fact.outage, fact.subject, part)
        body = {
            "outage": fact.outage,
            "fact": fact.id,
            "action": action.model_dump(mode="json"),
        }
        outbox.put(
            session,
            "act",
            ids.outage_workflow(fact.outage),
            body,
            district_id=district_id,
            at=real_now,
            available_at=real_now + GRACE,
        )
    return stored


_CARRIED = text("""
UPDATE outbox SET done_at = :now, last_error = NULL
WHERE key = :key AND kind = 'act' AND done_at IS NULL AND dead_at IS NULL
  AND body ->> 'fact' = :fact
""")


def settle(
    session: Session,
    outage_id: str,
    fact_id: str,
    code: str | None,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    """Note what became of a statement's action, stop carrying it, and weigh all facts anew.

    `code` is that of the refusal, None when the action was accepted.
    """
    facts.judge(session, fact_id, "accepted" if code is None else "refused", code, now)
    key = ids.outage_workflow(outage_id)
    session.execute(_CARRIED, {"key": key, "fact": fact_id, "now": real_now})
    weigh(session, outage_id, now)


_CREWS = text("""
SELECT DISTINCT body ->> 'crew' FROM outage_events
WHERE outage_id = :outage AND kind IN ('task_assigned', 'task_joined')
""")
# What a crew said of work that it brought along from an order taken over counts here too.
_BROUGHT = text("""
SELECT body ->> 'origin' FROM outage_events WHERE outage_id = :outage AND kind = 'task_joined'
""")


def weigh(session: Session, outage_id: str, now: datetime) -> int | None:
    """Draw the verdict from the statements of everybody who was ever sent there.

    Returns its version when it is a new one.
    """
    row = session.execute(
        select(
            OutageRow.arrival_deadline,
            OutageRow.clock_start,
            OutageRow.state["seen_at"].label("seen_at"),
            OutageRow.at.ST_X().label("lon"),
            OutageRow.at.ST_Y().label("lat"),
        ).where(OutageRow.id == outage_id)
    ).one_or_none()
    if row is None or row.arrival_deadline is None:
        return None
    crews = set(session.scalars(_CREWS, {"outage": outage_id}))
    brought = list(session.scalars(_BROUGHT, {"outage": outage_id}))
    said = facts.of_outage(session, outage_id) + facts.of_tasks(session, brought)
    told = [kept.fact for kept in said if kept.fact.crew in crews]
    if not told:
        return None
    verdict = judge(
        told,
        row.arrival_deadline,
        Point(lon=row.lon, lat=row.lat),
        outages.policy_of(session, outage_id),
        reported_at=row.clock_start,
        also=tuple(map(Point.model_validate, row.seen_at or ())),
    )
    return verdicts.record(session, outage_id, verdict, now)
