"""Outages as lists, maps and single pages read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.outage import Outage
from store.reading import outage_work
from store.tables.work import OutageRow

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class OutageSeen:
    """One outage as the rows know it; `seq` tells how new that is.

    The last three tell where that is by name, the work still owed, and who is told next.
    """

    id: str
    number: int
    district_id: str
    grid_id: str | None
    area_class: str
    stage: str
    status: str
    seq: int
    opened_at: datetime
    clock_start: datetime
    lon: float
    lat: float
    transformer_id: str | None
    section_id: str | None
    feeder_id: str | None
    customers_affected: int
    hazards: list[str]
    life_support: bool
    key_class: str | None
    parent_outage_id: str | None
    merged_into: str | None
    device_id: str | None
    report_count: int
    policy_hash: str
    arrival_deadline: datetime | None
    etr: datetime | None
    arrived_at: datetime | None
    restoration_no: int
    restored_at: datetime | None
    closed_at: datetime | None
    known_at: datetime | None
    place: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]
    next_rung: dict[str, Any] | None


_NOT_COLUMNS = ("lon", "lat", "place", "tasks", "next_rung")
_NAMED = [name for name in OutageSeen.__dataclass_fields__ if name not in _NOT_COLUMNS]
_COLUMNS = (
    *(getattr(OutageRow, name) for name in _NAMED),
    OutageRow.at.ST_X().label("lon"),
    OutageRow.at.ST_Y().label("lat"),
)


def listed(
    session: Session,
    *,
    districts: Sequence[str] | None = None,
    stages: Sequence[str] | None = None,
    statuses: Sequence[str] | None = None,
    bbox: BBox | None = None,
    open_only: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[OutageSeen]:
    """List outages, newest number first; `before` is the last number of the page before.

    `districts` None means all of them.
    """
    query: Select[Any] = select(*_COLUMNS)
    if districts is not None:
        query = query.where(_one_of(OutageRow.district_id, districts))
    if stages is not None:
        query = query.where(OutageRow.stage.in_(stages))
    if statuses is not None:
        query = query.where(OutageRow.status.in_(statuses))
    if open_only:
        query = query.where(OutageRow.sealed_at.is_(None))
    if bbox is not None:
        query = query.where(OutageRow.at.op("&&")(func.ST_MakeEnvelope(*bbox, 4326)))
    if before is not None:
        query = query.where(OutageRow.number < before)
    rows = session.execute(query.order_by(OutageRow.number.desc()).limit(limit))
    return _seen(session, rows.all())


def _seen(session: Session, rows: Sequence[Any]) -> list[OutageSeen]:
    work = outage_work.of_outages(session, [row.id for row in rows])
    return [OutageSeen(**row._mapping, **work[row.id]) for row in rows]


def _one_of(column: Any, values: Sequence[str]) -> Any:
    # Equality lets one index give both the filter and the order.
    return column == values[0] if len(values) == 1 else column.in_(values)


def one(session: Session, outage_id: str) -> OutageSeen | None:
    """Return an outage by its id."""
    row = session.execute(select(*_COLUMNS).where(OutageRow.id == outage_id)).one_or_none()
    return None if row is None else _seen(session, [row])[0]


def some(session: Session, outage_ids: Sequence[str]) -> list[OutageSeen]:
    """Return outages by their ids; those that do not exist are left out."""
    rows = session.execute(select(*_COLUMNS).where(OutageRow.id.in_(outage_ids)))
    return _seen(session, rows.all())


def by_number(session: Session, number: int) -> OutageSeen | None:
    """Return an outage by the number people say on the phone."""
    row = session.execute(select(*_COLUMNS).where(OutageRow.number == number)).one_or_none()
    return None if row is None else _seen(session, [row])[0]


def state_of(session: Session, outage_id: str) -> Outage | None:
    """Return the whole state as last projected; None before the first projection."""
    state = session.scalar(select(OutageRow.state).where(OutageRow.id == outage_id))
    return None if state is None else Outage.model_validate(state)
