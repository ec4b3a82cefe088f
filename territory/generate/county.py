"""Lays out the country: where towns and villages are and which roads join them."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import LineString, Polygon

from territory.generate.draft import Box, Line, Place
from territory.generate.frame import Array, chance, winding
from territory.generate.names import NameBook, of
from territory.generate.sizes import Size
from territory.generate.terrain import Terrain
from territory.land import Names, StreetKind

TOWN_ANGLES = (140.0, 355.0, 205.0, 278.0, 52.0)
SPEEDS: dict[StreetKind, int] = {"primary": 80, "secondary": 70, "tertiary": 60}


@dataclass(frozen=True)
class County:
    """Settlements (the city is number 0) and the pairs that a road joins, by kind."""

    places: tuple[Place, ...]
    joined: dict[tuple[int, int], StreetKind]
    valley: Array

    def neighbours_of_city(self) -> Array:
        """Return where the roads that leave the city go."""
        far = [two for one, two in self.joined if one == 0]
        return np.array([self.places[number].at for number in far])


def river_through(box: Box, ring_m: float, seed: int) -> LineString:
    """Return the middle line of the river: through the city, off its centre, and on."""
    dice = chance(seed, "river")
    along = np.linspace(-1.12, 1.12, 420)
    base = along[:, None] * np.array([box.east, 0.5 * box.north])
    reach = np.hypot(*base.T) * np.sign(along)
    free = 1.0 - np.exp(-((reach / (1.7 * ring_m)) ** 2))
    aside = -0.25 * ring_m + 0.06 * ring_m * np.sin(reach / ring_m * 1.4 + dice.uniform(0.0, 6.0))
    for wave in (1, 2, 3):
        turn = reach / box.east * 3.1 * wave + dice.uniform(0.0, 6.0)
        aside += free * box.north * 0.055 / wave * np.sin(turn)
    normal = np.array([-0.5 * box.north, box.east])
    return LineString(base + aside[:, None] * normal / np.hypot(*normal))


def valley_path(box: Box, seed: int, start: Array) -> Array:
    """Return the only road into the mountains, from its town to the last village."""
    end = np.array([-0.93 * box.east, 0.9 * box.north])
    return winding(start, end, chance(seed, "valley"), 0.06, min(330.0, 0.02 * box.east))


def lay_out(seed: int, size: Size, terrain: Terrain, river: LineString) -> County:
    """Return the settlements and the roads between them."""
    box, dice, book = terrain.box, chance(seed, "places"), NameBook(seed, "places")
    zh, en = book.stem()
    places = [Place("city", np.zeros(2), of(zh, en, "town"), size.ring_m * 1.32)]
    for degrees in TOWN_ANGLES[: size.towns]:
        angle = np.radians(degrees + dice.uniform(-6.0, 6.0))
        away = dice.uniform(0.54, 0.64) * np.array(box)
        at = _dry(np.array([np.cos(angle), np.sin(angle)]) * away, river, size.town_m * 1.3)
        reach = size.town_m * dice.uniform(0.85, 1.2)
        places.append(Place("town", at, book.next("town"), float(reach)))
    valley = valley_path(box, seed, places[1].at)
    places += _villages(size, terrain, river, valley, places, book, dice)
    return County(tuple(places), _roads(places, valley, size.towns), valley)


def _dry(at: Array, river: LineString, clear: float) -> Array:
    """Move a place away from the river until it keeps clear of it."""
    nearest = np.asarray(river.interpolate(river.project(shapely.Point(at))).coords)[0]
    away = at - nearest
    reach = float(np.hypot(*away))
    if reach >= clear + 200.0:
        return at
    moved: Array = nearest + away / max(reach, 1.0) * (clear + 200.0)
    return moved


def _villages(
    size: Size,
    terrain: Terrain,
    river: LineString,
    valley: Array,
    taken: list[Place],
    book: NameBook,
    dice: np.random.Generator,
) -> list[Place]:
    """Return villages strewn over the plain, none too near to another place or the valley."""
    box, found, road = terrain.box, list[Place](), LineString(valley)
    apart = 0.9 * np.sqrt(4 * box.east * box.north / (size.villages + 6)) * 0.72
    for _ in range(6_000):
        if len(found) == size.villages:
            break
        at = dice.uniform(-0.92, 0.92, 2) * np.array(box)
        spot = shapely.Point(at)
        if terrain.height(at[None, :])[0] > 0.56 or spot.distance(river) < 420.0:
            continue
        if spot.distance(road) < 0.1 * box.east:
            continue
        gaps = [np.hypot(*(at - each.at)) - 0.6 * each.reach_m for each in (*taken, *found)]
        if min(gaps) < apart:
            continue
        reach = float(dice.uniform(180.0, 340.0))
        found.append(Place("village", at, book.next("village"), reach))
    return found


def _roads(places: list[Place], valley: Array, towns: int) -> dict[tuple[int, int], StreetKind]:
    """Join each two places between which no third one lies; ways to the city matter most."""
    spots = np.array([place.at for place in places])
    gaps = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1))
    between = np.maximum(gaps[:, None, :], gaps[None, :, :]).min(axis=2)
    near = np.triu(gaps <= between + 1e-6, 1)
    near = _off_the_valley(near, spots, valley)
    graph = csr_matrix(np.where(near, gaps, 0.0))
    _, before = dijkstra(graph, directed=False, return_predecessors=True)
    kinds: dict[tuple[int, int], StreetKind] = {
        (int(one), int(two)): "tertiary" for one, two in zip(*np.nonzero(near), strict=True)
    }
    order = [1 + int(n) for n in np.argsort(TOWN_ANGLES[:towns])]
    ring = list(zip(order, order[1:] + order[:1], strict=True))
    wanted: list[tuple[int, int, StreetKind]] = [(one, two, "secondary") for one, two in ring]
    wanted += [(0, town, "primary") for town in order]
    for start, end, kind in wanted:
        here = end
        while here != start and before[start, here] >= 0:
            step = int(before[start, here])
            pair = (min(step, here), max(step, here))
            if kinds[pair] != "primary":
                kinds[pair] = kind
            here = step
    return kinds


def _off_the_valley(near: Array, spots: Array, valley: Array) -> Array:
    """Take away roads that would make a second way into the valley."""
    deep = shapely.buffer(LineString(valley[len(valley) // 7 :]), 700.0)
    for one, two in zip(*np.nonzero(near), strict=True):
        if LineString(spots[[one, two]]).intersects(deep):
            near[one, two] = False
            if connected_components(csr_matrix(near), directed=False)[0] > 1:
                near[one, two] = True
    return near


@dataclass
class Roads:
    """The country roads, and for each place the ones that reach it, leading away from it."""

    lines: list[Line] = field(default_factory=list)
    at: dict[int, list[Array]] = field(default_factory=dict)


def pave(county: County, gates: Array, edge: Polygon, seed: int) -> Roads:
    """Return the country roads; those to the city begin at its gates and none crosses it."""
    roads, book, dice = Roads(), NameBook(seed, "county"), chance(seed, "county")
    for (one, two), kind in sorted(county.joined.items()):
        start, end = county.places[one].at, county.places[two].at
        if one == 0:
            turns = gates @ end / np.hypot(*gates.T)
            start = gates[int(np.argmax(turns))]
        path = winding(start, end, dice, 0.022, 0.0 if kind == "primary" else 70.0)
        names = book.next("road")
        outside = shapely.difference(LineString(path), shapely.buffer(edge, 0.01))
        for part in shapely.get_parts(outside):
            if part.length > 60.0:
                _pave(roads, np.asarray(part.coords), kind, names)
        for place, away in ((one, path), (two, path[::-1])):
            roads.at.setdefault(place, []).append(away)
    return roads


def _pave(roads: Roads, path: Array, kind: StreetKind, names: Names) -> None:
    roads.lines.append(Line(kind, path, names, maxspeed_kmh=SPEEDS[kind]))
