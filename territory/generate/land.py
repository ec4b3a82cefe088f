"""Puts the invented land together, from its hills to its last cottage."""

import numpy as np
import shapely
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import uniform_filter1d

from territory.generate import city, county, highway, places, waters
from territory.generate.cover import cover
from territory.generate.draft import Box, Draft, Stream
from territory.generate.frame import chance
from territory.generate.names import NameBook, named
from territory.generate.sizes import Size
from territory.generate.terrain import raise_hills


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
    draft.lines += places.tracks(roads.lines, seed)
    draft.add(waters.draw(river, size.ring_m, terrain, land.valley, bones.edge, seed))
    draft.streams.append(_railway(box, size.ring_m, seed))
    seams = [line.path for line in roads.lines] + [land.valley, np.asarray(river.coords)]
    settled = [shape.outline for shape in draft.shapes if "building" not in shape.tags]
    ground = shapely.buffer(shapely.buffer(shapely.union_all(settled), 14.0, quad_segs=2), -12.0)
    draft.shapes[:0] = cover(terrain, size.cell_m, shapely.simplify(ground, 5.0), seams, seed)
    return draft


def _railway(box: Box, ring_m: float, seed: int) -> Stream:
    """Return the railway, which passes north of the city."""
    knots = np.array([[-1.0, 0.28], [-0.3, 0.2], [0.45, 0.36], [1.0, 0.42]]) * np.array(box)
    knots = np.insert(knots, 2, [0.1 * ring_m, 1.75 * ring_m], axis=0)
    east = np.linspace(-box.east, box.east, 260)
    north = uniform_filter1d(PchipInterpolator(*knots.T)(east), 21, mode="nearest")
    aside = chance(seed, "railway").uniform(-0.02, 0.02) * box.north
    return Stream(
        "railway", np.column_stack([east, north + aside]), named("江北铁路", "Jiangbei Railway")
    )
