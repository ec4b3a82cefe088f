"""Puts the invented land together, from its hills to its last cottage."""

import numpy as np
import shapely
from shapely import LineString

from territory.generate import city, county, highway, places
from territory.generate.draft import Box, Draft, Shape, Stream
from territory.generate.frame import Array, chance, winding
from territory.generate.names import NameBook, named
from territory.generate.sizes import Size
from territory.generate.terrain import Terrain, cover, raise_hills

RIVER = named("江坪江", "Jiangping River")


def draw(seed: int, size: Size) -> Draft:
    """Return the whole land of a seed, in metres, not yet woven together."""
    box = Box(size.half_width_m, size.half_height_m)
    terrain = raise_hills(seed, box)
    river = county.river_through(box, size.ring_m, seed)
    land = county.lay_out(seed, size, terrain, river)
    bones = city.found(seed, size, river, land.neighbours_of_city())
    roads = county.pave(land, bones.gates, bones.edge, seed)
    draft = city.draw(bones)
    draft.lines += roads.lines
    book = NameBook(seed, "streets")
    for number, place in enumerate(land.places):
        near = roads.at.get(number, [])
        if place.kind == "town":
            extra = [land.valley] if number == 1 else []
            draft.add(places.town(place, near + extra, seed, book))
        elif place.kind == "village":
            drawn = places.village(place, near, seed, book, 5)
            draft.add(places.standing(drawn, [*roads.lines, *drawn.lines]))
    draft.add(places.valley(land.valley, terrain, size.valley_hamlets, seed, book))
    ends = (land.places[min(3, size.towns)].at, land.places[2].at)
    if size.towns == 2:
        ends = (land.places[1].at, land.places[2].at)
    main = [line for line in roads.lines if line.kind in {"primary", "secondary"}]
    draft.lines += highway.bypass(*ends, size.ring_m, main)
    _waters(draft, river, size.ring_m, terrain, land.valley, seed)
    _country(draft, terrain, size.cell_m, seed)
    return draft


def _waters(
    draft: Draft, river: LineString, ring_m: float, terrain: Terrain, valley: Array, seed: int
) -> None:
    box = terrain.box
    land = shapely.box(-box.east, -box.north, box.east, box.north)
    water = shapely.intersection(shapely.buffer(river, max(30.0, ring_m * 0.03)), land)
    draft.shapes.append(Shape({"natural": "water", "water": "river"}, water, RIVER))
    inside = shapely.intersection(river, land)
    middle = max(shapely.get_parts(inside), key=lambda part: float(part.length))
    draft.streams.append(Stream("river", np.asarray(middle.coords), RIVER))
    draft.streams.append(Stream("stream", valley + np.array([38.0, 26.0])))
    dice = chance(seed, "streams")
    for _ in range(12):
        spring = dice.uniform(-0.95, 0.95, 2) * np.array(box)
        mouth = np.asarray(middle.interpolate(middle.project(shapely.Point(spring))).coords)[0]
        if terrain.height(spring[None, :])[0] > 0.5 and np.hypot(*mouth) > 1.6 * ring_m:
            draft.streams.append(Stream("stream", winding(spring, mouth, dice, 0.04)))
    start, end = np.array([-box.east, 0.28 * box.north]), np.array([box.east, 0.42 * box.north])
    via = np.array([0.1 * ring_m, 1.55 * ring_m])
    rail = [winding(start, via, dice, 0.012), winding(via, end, dice, 0.012)]
    draft.streams.append(Stream("railway", np.concatenate([rail[0], rail[1][1:]])))


def _country(draft: Draft, terrain: Terrain, cell_m: float, seed: int) -> None:
    """Put woods and fields where nothing else is."""
    grounds = [shape.outline for shape in draft.shapes if "building" not in shape.tags]
    settled = shapely.buffer(shapely.union_all(grounds), 14.0, quad_segs=2)
    draft.shapes[:0] = cover(terrain, cell_m, shapely.simplify(settled, 5.0), seed)
