"""Hills and where the woods grow: one number between plain and summit for every place."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from territory.generate.draft import Box, Shape
from territory.generate.frame import Array, chance, smooth

WOODED = 0.46


@dataclass(frozen=True)
class Terrain:
    """Two ranges of mountains, north-west and south-east, and rolling ground between."""

    box: Box
    waves: Array
    phases: Array
    sizes: Array

    def height(self, places: Array) -> Array:
        """Return how high places lie: 0 is the plain, from about 0.5 on it is mountain."""
        shares = places / np.array(self.box)
        ranges = np.zeros(len(places))
        for east, north, wide, tall in ((-0.85, 0.8, 0.5, 1.1), (0.95, -0.9, 0.42, 0.9)):
            away = np.hypot(shares[:, 0] - east, shares[:, 1] - north)
            ranges += tall * np.exp(-((away / wide) ** 2))
        turns = places @ self.waves.T + self.phases
        found: Array = ranges + 0.22 + np.sin(turns) @ self.sizes
        return found


def raise_hills(seed: int, box: Box) -> Terrain:
    """Return the hills of a seed."""
    dice = chance(seed, "hills")
    lengths = np.geomspace(min(box) * 0.9, 1_100.0, 9)
    angles = dice.uniform(0.0, 2.0 * np.pi, len(lengths))
    waves = (2.0 * np.pi / lengths)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    phases = dice.uniform(0.0, 2.0 * np.pi, len(lengths))
    return Terrain(box, waves, phases, 0.16 * np.linspace(1.0, 0.45, len(lengths)))


def cover(
    terrain: Terrain, cell_m: float, settled: Polygon | MultiPolygon, seed: int
) -> list[Shape]:
    """Return woods, fields and meadows over everything that is not settled ground or water."""
    east = np.arange(-terrain.box.east, terrain.box.east, cell_m)
    north = np.arange(-terrain.box.north, terrain.box.north, cell_m)
    corners = np.stack(np.meshgrid(east, north), axis=-1).reshape(-1, 2)
    middles = corners + cell_m / 2
    height = terrain.height(middles)
    patches = np.sin(middles[:, 0] / 830.0 + 2.0 * np.sin(middles[:, 1] / 1_270.0)) + np.sin(
        middles[:, 1] / 690.0 + chance(seed, "fields").uniform(0.0, 6.0)
    )
    wood = height > WOODED
    field = ~wood & (patches > -0.75)
    shapes = []
    for chosen, tags in (
        (wood, {"landuse": "forest"}),
        (field, {"landuse": "farmland"}),
        (~wood & ~field, {"landuse": "meadow"}),
    ):
        cells = shapely.box(*corners[chosen].T, *(corners[chosen] + cell_m).T)
        grown = _rounded(shapely.union_all(cells), cell_m)
        shapes += [
            Shape(tags, shapely.simplify(part, 6.0))
            for part in shapely.get_parts(shapely.difference(grown, settled))
            if part.geom_type == "Polygon" and part.area > cell_m * cell_m / 3
        ]
    return shapes


def _rounded(area: Polygon | MultiPolygon, cell_m: float) -> Polygon | MultiPolygon:
    """Round the stairs of an area made of cells."""
    parts = []
    for part in shapely.get_parts(area):
        rings = [smooth(np.asarray(ring.coords)) for ring in (part.exterior, *part.interiors)]
        parts.append(shapely.make_valid(Polygon(rings[0], rings[1:])))
    return shapely.buffer(shapely.union_all(parts), cell_m * 0.06, quad_segs=2)
