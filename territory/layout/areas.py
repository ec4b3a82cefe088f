"""Areas: the district around everything, its urban, rural and remote parts, its service grids."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.ndimage import uniform_filter
from shapely.geometry.base import BaseGeometry

from territory.layout.plane import DECIMALS, Array, Plane
from territory.network import AreaClass, Polygons, Ring

MARGIN_M = 900.0
CELL_M = 400.0
# Homes on a square kilometre: from so many on it is urban, and below so many remote.
URBAN_FROM, REMOTE_BELOW = 550.0, 5.0
URBAN_WINDOW, REMOTE_WINDOW = 3, 9
SMOOTH_M = 260.0
LEAST_M2 = 400_000.0


@dataclass(frozen=True)
class Areas:
    """The district and its parts in metres; the parts cover it and do not overlap."""

    district: BaseGeometry
    parts: dict[AreaClass, BaseGeometry]


def areas_of(homes: Array, streets: Array) -> Areas:
    """Return the areas of a land, by how densely people live there."""
    hull = shapely.convex_hull(shapely.multipoints(np.vstack([homes, streets])))
    district = shapely.simplify(shapely.buffer(hull, MARGIN_M, quad_segs=4), 20.0)
    west, south, east, north = shapely.bounds(district)
    shape = (int((north - south) / CELL_M) + 1, int((east - west) / CELL_M) + 1)
    rows = ((homes[:, 1] - south) / CELL_M).astype(int)
    columns = ((homes[:, 0] - west) / CELL_M).astype(int)
    count = np.zeros(shape)
    np.add.at(count, (rows, columns), 1.0)
    per_km2 = count / (CELL_M / 1000.0) ** 2
    dense = uniform_filter(per_km2, URBAN_WINDOW, mode="constant")
    lived = uniform_filter(per_km2, REMOTE_WINDOW, mode="constant")
    corner = np.array([west, south])
    urban_from = min(URBAN_FROM, float(np.quantile(dense[rows, columns], 0.7)))
    urban = shapely.intersection(_smooth(dense >= urban_from, corner), district)
    remote = shapely.difference(_smooth(lived < REMOTE_BELOW, corner), urban)
    remote = shapely.intersection(remote, district)
    rural = shapely.difference(district, shapely.union(urban, remote))
    parts: dict[AreaClass, BaseGeometry] = {"urban": urban, "rural": rural, "remote": remote}
    return Areas(district, {name: part for name, part in parts.items() if part.area > 0})


def _smooth(cells: np.ndarray, corner: Array) -> BaseGeometry:
    """Return the outline of some cells, rounded and without crumbs."""
    rows, columns = np.nonzero(cells)
    west, south = corner[0] + columns * CELL_M, corner[1] + rows * CELL_M
    joined = shapely.union_all(shapely.box(west, south, west + CELL_M, south + CELL_M))
    opened = shapely.buffer(
        shapely.buffer(joined, SMOOTH_M, quad_segs=3), -2 * SMOOTH_M, quad_segs=3
    )
    rounded = shapely.simplify(shapely.buffer(opened, SMOOTH_M, quad_segs=3), 25.0)
    parts = [part for part in shapely.get_parts(rounded) if part.area >= LEAST_M2]
    if not parts:
        return joined
    return shapely.union_all([shapely.Polygon(part.exterior, _holes(part)) for part in parts])


def _holes(part: shapely.Polygon) -> list[shapely.LinearRing]:
    return [ring for ring in part.interiors if shapely.Polygon(ring).area >= LEAST_M2]


def grids_of(district: BaseGeometry, centres: Array) -> list[BaseGeometry]:
    """Return the part of a district that is nearest to each centre, in the order of the centres."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=district)
    )
    found = []
    for centre in shapely.points(centres):
        cell = next(each for each in cells if shapely.contains(each, centre))
        found.append(shapely.intersection(cell, district))
    return found


def polygons_of(area: BaseGeometry, plane: Plane) -> Polygons:
    """Return an area in degrees, as rows keep it; rounding leaves no ring that crosses itself."""
    degrees = shapely.transform(area, lambda places: np.array(plane.spots(places)))
    sound = shapely.set_precision(shapely.make_valid(degrees), 10.0**-DECIMALS)
    found = []
    for part in shapely.get_parts(sound):
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            found.append(tuple(_ring(np.asarray(ring.coords)) for ring in rings))
    return tuple(found)


def _ring(corners: Array) -> Ring:
    return tuple((lon, lat) for lon, lat in np.round(corners, DECIMALS).tolist())
