"""Where the districts lie, as a map begins with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.reading.outages import BBox
from store.tables.territory import DistrictRow


@dataclass(frozen=True)
class DistrictSeen:
    """A district as a map needs it."""

    id: str
    name_en: str
    name_zh: str
    time_zone: str
    bounds: BBox


def listed(session: Session, scope: Sequence[str] | None) -> list[DistrictSeen]:
    """List the districts of a scope, None being all of them."""
    area = DistrictRow.area
    query = select(
        DistrictRow.id, DistrictRow.name_en, DistrictRow.name_zh, DistrictRow.time_zone,
        func.ST_XMin(area), func.ST_YMin(area), func.ST_XMax(area), func.ST_YMax(area),
    ).order_by(DistrictRow.id)  # fmt: skip
    if scope is not None:
        query = query.where(DistrictRow.id.in_(scope))
    return [
        DistrictSeen(*row[:4], bounds=(row[4], row[5], row[6], row[7]))
        for row in session.execute(query)
    ]
