"""The inbox: pages not yet taken over, and those that were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from store.tables.progress import PageRow, TaskRow
from store.tables.work import OutageRow


@dataclass(frozen=True)
class PageSeen:
    """One page with the number of its outage."""

    id: str
    dedup_key: str
    outage_id: str | None
    outage_number: int | None
    district_id: str
    ladder: str
    rung: int
    to_role: str
    body: dict[str, Any]
    at: datetime
    overtaken: bool
    acked_at: datetime | None
    acked_by: str | None


def _query() -> Select[Any]:
    columns = (
        OutageRow.number.label("outage_number")
        if name == "outage_number"
        else getattr(PageRow, name)
        for name in PageSeen.__dataclass_fields__
    )
    return select(*columns).outerjoin(OutageRow, OutageRow.id == PageRow.outage_id)


def one(session: Session, page_id: str) -> PageSeen | None:
    """Return a page by its id."""
    row = session.execute(_query().where(PageRow.id == page_id)).one_or_none()
    return None if row is None else PageSeen(**row._mapping)


def some(session: Session, page_ids: Sequence[str]) -> list[PageSeen]:
    """Return pages by their ids; those that do not exist are left out."""
    rows = session.execute(_query().where(PageRow.id.in_(page_ids)))
    return [PageSeen(**row._mapping) for row in rows]


def inbox(
    session: Session,
    *,
    districts: Sequence[str] | None = None,
    to_roles: Sequence[str] | None = None,
    crew: str | None = None,
    with_taken: bool = False,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[PageSeen]:
    """List pages, newest first; overtaken rungs were recorded, never paged.

    With `crew`, only those about outages on which that crew has a task. `before` is the time
    and id of the last page of the page before.
    """
    query = _query().where(PageRow.overtaken.is_(False))
    if crew is not None:
        sent = select(TaskRow.outage_id).where(TaskRow.crew_id == crew)
        query = query.where(PageRow.outage_id.in_(sent))
    if before is not None:
        query = query.where(tuple_(PageRow.at, PageRow.id) < tuple_(*before))
    if districts is not None:
        query = query.where(PageRow.district_id.in_(districts))
    if to_roles is not None:
        query = query.where(PageRow.to_role.in_(to_roles))
    if not with_taken:
        query = query.where(PageRow.acked_at.is_(None))
    rows = session.execute(query.order_by(PageRow.at.desc(), PageRow.id.desc()).limit(limit))
    return [PageSeen(**row._mapping) for row in rows]
