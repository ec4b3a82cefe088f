"""Cuts ground between main roads into blocks, and says which streets the cuts are."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from territory.generate.draft import Line
from territory.generate.frame import Array
from territory.generate.names import NameBook

WIDE_M2 = 190_000.0
"""Ground above this size is first cut by streets that lead somewhere."""
SLIM_M = 58.0


@dataclass
class Cut:
    """Blocks, and the streets between them."""

    blocks: list[Polygon] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def cut(
    ground: Polygon, block_m2: float, dice: np.random.Generator, book: NameBook, into: Cut
) -> None:
    """Cut ground across its longer side until the blocks are small enough."""
    waiting = [ground]
    while waiting:
        piece = waiting.pop()
        frame = box_of(piece)
        if piece.area < block_m2 * dice.uniform(0.8, 1.5) or frame.short < SLIM_M:
            into.blocks.append(piece)
            continue
        knife = _knife(frame, dice.uniform(0.42, 0.58))
        street = shapely.intersection(knife, piece)
        parts = [
            part
            for part in shapely.get_parts(_split(piece, knife))
            if part.geom_type == "Polygon" and part.area > 100.0
        ]
        if len(parts) < 2:
            into.blocks.append(piece)
            continue
        for part in shapely.get_parts(street):
            if part.geom_type == "LineString" and part.length > 12.0:
                into.lines.append(_street(part, piece.area, dice, book))
        waiting += parts


@dataclass(frozen=True)
class Frame:
    """The narrowest upright box around a block: its middle, its long direction, its sides."""

    middle: Array
    ahead: Array
    long: float
    short: float


def box_of(piece: Polygon) -> Frame:
    """Return the frame of a block."""
    corners = np.asarray(shapely.minimum_rotated_rectangle(piece).exterior.coords)[:4]
    one, other = corners[1] - corners[0], corners[2] - corners[1]
    sides = float(np.hypot(*one)), float(np.hypot(*other))
    ahead = one / max(sides[0], 1e-6) if sides[0] >= sides[1] else other / max(sides[1], 1e-6)
    return Frame(corners.mean(axis=0), ahead, max(sides), min(sides))


def _knife(frame: Frame, share: float) -> LineString:
    across = np.array([-frame.ahead[1], frame.ahead[0]]) * (frame.short + 60.0)
    middle = frame.middle + frame.ahead * (share - 0.5) * frame.long
    return LineString([middle - across, middle + across])


def _split(piece: Polygon, knife: LineString) -> MultiPolygon:
    edges = shapely.union_all([piece.boundary, knife])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside = shapely.contains(piece, shapely.point_on_surface(faces))
    return MultiPolygon(list(faces[inside]))


def _street(path: LineString, ground_m2: float, dice: np.random.Generator, book: NameBook) -> Line:
    points = np.asarray(path.coords)
    if ground_m2 > WIDE_M2:
        return Line("tertiary", points, book.next("road"), maxspeed_kmh=50)
    oneway = path.length > 90.0 and bool(dice.random() < 0.12)
    kind = "street" if path.length > 160.0 else "lane"
    return Line("residential", points, book.next(kind), oneway, 30)
