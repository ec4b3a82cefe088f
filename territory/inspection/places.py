"""Where things are: on this earth, inside their district, and inside a service area."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.inspection.look import Look
from territory.land import Spot
from territory.network import Polygons

LEAST_CORNERS = 4
"""Of a closed ring: three corners and the first one again."""

AREAS = {"districts": "area", "service_areas": "boundary", "grids": "boundary"}


def shape_of(area: Polygons) -> BaseGeometry:
    """Return an area as a shape to measure with; raises ValueError where a ring is none."""
    return shapely.MultiPolygon([(rings[0], list(rings[1:])) for rings in area])


def look_at_areas(look: Look) -> None:
    """Find areas that enclose nothing, are not closed, or cross themselves."""
    for kind, column in AREAS.items():
        for index, row in enumerate(look.network.rows(kind)):
            why = _fault_of(getattr(row, column))
            if why is not None:
                code, params = why
                look.add(code, kind, index, column, **params)


def _fault_of(area: Polygons) -> tuple[str, dict[str, Any]] | None:
    rings = [ring for rings in area for ring in rings]
    if not rings or not all(area):
        return "area_empty", {}
    for lon, lat in (spot for ring in rings for spot in ring):
        if not on_earth(lon, lat):
            return "impossible_coordinates", {"lon": lon, "lat": lat}
    for ring in rings:
        if len(ring) < LEAST_CORNERS or ring[0] != ring[-1]:
            return "ring_open", {}
    shape = shape_of(area)
    if not shape.is_valid:
        return "area_crossed", {"why": shapely.is_valid_reason(shape)}
    return None


def on_earth(lon: float, lat: float) -> bool:
    """Tell whether coordinates can be longitude and latitude; not a number is none."""
    return -180 <= lon <= 180 and -90 <= lat <= 90


def look_at_places(look: Look) -> None:
    """Find places that cannot be, lie outside their district, or in no service area."""
    districts = {
        row.id: shape_of(row.area) for row in look.network.districts if _fault_of(row.area) is None
    }
    for kind in ("depots", "substations", "sections", "devices", "transformers", "service_points"):
        placed = list(_placed(look, kind))
        column = "path" if kind == "sections" else "at"
        told: set[int] = set()
        for name, shape in districts.items():
            here = [(index, spot) for index, district, spot in placed if district == name]
            for index, code, spot in _strays(shape, here):
                if index not in told:
                    lon, lat = spot
                    look.add(code, kind, index, column, lon=lon, lat=lat, district=name)
                told.add(index)
        for index, _, (lon, lat) in placed:
            if index not in told and not on_earth(lon, lat):
                told.add(index)
                look.add("impossible_coordinates", kind, index, column, lon=lon, lat=lat)
    _look_for_areas(look)
    for index, section in enumerate(look.network.sections):
        if len(section.path) < 2:
            look.add("path_too_short", "sections", index, "path")


def _placed(look: Look, kind: str) -> Iterator[tuple[int, str | None, Spot]]:
    """Yield index, district and place of every row; of a section both ends."""
    for index, row in enumerate(look.network.rows(kind)):
        if kind == "sections":
            for spot in {row.path[0], row.path[-1]} if row.path else ():
                yield index, look.district_of_section.get(row.id), spot
        elif kind == "service_points":
            yield index, look.district_of_transformer.get(row.transformer_id), row.at
        elif kind in {"devices", "transformers"}:
            yield index, look.district_of_section.get(row.section_id), row.at
        else:
            yield index, row.district_id, row.at


def _strays(shape: BaseGeometry, placed: list[tuple[int, Spot]]) -> Iterator[tuple[int, str, Spot]]:
    """Yield what does not lie in a district: index, code of the fault, place."""
    if not placed:
        return
    shapely.prepare(shape)
    spots = np.array([spot for _, spot in placed])
    within = shapely.intersects_xy(shape, spots)
    swapped = shapely.intersects_xy(shape, spots[:, ::-1])
    for stray in np.flatnonzero(~within):
        index, spot = placed[stray]
        if swapped[stray]:
            yield index, "swapped_coordinates", spot
        elif on_earth(*spot):
            yield index, "outside_district", spot


def _look_for_areas(look: Look) -> None:
    """Find service points that lie in no service area: a call from there would be refused."""
    areas = [
        shape_of(row.boundary)
        for row in look.network.service_areas
        if _fault_of(row.boundary) is None
    ]
    if len(areas) != len(look.network.service_areas) or look.unread.get("service_areas"):
        return  # the one that is missed may be among those that cannot be used
    points = look.network.service_points
    if not areas or not points:
        return
    spots = np.array([row.at for row in points])
    covered = np.zeros(len(points), dtype=bool)
    for area in areas:
        shapely.prepare(area)
        covered |= shapely.intersects_xy(area, spots)
    for index in np.flatnonzero(~covered):
        if on_earth(*points[index].at):
            lon, lat = points[index].at
            look.add("no_service_area", "service_points", int(index), "at", lon=lon, lat=lat)
