"""The homes of a district, each with the line it hangs on, as a drill darkens them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables.territory import DistrictRow, FeederRow, ServicePointRow, TransformerRow


@dataclass(frozen=True)
class HomeSeen:
    """A place where somebody has supply."""

    service_point: str
    transformer: str
    section: str
    address: str
    lon: float
    lat: float


def greatest_district(session: Session) -> tuple[str, str, str] | None:
    """Return id and both names of the district with most homes; None where there are none."""
    query = (
        select(DistrictRow.id, DistrictRow.name_en, DistrictRow.name_zh)
        .join(FeederRow, FeederRow.district_id == DistrictRow.id)
        .join(TransformerRow, TransformerRow.feeder_id == FeederRow.id)
        .join(ServicePointRow, ServicePointRow.transformer_id == TransformerRow.id)
        .group_by(DistrictRow.id, DistrictRow.name_en, DistrictRow.name_zh)
        .order_by(func.count().desc(), DistrictRow.id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def of_district(session: Session, district: str) -> list[HomeSeen]:
    """Return every home of a district, by id."""
    query = (
        select(
            ServicePointRow.id, TransformerRow.id, TransformerRow.section_id,
            ServicePointRow.address, func.ST_X(ServicePointRow.at), func.ST_Y(ServicePointRow.at),
        )
        .join(TransformerRow, TransformerRow.id == ServicePointRow.transformer_id)
        .join(FeederRow, FeederRow.id == TransformerRow.feeder_id)
        .where(FeederRow.district_id == district)
        .order_by(ServicePointRow.id)
    )  # fmt: skip
    return [HomeSeen(*row) for row in session.execute(query)]
