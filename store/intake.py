"""Taking a report: one transaction finds its place and its outage, and answers the caller.

The relay is told by an outbox row of the same transaction, so that a report stands even when
nothing else runs.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.policy import Policy
from domain.report import ReportDraft
from store import grouping, locks, places, planned_works
from store.answers import Accepted
from store.durable import COMMIT_EARLY, one_question, transaction
from store.intake_rows import attach, open_outage
from store.places import Place

_TRIES = 3
_UNIQUE_VIOLATION = "23505"

# Answers of the past ride along with taking the locks: no round trip of their own.
_LOCK_AND_LOOK = text(
    """
SELECT {early} AS early, l.* FROM lock_and_look(
    CAST(:keys AS bigint[]), :subject, CAST(:key AS text), :source,
    CAST(:external_id AS text), CAST(:transformer AS text), CAST(:section AS text),
    CAST(:lon AS float8), CAST(:lat AS float8), CAST(:metres AS float8), CAST(:work AS text)) l
""".replace("{early}", COMMIT_EARLY)
)


def lock_keys(session: Session | Connection, draft: ReportDraft, policy: Policy) -> tuple[str, ...]:
    """Return the names of the locks a report would be grouped under."""
    return places.locate(session, draft, policy).locks


def accept(
    engine: Engine,
    draft: ReportDraft,
    *,
    report_id: str,
    outage_id: str,
    now: datetime,
    subject: str,
    idempotency: tuple[str, str] | None,
    policy: Policy,
    rules_version: int,
    first_owner: str | None = None,
    place: Place | None = None,
    real_now: datetime | None = None,
) -> Accepted:
    """Store a report, attach it to its outage or open one under `outage_id`.

    `idempotency` is (key, hash of the body): a replay gets the stored answer. Without a
    `first_owner` it is `subject` on the channels a person answers, else the hotline. `place`
    spares the look-up when the caller has located the draft already. `policy` holds in districts
    that have chosen none. `real_now` dates the outbox row.
    Raises Refused as `places.locate` does, and idempotency_key_reused.
    """
    if place is None:
        with one_question(engine).connect() as connection:
            place = places.locate(connection, draft, policy)
    taken = grouping.Draft(
        draft=draft,
        report_id=report_id,
        outage_id=outage_id,
        now=now,
        subject=subject,
        idempotency=idempotency,
        policy=place.policy,
        rules_version=rules_version,
        real_now=real_now or datetime.now(UTC),
        first_owner=first_owner,
    )
    return _accept_once(engine, taken, place)


def _accept_once(engine: Engine, taken: grouping.Draft, place: Place) -> Accepted:
    """Run the transaction; again when the same report arrived under other locks at once."""
    if not taken.draft.hazards:  # danger is never announced: whoever names one gets a repair
        taken = replace(taken, planned=place.planned_at(taken.now))
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction(engine) as connection:
                return _accept(connection, taken, place)
        except IntegrityError as error:
            # The other one's answer stands.
            if attempt == _TRIES or getattr(error.orig, "sqlstate", "") != _UNIQUE_VIOLATION:
                raise
    raise AssertionError("unreachable")


def _accept(connection: Connection, taken: grouping.Draft, place: Place) -> Accepted:
    for _ in range(_TRIES):
        rows = _lock_and_look(connection, taken, place)
        earlier = _earlier(connection, taken, rows[0])
        if earlier is not None:
            return earlier
        if not rows[0].work_stands:
            taken = replace(taken, planned=None)
        match = grouping.find([row for row in rows if row.id is not None], taken, place)
        if match.joins is None:
            return open_outage(connection, taken, place, match.parent)
        accepted = attach(connection, taken, place, match.joins)
        if accepted is not None:
            return accepted
        # Sealed between the look and the write: look again.
    raise RuntimeError(f"outage for report {taken.report_id} kept closing while it was grouped")


def _lock_and_look(connection: Connection, taken: grouping.Draft, place: Place) -> Sequence[Any]:
    """Wait for the grouping locks; returns at least one row, each with an open outage or none."""
    return connection.execute(
        _LOCK_AND_LOOK,
        {
            "keys": locks.numbers_of(_lock_names(taken, place)),
            "subject": taken.subject,
            "key": taken.idempotency and taken.idempotency[0],
            "source": taken.draft.source,
            "external_id": taken.draft.external_id,
            "transformer": place.transformer_id,
            "section": place.section_id,
            "lon": place.lon,
            "lat": place.lat,
            "work": taken.planned and taken.planned.id,
            "metres": taken.policy.grouping.distance_m,
        },
    ).all()


def _lock_names(taken: grouping.Draft, place: Place) -> tuple[str, ...]:
    """Return what a report is grouped under: announced work has one order, however far it goes."""
    own = () if taken.planned is None else (planned_works.lock_of(taken.planned.id),)
    return (*place.locks, *own)


def _earlier(connection: Connection, taken: grouping.Draft, row: Any) -> Accepted | None:
    """Return the answer this very report got before, if it did."""
    if row.body_hash is not None:
        if taken.idempotency is None or row.body_hash != taken.idempotency[1]:
            raise Refused("idempotency_key_reused", pointer="/")
        return Accepted.model_validate({**row.answer, "repeated": True})
    if row.known_report is not None:
        return report_answer(connection, row.known_report)
    return None


_ANSWER = text("""
SELECT r.id AS report_id, r.number, o.id AS outage_id, o.number AS outage_number,
       r.promised_arrival_at, r.district_id, o.area_class, r.first_owner, r.received_at,
       CASE WHEN w.id IS NOT NULL THEN jsonb_build_object('id', w.id, 'since', w.since,
           'until', w.until, 'notice', w.notice) END AS planned
FROM reports r JOIN outages o ON o.id = r.outage_id
LEFT JOIN planned_works w ON w.id = r.planned_work_id
WHERE r.id = :report
""")


def report_answer(session: Session | Connection, report_id: str) -> Accepted:
    """Return what the caller of a stored report was told."""
    row = session.execute(_ANSWER, {"report": report_id}).one()
    fields: dict[str, Any] = dict(row._mapping)
    return Accepted(**fields, opened=False, repeated=True)
