"""Messages that were given up: who may see them, and how they are tried again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.orm import Session

from store.tables.delivery import OutboxRow


def given_up(
    session: Session,
    districts: Sequence[str] | None = None,
    *,
    after: int | None = None,
    limit: int = 200,
) -> list[OutboxRow]:
    """List what was given up, oldest first; nothing is dropped in silence.

    `districts` None means all; those of no district are everybody's. `after` is the last one seen.
    """
    query = select(OutboxRow).where(OutboxRow.dead_at.is_not(None)).order_by(OutboxRow.id)
    if districts is not None:
        query = query.where(_is_of(districts))
    if after is not None:
        query = query.where(OutboxRow.id > after)
    return list(session.scalars(query.limit(limit)))


def _is_of(districts: Sequence[str]) -> ColumnElement[bool]:
    return or_(OutboxRow.district_id.is_(None), OutboxRow.district_id.in_(districts))


def revive(
    session: Session,
    message_id: int,
    real_now: datetime,
    districts: Sequence[str] | None = None,
) -> bool:
    """Try a dead letter again; returns False when these districts have no such dead letter."""
    mine = _is_of(districts) if districts is not None else true()
    revived = session.scalar(
        update(OutboxRow)
        .where(OutboxRow.id == message_id, OutboxRow.dead_at.is_not(None), mine)
        .values(dead_at=None, attempts=0, available_at=real_now, claimed_until=None)
        .returning(OutboxRow.id)
    )
    return revived is not None
