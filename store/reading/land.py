"""Which land is loaded, and where the districts lie, as a map begins with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.reading.outages import BBox
from store.tables.land import LandRow
from store.tables.territory import DistrictRow


@dataclass(frozen=True)
class LandSeen:
    """The land that is loaded; its attribution is shown wherever it is drawn."""

    name: str
    source: str
    attribution: str
    bounds: BBox


@dataclass(frozen=True)
class DistrictSeen:
    """A district as a map needs it."""

    id: str
    name_en: str
    name_zh: str
    time_zone: str
    bounds: BBox


def loaded(session: Session) -> LandSeen | None:
    """Return the land that is loaded, if any is."""
    row = session.execute(
        select(LandRow.name, LandRow.source, LandRow.attribution, *_box(LandRow.bounds))
    ).one_or_none()
    return None if row is None else LandSeen(*row[:3], bounds=(row[3], row[4], row[5], row[6]))


def districts(session: Session, scope: Sequence[str] | None) -> list[DistrictSeen]:
    """List the districts of a scope, None being all of them."""
    query = select(
        DistrictRow.id, DistrictRow.name_en, DistrictRow.name_zh, DistrictRow.time_zone,
        *_box(DistrictRow.area),
    ).order_by(DistrictRow.id)  # fmt: skip
    if scope is not None:
        query = query.where(DistrictRow.id.in_(scope))
    return [
        DistrictSeen(*row[:4], bounds=(row[4], row[5], row[6], row[7]))
        for row in session.execute(query)
    ]


def _box(shape: ColumnElement) -> tuple[ColumnElement, ...]:
    return (
        func.ST_XMin(func.Box3D(shape)), func.ST_YMin(func.Box3D(shape)),
        func.ST_XMax(func.Box3D(shape)), func.ST_YMax(func.Box3D(shape)),
    )  # fmt: skip
