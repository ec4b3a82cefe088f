"""Draws the waters outside the city's parks: the river, its streams, a reservoir in the hills."""

import numpy as np
import shapely
from shapely import LineString, Polygon

from territory.generate.city import loop
from territory.generate.draft import Draft, Shape, Stream
from territory.generate.frame import Array, chance, winding
from territory.generate.names import NameBook, named
from territory.generate.terrain import Terrain

RIVER = named("江坪江", "Jiangping River")
STREAMS = 9


def draw(
    river: LineString, ring_m: float, terrain: Terrain, valley: Array, edge: Polygon, seed: int
) -> Draft:
    """Return the river as an area and a line, the brook of the valley, streams, a reservoir."""
    box, draft = terrain.box, Draft()
    land = shapely.box(-box.east, -box.north, box.east, box.north)
    water = shapely.intersection(shapely.buffer(river, max(30.0, ring_m * 0.03)), land)
    draft.shapes.append(Shape({"natural": "water", "water": "river"}, water, RIVER))
    middle = max(
        shapely.get_parts(shapely.intersection(river, land)), key=lambda part: float(part.length)
    )
    draft.streams.append(Stream("river", np.asarray(middle.coords), RIVER))
    draft.streams.append(Stream("stream", valley + np.array([38.0, 26.0])))
    dice, book = chance(seed, "streams"), NameBook(seed, "streams")
    keep_off = shapely.buffer(edge, 0.3 * ring_m)
    for _ in range(20 * STREAMS):
        if len(draft.streams) == STREAMS + 2:
            break
        spring = dice.uniform(-0.95, 0.95, 2) * np.array(box)
        down = middle.project(shapely.Point(spring)) + dice.uniform(0.0, 0.1) * box.east
        mouth = np.asarray(middle.interpolate(down).coords)[0]
        path = winding(spring, mouth, dice, 0.035, 150.0)
        if terrain.height(spring[None, :])[0] < 0.42 or LineString(path).intersects(keep_off):
            continue
        others = [LineString(each.path) for each in draft.streams[1:]]
        if shapely.distance(LineString(path), others).min() > 0.06 * box.east:
            zh, en = book.stem()
            draft.streams.append(Stream("stream", path, named(f"{zh}溪", f"{en} Brook")))
    spot = np.array([0.62 * box.east, -0.62 * box.north])
    basin = Polygon(loop(0.045 * box.north, dice, 60, 0.25) * np.array([1.6, 0.8]) + spot)
    tags = {"natural": "water", "water": "reservoir"}
    draft.shapes.append(Shape(tags, basin, book.next("reservoir")))
    return draft
