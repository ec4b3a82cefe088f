"""Statements from the field: kept first, judged after, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.field import FieldFact, order_of
from domain.place import Point
from store.tables.progress import FieldFactRow


@dataclass(frozen=True)
class StoredFact:
    """A fact as kept, with the verdict on the action it carried; `new` when just stored."""

    fact: FieldFact
    verdict: Literal["accepted", "refused"] | None
    verdict_code: str | None
    judged_at: datetime | None
    new: bool = False


def store(session: Session, fact: FieldFact) -> StoredFact:
    """Keep a fact; the same statement sent again returns what is kept, with its verdict.

    Raises Refused device_seq_reused when a device gives one number to two statements.
    """
    row = fact.model_dump(exclude={"outage", "task", "crew", "position"}) | {
        "outage_id": fact.outage,
        "task_id": fact.task,
        "crew_id": fact.crew,
        "at": None if fact.position is None else ewkt(fact.position),
    }
    kept = session.scalar(
        insert(FieldFactRow).values(row).on_conflict_do_nothing().returning(FieldFactRow.id)
    )
    if kept is not None:
        return StoredFact(fact, None, None, None, new=True)
    known = session.execute(
        _query().where(
            FieldFactRow.device == fact.device, FieldFactRow.device_seq == fact.device_seq
        )
    ).one_or_none()
    if known is None or known.FieldFactRow.action_id != fact.action_id:
        raise Refused(
            "device_seq_reused",
            pointer="/device_seq",
            device=fact.device,
            device_seq=fact.device_seq,
        )
    return _stored(known)


def judge(session: Session, fact_id: str, verdict: str, code: str | None, now: datetime) -> None:
    """Note what became of the action a fact carried."""
    session.execute(
        update(FieldFactRow)
        .where(FieldFactRow.id == fact_id)
        .values(verdict=verdict, verdict_code=code, judged_at=now)
    )


def one(session: Session, fact_id: str) -> StoredFact | None:
    """Return a fact by its id."""
    row = session.execute(_query().where(FieldFactRow.id == fact_id)).one_or_none()
    return None if row is None else _stored(row)


def of_outage(session: Session, outage_id: str) -> list[StoredFact]:
    """Return an outage's facts in the one order in which they are read."""
    rows = session.execute(_query().where(FieldFactRow.outage_id == outage_id))
    return sorted((_stored(row) for row in rows), key=lambda stored: order_of(stored.fact))


def of_tasks(session: Session, tasks: Sequence[str]) -> list[StoredFact]:
    """Return what was said of some tasks."""
    if not tasks:
        return []
    rows = session.execute(_query().where(FieldFactRow.task_id.in_(tasks)))
    return [_stored(row) for row in rows]


def _query() -> Any:
    return select(
        FieldFactRow,
        FieldFactRow.at.ST_X().label("lon"),
        FieldFactRow.at.ST_Y().label("lat"),
    )


def ewkt(point: Point) -> str:
    """Write a point as the database reads it."""
    return f"SRID=4326;POINT({point.lon} {point.lat})"


def _stored(found: Any) -> StoredFact:
    row = found.FieldFactRow
    position = None if found.lon is None else Point(lon=found.lon, lat=found.lat)
    fact = FieldFact(
        id=row.id,
        action_id=row.action_id,
        outage=row.outage_id,
        task=row.task_id,
        crew=row.crew_id,
        subject=row.subject,
        kind=row.kind,
        device=row.device,
        device_seq=row.device_seq,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        position=position,
        action=row.action,
    )
    return StoredFact(fact, row.verdict, row.verdict_code, row.judged_at)
