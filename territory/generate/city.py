"""Draws the city: ring road, boulevards, a river with bridges, parks, quarters and blocks."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from territory.generate import buildings
from territory.generate.blocks import Cut, cut
from territory.generate.buildings import placed
from territory.generate.draft import Draft, Line, Place, Shape
from territory.generate.frame import Array, chance
from territory.generate.names import CITY, NameBook, named, of
from territory.generate.sizes import Size

INSTITUTIONS = (
    "hospital", "school", "townhall", "police", "fire_station", "school", "hospital", "school",
    "bus_station", "school", "school", "hospital", "fire_station", "school",
)  # fmt: skip
PEOPLE_EACH = 4.1
"""People behind one supply: homes, and shops beside them."""
OUTER = 1.32
"""The edge of the built-up ground, in radii of the ring road."""


@dataclass(frozen=True)
class City:
    """The city's bones: its edge, the gates of its boulevards, its river."""

    edge: Polygon
    gates: Array
    water: Polygon
    drives: MultiPolygon
    size: Size
    seed: int


def loop(reach: float, dice: np.random.Generator, count: int = 96, uneven: float = 0.05) -> Array:
    """Return a closed, slightly uneven ring around the middle."""
    angles = np.linspace(0.0, 2.0 * np.pi, count + 1)
    shape = np.ones(count + 1)
    for wave in (2, 3, 5):
        shape += (
            uneven
            * dice.uniform(0.6, 1.5)
            / wave**0.7
            * np.cos(wave * angles + dice.uniform(0.0, 6.0))
        )
    ring: Array = reach * shape[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    ring[-1] = ring[0]
    return ring


def found(seed: int, size: Size, river: LineString, towards: Array) -> City:
    """Lay the city's bones; its boulevards lead where the country roads come from."""
    grown = Polygon(loop(size.ring_m * OUTER, chance(seed, "city/edge"), uneven=0.13))
    ring = Polygon(_ring(size, seed))
    edge = shapely.simplify(shapely.union(grown, shapely.buffer(ring, size.ring_m * 0.13)), 3.0)
    gates = _gates(towards, size.boulevards, edge)
    width = max(60.0, size.ring_m * 0.06)
    water = shapely.buffer(river, width / 2)
    drives = shapely.buffer(river, width / 2 + 30.0)
    return City(edge, gates, water, drives, size, seed)


def _gates(towards: Array, count: int, edge: Polygon) -> Array:
    """Return where boulevards meet the edge: towards the neighbours, the widest gaps filled."""
    angles = sorted(np.arctan2(towards[:, 1], towards[:, 0]))
    kept: list[float] = []
    for angle in angles:
        if all(abs((angle - other + np.pi) % (2 * np.pi) - np.pi) > 0.45 for other in kept):
            kept.append(float(angle))
    while len(kept) < count:
        kept.sort()
        gaps = np.diff([*kept, kept[0] + 2 * np.pi])
        widest = int(np.argmax(gaps))
        kept.append(float((kept[widest] + gaps[widest] / 2 + np.pi) % (2 * np.pi) - np.pi))
    gates = []
    for angle in sorted(kept):
        ray = LineString([(0, 0), (np.cos(angle) * 1e6, np.sin(angle) * 1e6)])
        gates.append(np.asarray(shapely.intersection(ray, edge.exterior).coords)[0])
    return np.array(gates)


def _ring(size: Size, seed: int) -> Array:
    return loop(size.ring_m, chance(seed, "city/ring"))


def draw(city: City) -> Draft:
    """Return the city's streets, water, parks and buildings."""
    draft = Draft()
    book = NameBook(city.seed, "city")
    bones = _bones(city, book)
    parks = _parks(city, book)
    draft.lines += bones
    draft.lines += [
        Line("tertiary", np.asarray(park.exterior.coords), book.next("road"), maxspeed_kmh=40)
        for park in parks
    ]
    quarters = _quarters(city, draft.lines, parks)
    cuts = Cut()
    dice = chance(city.seed, "city/blocks")
    for quarter in quarters:
        cut(quarter, city.size.block_m2, dice, book, cuts)
    draft.lines += cuts.lines
    draft.shapes += _greens(parks, book)
    draft.shapes += placed(_settle(city, cuts.blocks), INSTITUTIONS, book, dice)
    bank = shapely.intersection(shapely.buffer(city.drives, -7.0), city.edge)
    green = shapely.difference(bank, city.water)
    draft.shapes.append(Shape({"leisure": "park"}, green, named("滨江绿地", "Riverside Green")))
    homes = sum(int(shape.tags.get("building:flats", 0)) for shape in draft.shapes)
    draft.places.append(
        Place(
            "city", np.zeros(2), CITY, city.size.ring_m * OUTER, int(round(homes * PEOPLE_EACH, -2))
        )
    )
    return draft


def _bones(city: City, book: NameBook) -> list[Line]:
    size = city.size
    ring = _ring(size, city.seed)
    inner = loop(size.ring_m * 0.42, chance(city.seed, "city/inner"), 64)
    lines = [
        Line("trunk", ring, named("江坪环路", "Jiangping Ring Road"), maxspeed_kmh=70),
        Line("secondary", inner, named("内环路", "Inner Ring Road"), maxspeed_kmh=50),
        Line("tertiary", np.asarray(city.edge.exterior.coords), named("城边路", "City Edge Road"),
             maxspeed_kmh=50),
    ]  # fmt: skip
    middle = np.zeros(2)
    for number, gate in enumerate(city.gates):
        # Every other boulevard goes right into the middle; the rest end at the inner ring.
        start = middle
        if number % 2:
            ray = shapely.intersection(LineString([middle, gate]), LineString(inner))
            start = np.asarray(shapely.get_parts(ray)[0].coords)[0]
        lines.append(Line("primary", np.array([start, gate]), book.next("boulevard"),
                          maxspeed_kmh=60))  # fmt: skip
    banks = shapely.intersection(city.drives.boundary, city.edge)
    for number, bank in enumerate(
        part for part in shapely.get_parts(shapely.line_merge(banks)) if part.length > 200.0
    ):
        side = ("南", "South") if number else ("北", "North")
        names = named(f"滨江{side[0]}路", f"{side[1]} Riverside Road")
        lines.append(Line("secondary", np.asarray(bank.coords), names, maxspeed_kmh=50))
    return lines


def _parks(city: City, book: NameBook) -> list[Polygon]:
    """Return park grounds away from the river; the largest holds the lake."""
    dice = chance(city.seed, "city/parks")
    ring, wanted = city.size.ring_m, 5
    keep_off = shapely.union_all([shapely.buffer(city.drives, 0.08 * ring)])
    found: list[Polygon] = []
    for _ in range(400):
        if len(found) == wanted:
            break
        reach = ring * (0.17 if not found else dice.uniform(0.06, 0.1))
        angle, away = dice.uniform(0.0, 2 * np.pi), ring * dice.uniform(0.3, 0.85)
        spot = np.array([np.cos(angle), np.sin(angle)]) * away
        park = Polygon(loop(reach, dice, 36) + spot)
        if not shapely.intersects(park, keep_off) and all(
            shapely.distance(park, other) > 0.2 * ring for other in found
        ):
            found.append(park)
    return found


def _greens(parks: list[Polygon], book: NameBook) -> list[Shape]:
    shapes = []
    for number, park in enumerate(parks):
        zh, en = book.stem()
        ground = shapely.buffer(park, -8.0)
        if number == 0:
            lake = shapely.buffer(shapely.affinity.scale(park, 0.66, 0.55), 6.0)
            shapes.append(Shape({"natural": "water", "water": "lake"}, lake, of(zh, en, "lake")))
        shapes.append(Shape({"leisure": "park"}, ground, of(zh, en, "park")))
    return shapes


def _quarters(city: City, lines: list[Line], parks: list[Polygon]) -> list[Polygon]:
    """Return the ground between the main roads, without river and parks."""
    faces = faces_between([line.path for line in lines])
    taken = shapely.union_all([city.drives, *parks])
    middles = shapely.point_on_surface(faces)
    free = ~shapely.intersects(taken, middles) & shapely.intersects(city.edge, middles)
    return [face for face in faces[free] if face.area > 1_200.0]


def faces_between(paths: list[Array]) -> Array:
    """Return the grounds that lines enclose; an end that all but meets a line does meet it."""
    edges = shapely.union_all([LineString(stretched(path)) for path in paths])
    faces: Array = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    return faces


def stretched(path: Array, by_m: float = 1.0) -> Array:
    """Return a path a little longer at both ends; a closed one as it is."""
    if np.array_equal(path[0], path[-1]):
        return path
    found = path.copy()
    for tip, inner in ((0, 1), (-1, -2)):
        out = path[tip] - path[inner]
        found[tip] = path[tip] + out / max(float(np.hypot(*out)), 1e-6) * by_m
    return found


def _settle(city: City, blocks: list[Polygon]) -> list[Shape]:
    """Return what stands on the blocks: commerce inside, works in the east, homes elsewhere."""
    dice = chance(city.seed, "city/houses")
    shapes: list[Shape] = []
    ring = city.size.ring_m
    for block in blocks:
        middle = np.asarray(block.centroid.coords)[0]
        away = float(np.hypot(*middle)) / ring
        angle = float(np.arctan2(middle[1], middle[0]))
        if away < 0.3:
            use, pattern = "commercial", buildings.TOWER if dice.random() < 0.75 else buildings.SLAB
        elif away > 0.8 and abs(angle) < 0.55:
            use, pattern = "industrial", buildings.SHED
        elif away > 1.12:
            use, pattern = "residential", buildings.TERRACE
        else:
            use, pattern = "residential", buildings.SLAB
        if dice.random() < 0.03:
            shapes.append(Shape({"leisure": "park"}, shapely.buffer(block, -9.0)))
            continue
        shapes.append(Shape({"landuse": use}, block))
        shapes += buildings.build(block, pattern, dice)
    return shapes
