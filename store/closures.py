"""Questions about the roads: which land is driven, what is closed and what is slow at a moment."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import ColumnElement, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.closures import ClosureRow
from store.tables.land import LandRow, StreetRow
from store.tables.territory import DistrictRow

Line = list[tuple[float, float]]
Area = tuple[tuple[tuple[float, float], ...], ...]
"""The rings of a polygon, the outer one first."""


@dataclass(frozen=True)
class Closure:
    """Streets closed, or a kind of road or an area class at a share of its usual speed.

    In an `area` nobody is to work either; `streets` are then those that run in it.
    """

    id: str
    streets: tuple[int, ...] | None
    kind: str | None
    area_class: str | None
    share: float
    reason: str
    since: datetime
    until: datetime | None
    declared_by: str
    declared_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    area: Area | None = None


def land_digest(session: Session) -> str | None:
    """Return which land is driven on, if any is loaded."""
    return session.scalar(select(LandRow.digest))


def in_force(session: Session, at: datetime) -> list[Closure]:
    """List what holds at a moment, in one order."""
    query = select(ClosureRow).where(ClosureRow.since <= at, *_not_over(at))
    return [_closure(each) for each in session.scalars(query.order_by(ClosureRow.id))]


def _not_over(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    row = ClosureRow
    return row.until.is_(None) | (row.until > at), row.lifted_at.is_(None) | (row.lifted_at > at)


def listed(
    session: Session,
    at: datetime,
    *,
    over: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int | None = None,
) -> list[Closure]:
    """List what holds at a moment or will hold later, the earliest first; or what is over, too.

    `after` is beginning and id of the last one seen.
    """
    row = ClosureRow
    query = select(row).order_by(row.since, row.id).limit(limit)
    if not over:
        query = query.where(*_not_over(at))
    if after is not None:
        query = query.where(tuple_(row.since, row.id) > tuple_(*after))
    return [_closure(each) for each in session.scalars(query)]


def some(session: Session, ids: Sequence[str], at: datetime) -> list[Closure]:
    """Return those of some closures that hold at a moment or will hold later."""
    query = select(ClosureRow).where(ClosureRow.id.in_(ids), *_not_over(at))
    return [_closure(each) for each in session.scalars(query.order_by(ClosureRow.id))]


def find(session: Session, closure_id: str) -> Closure | None:
    """Return one closure."""
    row = session.get(ClosureRow, closure_id)
    return None if row is None else _closure(row)


def declare(session: Session, closure: Closure) -> None:
    """Write a closure down; the same id again changes nothing."""
    values = asdict(closure)
    values["streets"] = None if closure.streets is None else list(closure.streets)
    values["area"] = None if closure.area is None else _ewkt(closure.area)
    session.execute(insert(ClosureRow).values(**values).on_conflict_do_nothing())


def lift(session: Session, closure_id: str, by: str, at: datetime) -> None:
    """End a closure at a moment; one that was lifted stays as it was."""
    still = ClosureRow.id == closure_id, ClosureRow.lifted_at.is_(None)
    session.execute(update(ClosureRow).where(*still).values(lifted_by=by, lifted_at=at))


def lines_of(session: Session, streets: Iterable[int]) -> dict[int, Line]:
    """Return how streets run; one that the land does not have any more is left out."""
    query = select(StreetRow.id, func.ST_AsGeoJSON(StreetRow.path, 6)).where(
        StreetRow.id.in_(sorted(set(streets)))
    )
    return {street: json.loads(told)["coordinates"] for street, told in session.execute(query)}


def districts_of(session: Session, streets: Iterable[int]) -> dict[int, list[str]]:
    """Return through which districts each street runs; one that runs through none is left out."""
    query = (
        select(StreetRow.id, func.array_agg(DistrictRow.id))
        .join(DistrictRow, func.ST_Intersects(DistrictRow.area, StreetRow.path))
        .where(StreetRow.id.in_(sorted(set(streets))))
        .group_by(StreetRow.id)
        .order_by(StreetRow.id)
    )
    return {street: sorted(districts) for street, districts in session.execute(query)}


def streets_in(session: Session, area: Area) -> tuple[int, ...]:
    """Return the streets that run in an area, wholly or in part."""
    query = select(StreetRow.id).where(func.ST_Intersects(StreetRow.path, _ewkt(area)))
    return tuple(session.scalars(query.order_by(StreetRow.id)))


def districts_meeting(session: Session, area: Area) -> list[str]:
    """Return the districts an area lies in, wholly or in part."""
    query = select(DistrictRow.id).where(func.ST_Intersects(DistrictRow.area, _ewkt(area)))
    return list(session.scalars(query.order_by(DistrictRow.id)))


_SHUT = text("""
SELECT o.id, CASE WHEN bool_or(c.until IS NULL) THEN NULL ELSE max(c.until) END AS until
FROM outages o JOIN closures c ON ST_Intersects(c.area, o.at)
WHERE o.district_id = :district AND o.sealed_at IS NULL
  AND c.since <= :at AND (c.until IS NULL OR c.until > :at)
  AND (c.lifted_at IS NULL OR c.lifted_at > :at)
GROUP BY o.id ORDER BY o.id
""")


def shut(session: Session, district: str, at: datetime) -> dict[str, datetime | None]:
    """Return the open outages in closed areas, each with when that ends, if that is known."""
    return {row.id: row.until for row in session.execute(_SHUT, {"district": district, "at": at})}


def _ewkt(area: Area) -> str:
    rings = ("(" + ",".join(f"{lon} {lat}" for lon, lat in ring) + ")" for ring in area)
    return f"SRID=4326;POLYGON({','.join(rings)})"


def unknown_streets(session: Session, streets: Sequence[int]) -> list[int]:
    """Return which streets are not of this land."""
    known = set(session.scalars(select(StreetRow.id).where(StreetRow.id.in_(streets))))
    return sorted(set(streets) - known)


_NEAREST = text("""
SELECT s.id FROM streets s
WHERE ST_DWithin(s.path::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :within)
ORDER BY s.path::geography <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, s.id
LIMIT 1
""")


def nearest_street(session: Session, lon: float, lat: float, within_m: float) -> int | None:
    """Return the street a place lies at, if one is near."""
    found = session.scalar(_NEAREST, {"lon": lon, "lat": lat, "within": within_m})
    return None if found is None else int(found)


def _closure(row: ClosureRow) -> Closure:
    return Closure(
        id=row.id,
        streets=None if row.streets is None else tuple(row.streets),
        kind=row.kind,
        area_class=row.area_class,
        share=row.share,
        reason=row.reason,
        since=row.since,
        until=row.until,
        declared_by=row.declared_by,
        declared_at=row.declared_at,
        lifted_by=row.lifted_by,
        lifted_at=row.lifted_at,
        area=_rings(row.area),
    )


def _rings(area: WKBElement | None) -> Area | None:
    if area is None:
        return None
    polygon = to_shape(area)
    return tuple(tuple(ring.coords) for ring in (polygon.exterior, *polygon.interiors))
