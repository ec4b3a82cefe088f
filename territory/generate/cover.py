"""Covers the country with woods, meadows and fields, wherever nothing else is."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from territory.generate.buildings import inward
from territory.generate.draft import Shape
from territory.generate.frame import Array, chance, smooth
from territory.generate.terrain import Terrain, waves

WOODED, GRASSY = 0.46, 0.42
LEAST_M2 = 9_000.0
Area: TypeAlias = Polygon | MultiPolygon


def cover(
    terrain: Terrain, cell_m: float, settled: Area, seams: list[Array], seed: int
) -> list[Shape]:
    """Return woods, meadows and fields; they are cut along `seams`, so that none is endless."""
    box = terrain.box
    land = shapely.box(-box.east, -box.north, box.east, box.north)
    patches = waves(chance(seed, "meadows"), 6_000.0, 1_200.0, 0.11)
    wood = shapely.intersection(above(terrain.height, terrain, cell_m, WOODED), land)
    grass = shapely.difference(above(patches.at, terrain, cell_m, GRASSY), wood)
    grass = shapely.intersection(grass, land)
    field = shapely.difference(land, shapely.union(wood, grass))
    grounds = _grounds(land, seams)
    shapes = []
    for area, use in ((wood, "forest"), (grass, "meadow"), (field, "farmland")):
        free = shapely.simplify(shapely.difference(area, settled), 3.0)
        parts = shapely.get_parts(shapely.intersection(grounds, shapely.make_valid(free)))
        # Rings drawn in a little never touch, not even after a file has rounded their corners.
        parts = inward(parts, 0.4)
        shapes += [
            Shape({"landuse": use}, part)
            for part in shapely.get_parts(parts)
            if part.geom_type == "Polygon" and part.area > LEAST_M2
        ]
    return shapes


def _grounds(land: Polygon, seams: list[Array]) -> Array:
    """Return the grounds between seams, which are roads and the river."""
    lines = [shapely.LineString(seam) for seam in seams]
    edges = shapely.union_all([land.exterior, *lines])
    faces: Array = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    return faces


def above(height: Callable[[Array], Array], terrain: Terrain, cell_m: float, level: float) -> Area:
    """Return the area in which a height exceeds a level, read off a grid of cells."""
    box = terrain.box
    east = np.arange(-box.east - cell_m, box.east + 2 * cell_m, cell_m)
    north = np.arange(-box.north - cell_m, box.north + 2 * cell_m, cell_m)
    knots = np.stack(np.meshgrid(east, north), axis=-1)
    heights = height(knots.reshape(-1, 2)).reshape(knots.shape[:2]) - level
    # On a grid, so that neighbouring cells meet without a slit between them.
    whole = shapely.union_all(shapely.polygons(_cells(knots, heights)), grid_size=0.05)
    parts = []
    for part in shapely.get_parts(whole):
        rings = [smooth(np.asarray(ring.coords), 1) for ring in (part.exterior, *part.interiors)]
        parts.append(shapely.make_valid(Polygon(rings[0], rings[1:])))
    joined: Area = shapely.union_all(parts)
    return joined


def _cells(knots: Array, heights: Array) -> Array:
    """Return the part of each cell that lies above zero, as closed rings of nine points."""
    turns = ((slice(None, -1), slice(None, -1)), (slice(None, -1), slice(1, None)),
             (slice(1, None), slice(1, None)), (slice(1, None), slice(None, -1)))  # fmt: skip
    corners = np.stack([knots[turn].reshape(-1, 2) for turn in turns], axis=1)
    levels = np.stack([heights[turn].ravel() for turn in turns], axis=1)
    some = (levels > 0).any(axis=1)
    corners, levels = corners[some], levels[some]
    ring = np.full((len(corners), 8, 2), np.nan)
    for one in range(4):
        two = (one + 1) % 4
        up = levels[:, one] > 0
        ring[up, 2 * one] = corners[up, one]
        cut = up != (levels[:, two] > 0)
        share = levels[cut, one] / (levels[cut, one] - levels[cut, two])
        ahead = corners[cut, two] - corners[cut, one]
        ring[cut, 2 * one + 1] = corners[cut, one] + share[:, None] * ahead
    # A corner that is not there repeats the one before it; twice round, for those at the start.
    for step in range(16):
        here = step % 8
        gone = np.isnan(ring[:, here, 0])
        ring[gone, here] = ring[gone, here - 1]
    closed: Array = np.concatenate([ring, ring[:, :1]], axis=1)
    return closed
