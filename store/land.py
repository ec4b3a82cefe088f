"""Keeps one land: loaded whole in one transaction, in place of the one before."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import shapely
from sqlalchemy import Engine, delete, func, insert, select, text
from sqlalchemy.orm import Session

from store.tables.base import SRID
from store.tables.land import CourseRow, LandRow, SettlementRow, StreetRow, SurfaceRow
from territory.land import Bounds, Land, Spot, Surface

LOCK = "relight/land"
TABLES = (StreetRow, SurfaceRow, CourseRow, SettlementRow)
Rows = Iterable[tuple[Any, ...]]


class LandSheet(NamedTuple):
    """What is said of the loaded land, without its contents."""

    name: str
    source: str
    attribution: str
    digest: str
    bounds: Bounds
    loaded_at: datetime


class LandCounts(NamedTuple):
    """How much of each is loaded."""

    streets: int
    surfaces: int
    courses: int
    settlements: int


def load(engine: Engine, land: Land, now: datetime) -> None:
    """Put a land in place of whatever was there, in one transaction."""
    with Session(engine) as session, session.begin():
        replace(session, land, now)


def replace(session: Session, land: Land, now: datetime) -> None:
    """Put a land in place of whatever was there, within the caller's transaction."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(LOCK, 0))
    session.execute(select(lock))
    # Rows are deleted, not truncated, so that tiles are drawn from the old land until the commit.
    for table in (*TABLES, LandRow):
        session.execute(delete(table))
    for table, columns, rows in _contents(land):
        _copy(session, table.__tablename__, columns, rows)
    box = shapely.MultiPolygon([shapely.box(*land.bounds)])
    kept = {
        "name": land.name, "source": land.source, "attribution": land.attribution,
        "digest": land.digest, "loaded_at": now, "bounds": f"SRID={SRID};{box.wkt}",
    }  # fmt: skip
    session.execute(insert(LandRow), [kept])
    session.execute(text("ANALYZE " + ", ".join(each.__tablename__ for each in TABLES)))


def sheet(session: Session) -> LandSheet | None:
    """Return what is said of the loaded land, None where none is."""
    box = LandRow.bounds
    edges = [func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)]
    row = session.execute(
        select(
            LandRow.name, LandRow.source, LandRow.attribution, LandRow.digest, LandRow.loaded_at,
            *edges,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    name, source, attribution, digest, loaded_at, *bounds = row
    return LandSheet(name, source, attribution, digest, Bounds(*bounds), loaded_at)


def counts(session: Session) -> LandCounts:
    """Return how many streets, surfaces, courses and settlements are loaded."""
    found = (session.scalar(select(func.count()).select_from(table)) for table in TABLES)
    return LandCounts(*(number or 0 for number in found))


def _contents(land: Land) -> Iterator[tuple[type, tuple[str, ...], Rows]]:
    names = ("name", "name_en", "name_zh")
    streets = land.streets
    yield StreetRow, ("id", "kind", *names, "oneway", "maxspeed_kmh", "path"), (
        (each.id, each.kind, *each.names, each.oneway, each.maxspeed_kmh, path)
        for each, path in zip(streets, _lines([each.path for each in streets]), strict=True)
    )  # fmt: skip
    yield SurfaceRow, ("id", "kind", *names, "shape"), _surfaces(land.surfaces)
    courses = land.courses
    yield CourseRow, ("id", "kind", *names, "path"), (
        (each.id, each.kind, *each.names, path)
        for each, path in zip(courses, _lines([each.path for each in courses]), strict=True)
    )  # fmt: skip
    spots = np.array([each.at for each in land.settlements]).reshape(-1, 2)
    yield SettlementRow, ("id", "kind", *names, "population", "at"), (
        (each.id, each.kind, *each.names, each.population, at)
        for each, at in zip(land.settlements, _wkb(shapely.points(spots)), strict=True)
    )  # fmt: skip


def _surfaces(surfaces: Sequence[Surface]) -> Iterator[tuple[Any, ...]]:
    shapes = np.array([_polygons(each) for each in surfaces], dtype=object)
    # What a map maker drew across itself would stop the drawing of a whole tile.
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = [_mended(shape) for shape in shapes[broken]]
    for each, shape, hexed in zip(surfaces, shapes, _wkb(shapes), strict=True):
        if not shape.is_empty:
            yield each.id, each.kind, *each.names, hexed


def _polygons(surface: Surface) -> shapely.MultiPolygon:
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in surface.polygons]
    return shapely.MultiPolygon(parts)


def _mended(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    parts = shapely.get_parts(shapely.make_valid(shape), return_index=False)
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    return shapely.MultiPolygon([each for each in flat if each.geom_type == "Polygon"])


def _lines(paths: Sequence[Sequence[Spot]]) -> Iterable[str]:
    spots = np.array([spot for path in paths for spot in path]).reshape(-1, 2)
    owners = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
    return _wkb(shapely.linestrings(spots, indices=owners)) if paths else []


def _wkb(shapes: Any) -> list[str]:
    placed = shapely.set_srid(shapes, SRID)
    return shapely.to_wkb(placed, hex=True, include_srid=True).tolist()


def _copy(session: Session, table: str, columns: tuple[str, ...], rows: Rows) -> None:
    connection = session.connection().connection
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
