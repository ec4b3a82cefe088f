"""Puts houses on blocks: slabs, towers, sheds and cottages in rows along the streets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from shapely import Polygon

from territory.generate.blocks import box_of
from territory.generate.draft import Shape
from territory.generate.frame import Array
from territory.generate.names import NameBook
from territory.land import NAMELESS, Names


@dataclass(frozen=True)
class Pattern:
    """How a kind of building stands on its block, in metres; levels from and to."""

    use: str
    length: float
    depth: float
    beside: float
    behind: float
    levels: tuple[int, int]
    # Homes or tenants on a level; one connection for the whole when 0.
    flats_each_level: float
    missing: float = 0.06


SLAB = Pattern("apartments", 46.0, 14.0, 9.0, 21.0, (5, 11), 1.15)
TOWER = Pattern("commercial", 34.0, 27.0, 14.0, 16.0, (6, 26), 0.6)
SHED = Pattern("industrial", 62.0, 36.0, 14.0, 18.0, (1, 2), 0.0, 0.12)
TERRACE = Pattern("apartments", 24.0, 12.0, 5.0, 15.0, (3, 5), 0.8)
HOUSE = Pattern("house", 13.0, 10.0, 6.0, 13.0, (1, 3), 0.0, 0.15)
SETBACK_M = 9.0


def build(block: Polygon, pattern: Pattern, dice: np.random.Generator) -> list[Shape]:
    """Return the buildings of one block, in rows along its longer side."""
    frame = box_of(block)
    middles = _rows(frame.long - 2 * SETBACK_M, frame.short - 2 * SETBACK_M, pattern)
    if not len(middles):
        return []
    middles = middles + dice.uniform(-0.8, 0.8, middles.shape)
    middles = middles[dice.random(len(middles)) >= pattern.missing]
    sizes = np.array([pattern.length, pattern.depth]) * dice.uniform(0.86, 1.04, (len(middles), 2))
    turn = np.array([frame.ahead, [-frame.ahead[1], frame.ahead[0]]])
    outlines = shapely.polygons(_corners(middles, sizes) @ turn + frame.middle)
    ground = inward(block, SETBACK_M - 3.0)
    shapely.prepare(ground)
    stand = shapely.contains(ground, outlines)
    return [house(outline, pattern, dice) for outline in outlines[stand]]


def inward(area: Any, by_m: float) -> Any:
    """Return areas with their edges drawn in, corners kept."""
    # The library divides by nothing on very flat corners; its answer is right all the same.
    with np.errstate(invalid="ignore"):
        return shapely.buffer(area, -by_m, join_style="mitre")


def house(
    outline: Polygon, pattern: Pattern, dice: np.random.Generator, names: Names = NAMELESS
) -> Shape:
    """Return one building with its levels and how many are supplied in it."""
    levels = int(dice.integers(pattern.levels[0], pattern.levels[1] + 1))
    flats = max(1, round(levels * pattern.flats_each_level))
    tags = {"building": pattern.use, "building:levels": str(levels), "building:flats": str(flats)}
    return Shape(tags, outline, names)


def cottages(path: Array, reach: float, dice: np.random.Generator) -> list[Polygon]:
    """Return outlines of houses along both sides of a lane, up to a reach from its start."""
    line = shapely.LineString(path)
    spots = np.arange(14.0, min(line.length, reach), 19.0)
    found = []
    for along in spots:
        here, there = (
            np.asarray(line.interpolate(at).coords)[0] for at in (along, min(along + 1, reach))
        )
        ahead = (there - here) / max(float(np.hypot(*(there - here))), 1e-6)
        for side in (-1.0, 1.0):
            if dice.random() < 0.24:
                continue
            aside = np.array([-ahead[1], ahead[0]]) * side * dice.uniform(13.0, 19.0)
            size = np.array([dice.uniform(9.0, 14.0), dice.uniform(8.0, 11.0)])
            turn = np.array([ahead, [-ahead[1], ahead[0]]])
            corners = _corners(np.zeros((1, 2)), size[None, :])[0] @ turn + here + aside
            found.append(Polygon(corners))
    return found


def placed(
    shapes: list[Shape], kinds: tuple[str, ...], book: NameBook, dice: np.random.Generator
) -> list[Shape]:
    """Return the shapes with schools, hospitals and the like in some of the buildings."""
    found = list(shapes)
    wide = [n for n, each in enumerate(found) if "building" in each.tags and each.outline.area > 90]
    chosen = dice.choice(len(wide), min(len(kinds), len(wide)), replace=False)
    for kind, number in zip(kinds, chosen, strict=False):
        shape = found[wide[number]]
        outline = shapely.affinity.scale(shape.outline, 1.1, 1.1)
        tags = {"building": kind, "amenity": kind, "building:levels": "4", "building:flats": "1"}
        found[wide[number]] = Shape(tags, outline, book.next(kind))
    return found


def _rows(long: float, short: float, pattern: Pattern) -> Array:
    across, down = pattern.length + pattern.beside, pattern.depth + pattern.behind
    columns, rows = int((long + pattern.beside) / across), int((short + pattern.behind) / down)
    if columns < 1 or rows < 1:
        return np.empty((0, 2))
    east = (np.arange(columns) - (columns - 1) / 2) * max(across, long / columns)
    north = (np.arange(rows) - (rows - 1) / 2) * max(down, (short + pattern.behind) / rows)
    return np.stack(np.meshgrid(east, north), axis=-1).reshape(-1, 2)


def _corners(middles: Array, sizes: Array) -> Array:
    """Return the closed rings of upright boxes."""
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2.0
    found: Array = middles[:, None, :] + signs[None, :, :] * sizes[:, None, :]
    return found
