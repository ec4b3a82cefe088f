"""Draws towns, villages and hamlets: their streets and houses."""

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, Polygon

from territory.generate import buildings
from territory.generate.blocks import Cut, cut
from territory.generate.city import faces_between, loop
from territory.generate.draft import Draft, Line, Place, Shape
from territory.generate.frame import Array, chance, winding
from territory.generate.names import NameBook
from territory.generate.terrain import Terrain

HOUSEHOLD = 2.9
INSTITUTIONS = ("clinic", "school", "townhall", "fire_station", "school")


def town(place: Place, roads: list[Array], seed: int, book: NameBook) -> Draft:
    """Return a town: a loop street, the country roads into its middle, blocks between."""
    dice = chance(seed, f"town/{place.names.en}")
    draft = Draft()
    ring = shapely.affinity.rotate(
        shapely.affinity.scale(Polygon(loop(place.reach_m, dice, 48, 0.12)), 1.25, 0.85),
        float(dice.uniform(0.0, 180.0)), origin=(0, 0),
    ).exterior.coords + place.at  # fmt: skip
    edge = Polygon(ring)
    draft.lines.append(Line("tertiary", ring, book.next("road"), maxspeed_kmh=50))
    faces = faces_between([ring, *roads])
    cuts = Cut()
    inside = shapely.intersects(edge, shapely.point_on_surface(faces))
    for face in faces[inside & (shapely.area(faces) > 300.0)]:
        cut(face, 9_500.0, dice, book, cuts)
    draft.lines += cuts.lines
    for block in cuts.blocks:
        away = float(np.hypot(*(np.asarray(block.centroid.coords)[0] - place.at)))
        inner = away < 0.55 * place.reach_m
        use = "commercial" if away < 0.18 * place.reach_m else "residential"
        draft.shapes.append(Shape({"landuse": use}, block))
        pattern = buildings.TERRACE if inner else buildings.HOUSE
        draft.shapes += buildings.build(block, pattern, dice)
    draft.shapes = buildings.placed(draft.shapes, INSTITUTIONS, book, dice)
    draft.places.append(peopled(place, draft))
    return draft


def village(place: Place, roads: list[Array], seed: int, book: NameBook, lanes: int) -> Draft:
    """Return a village or hamlet: lanes off the road, and cottages along all of them."""
    dice = chance(seed, f"village/{place.names.en}")
    draft = Draft()
    outlines: list[Polygon] = []
    for road in roads:
        outlines += buildings.cottages(road, place.reach_m, dice)
    for number in range(lanes if roads else 0):
        path = _lane(roads[number % len(roads)], place.reach_m, dice, 1 if number % 2 else -1)
        draft.lines.append(Line("residential", path, book.next("lane"), maxspeed_kmh=30))
        outlines += buildings.cottages(path, place.reach_m, dice)
    draft.shapes += [buildings.house(each, buildings.HOUSE, dice) for each in outlines]
    draft.places.append(place)
    return draft


def _lane(road: Array, reach: float, dice: np.random.Generator, side: int) -> Array:
    line = LineString(road)
    off = dice.uniform(0.06, 0.85) * min(reach, line.length / 2)
    here, there = (np.asarray(line.interpolate(at).coords)[0] for at in (off, off + 2.0))
    ahead = (there - here) / max(float(np.hypot(*(there - here))), 1e-6)
    turn = np.array([-ahead[1], ahead[0]]) * side + ahead * dice.uniform(-0.5, 0.5)
    end = here + turn * dice.uniform(0.4, 0.95) * reach
    return winding(here, end, dice, 0.06)


def peopled(place: Place, draft: Draft) -> Place:
    """Return the place with as many people as its homes hold."""
    homes = sum(int(shape.tags.get("building:flats", 0)) for shape in draft.shapes)
    people = int(round(homes * HOUSEHOLD, -1))
    return Place(place.kind, place.at, place.names, place.reach_m, people)


def standing(draft: Draft, streets: list[Line]) -> Draft:
    """Return a village without the cottages that stand in a street or in each other."""
    tree = shapely.STRtree([LineString(line.path) for line in streets])
    homes = np.array([shape.outline for shape in draft.shapes], dtype=object)
    if not len(homes):
        return draft
    blocked = set(tree.query(homes, predicate="dwithin", distance=5.0)[0].tolist())
    own = shapely.STRtree(homes)
    one, other = own.query(homes, predicate="dwithin", distance=2.0)
    for first, second in sorted(zip(one.tolist(), other.tolist(), strict=True)):
        if first < second and first not in blocked:
            blocked.add(second)
    kept = [shape for number, shape in enumerate(draft.shapes) if number not in blocked]
    ground = shapely.buffer(shapely.union_all([shape.outline for shape in kept]), 28.0, quad_segs=3)
    ground = shapely.simplify(shapely.buffer(ground, -8.0), 4.0)
    around = [Shape({"landuse": "residential"}, ground)] if kept else []
    left = Draft(draft.lines, kept, draft.streams, [])
    left.places = [peopled(place, left) for place in draft.places]
    left.shapes = around + kept
    return left


def valley(path: Array, terrain: Terrain, hamlets: int, seed: int, book: NameBook) -> Draft:
    """Return the one road into the mountains with its hamlets, and a village at its end."""
    draft, line = Draft(), LineString(path)
    zh, en = book.stem()
    names = book.next("road")._replace(local=f"{zh}沟路", en=f"{en} Valley Road", zh=f"{zh}沟路")
    road = Line("tertiary", path, names, maxspeed_kmh=40)
    draft.lines.append(road)
    shares = np.linspace(0.3, 1.0, hamlets)
    for number, share in enumerate(shares):
        at = np.asarray(line.interpolate(share, normalized=True).coords)[0]
        last = number == len(shares) - 1
        place = Place(
            "village" if last else "hamlet", at, book.next("village" if last else "hamlet"),
            210.0 if last else 130.0,
        )  # fmt: skip
        cutting = int(share * (len(path) - 1))
        ways = [path[: cutting + 1][::-1], path[cutting:]]
        ways = [np.concatenate([at[None, :], way[1:]]) for way in ways if len(way) > 2]
        drawn = village(place, ways, seed, book, 4 if last else 2)
        draft.add(standing(drawn, [road, *drawn.lines]))
    return draft


def tracks(roads: list[Line], seed: int) -> list[Line]:
    """Return farm tracks that leave the lesser country roads and end in the fields."""
    dice = chance(seed, "tracks")
    found = []
    for road in roads:
        line = LineString(road.path)
        if road.kind == "primary" or line.length < 1_500.0:
            continue
        for along in np.arange(600.0, line.length - 600.0, 1_400.0) + dice.uniform(-300, 300):
            here, there = (np.asarray(line.interpolate(at).coords)[0] for at in (along, along + 5))
            ahead = (there - here) / max(float(np.hypot(*(there - here))), 1e-6)
            side = np.array([-ahead[1], ahead[0]]) * dice.choice([-1.0, 1.0])
            end = here + (side + ahead * dice.uniform(-0.6, 0.6)) * dice.uniform(250.0, 900.0)
            found.append(Line("track", winding(here, end, dice, 0.04), maxspeed_kmh=20))
    return found
