"""Reports with their persons: only for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from store.tables.territory import ServicePointRow
from store.tables.work import OutageRow, ReportRow


@dataclass(frozen=True)
class ReportSeen:
    """One report with where its outage stands.

    `address_en` is that of its home, where the address is the home's own and not as it was told.
    """

    id: str
    number: int
    seq: int
    district_id: str
    channel: str
    source: str
    external_id: str | None
    reporter_name: str | None
    reporter_phone: str | None
    reporter_is_customer: bool
    customer_id: str | None
    service_point_id: str | None
    transformer_id: str | None
    section_id: str | None
    address: str | None
    address_en: str | None
    lon: float
    lat: float
    scope: str
    hazards: list[str]
    life_support: bool
    note: str | None
    first_owner: str
    occurred_at: datetime | None
    received_at: datetime
    outage_id: str | None
    promised_arrival_at: datetime | None
    outcome: str | None
    outcome_at: datetime | None
    forgotten_at: datetime | None
    outage_number: int | None
    outage_stage: str | None
    outage_status: str | None
    etr: datetime | None
    arrived_at: datetime | None
    restored_at: datetime | None
    customer_side: bool | None


_JOINED = {
    "address_en": ServicePointRow.address_en,
    "lon": ReportRow.at.ST_X().label("lon"),
    "lat": ReportRow.at.ST_Y().label("lat"),
    "outage_number": OutageRow.number.label("outage_number"),
    "outage_stage": OutageRow.stage.label("outage_stage"),
    "outage_status": OutageRow.status.label("outage_status"),
    "etr": OutageRow.etr,
    "arrived_at": OutageRow.arrived_at,
    "restored_at": OutageRow.restored_at,
    "customer_side": (OutageRow.state["resolution"].astext == "customer_side").label(
        "customer_side"
    ),
}


def _query() -> Select[Any]:
    columns = [
        _JOINED[name] if name in _JOINED else getattr(ReportRow, name)
        for name in ReportSeen.__dataclass_fields__
    ]
    of_home = and_(
        ServicePointRow.id == ReportRow.service_point_id,
        ServicePointRow.address == ReportRow.address,
    )
    return (
        select(*columns)
        .outerjoin(OutageRow, OutageRow.id == ReportRow.outage_id)
        .outerjoin(ServicePointRow, of_home)
    )


def listed(
    session: Session,
    *,
    districts: Sequence[str] | None = None,
    outage_id: str | None = None,
    source: str | None = None,
    without_outcome: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[ReportSeen]:
    """List reports, newest number first; `before` is the last number of the page before."""
    query = _query()
    if districts is not None:
        one = len(districts) == 1
        column = ReportRow.district_id
        query = query.where(column == districts[0] if one else column.in_(districts))
    if outage_id is not None:
        query = query.where(ReportRow.outage_id == outage_id)
    if source is not None:
        query = query.where(ReportRow.source == source)
    if without_outcome:
        query = query.where(ReportRow.outcome.is_(None))
    if before is not None:
        query = query.where(ReportRow.number < before)
    rows = session.execute(query.order_by(ReportRow.number.desc()).limit(limit))
    return [ReportSeen(**row._mapping) for row in rows]


def one(session: Session, report_id: str) -> ReportSeen | None:
    """Return a report by its id."""
    row = session.execute(_query().where(ReportRow.id == report_id)).one_or_none()
    return None if row is None else ReportSeen(**row._mapping)


def some(session: Session, report_ids: Sequence[str]) -> list[ReportSeen]:
    """Return reports by their ids; those that do not exist are left out."""
    rows = session.execute(_query().where(ReportRow.id.in_(report_ids)))
    return [ReportSeen(**row._mapping) for row in rows]
