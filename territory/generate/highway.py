"""Draws the motorway that passes the city by, with its interchanges."""

import numpy as np
import shapely
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import uniform_filter1d
from shapely import LineString

from territory.generate.draft import Line
from territory.generate.frame import Array
from territory.generate.names import named

NAMES = named("江坪绕城高速", "Jiangping Bypass Motorway")
HALF_M = 13.0
"""From the middle to each carriageway."""
RAMP_M = 420.0
"""From the crossing to where a ramp leaves the carriageway."""
MOST = 4


def bypass(start: Array, end: Array, ring_m: float, crossed: list[Line]) -> list[Line]:
    """Return both carriageways, their ramps to the main roads they cross, and the ends."""
    middle = _middle(start, end, ring_m)
    ends = [
        Line("trunk", np.array([town, tip]), named("高速连接线", "Motorway Link Road"),
             maxspeed_kmh=70)
        for town, tip in ((start, middle[0]), (end, middle[-1]))
    ]  # fmt: skip
    spine = LineString(middle)
    right, left = _beside(middle, -HALF_M), _beside(middle, HALF_M)[::-1]
    ramps: list[Line] = []
    stops: tuple[list[Array], list[Array]] = ([], [])
    for road, along in _interchanges(spine, crossed):
        ramps += _diamond(spine, along, road, (LineString(right), LineString(left)), stops)
    carriageways = [
        Line("motorway", _with(path, spots), NAMES, oneway=True, maxspeed_kmh=110, deck=True)
        for path, spots in zip((right, left), stops, strict=True)
    ]
    return carriageways + ramps + ends


def _middle(start: Array, end: Array, ring_m: float) -> Array:
    """Return the middle line: from near one town round the south of the city to the other."""
    turns = np.array([[-1.75, -1.45], [0.0, -1.9], [1.8, -1.5]]) * ring_m
    out, home = turns[0] - start, turns[-1] - end
    first = start + out / np.hypot(*out) * ring_m * 0.75
    last = end + home / np.hypot(*home) * ring_m * 0.75
    knots = np.array([first, *turns, last])
    # Monotone between the knots, so that the road never swings out and back.
    curve = PchipInterpolator(knots[:, 0], knots[:, 1])
    east = np.linspace(first[0], last[0], max(40, int((last[0] - first[0]) / 90.0)))
    points: Array = np.column_stack([east, uniform_filter1d(curve(east), 25, mode="nearest")])
    return points


def _beside(middle: Array, aside: float) -> Array:
    """Return a carriageway beside the middle line; both ends stay on it."""
    ahead = np.gradient(middle, axis=0)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(*ahead.T)[:, None]
    path: Array = middle + normal * aside
    path[0], path[-1] = middle[0], middle[-1]
    return path


def _interchanges(spine: LineString, crossed: list[Line]) -> list[tuple[LineString, float]]:
    """Return the main roads that get ramps, and how far along the spine they cross it."""
    found: list[tuple[LineString, float]] = []
    for line in sorted(crossed, key=lambda each: each.kind):
        road = LineString(line.path)
        for spot in shapely.get_parts(shapely.intersection(spine, road)):
            along = spine.project(spot)
            room = min(along, spine.length - along) > 2 * RAMP_M
            inside = min(road.project(spot), road.length - road.project(spot)) > 160.0
            if room and inside and all(abs(along - other) > 3 * RAMP_M for _, other in found):
                found.append((road, along))
    return found[:MOST]


def _diamond(
    spine: LineString,
    along: float,
    road: LineString,
    carriageways: tuple[LineString, LineString],
    stops: tuple[list[Array], list[Array]],
) -> list[Line]:
    """Return the four ramps of one crossing; where they leave is added to `stops`."""
    here, ahead = (_at(spine, place) for place in (along, along + 1.0))
    direction = ahead - here
    crossing = road.project(shapely.Point(here))
    feet = [_at(road, crossing + off) for off in (-130.0, 130.0)]
    aside = np.array([-direction[1], direction[0]])
    sides = [float((foot - here) @ aside) for foot in feet]
    ramps = []
    # Traffic keeps right: the carriageway right of the spine runs with it, the other against it.
    for number, carriageway in enumerate(carriageways):
        foot = feet[int(np.argmin(sides))] if number == 0 else feet[int(np.argmax(sides))]
        crossed = carriageway.project(shapely.Point(here))
        leave, join = (_at(carriageway, crossed + off) for off in (-RAMP_M, RAMP_M))
        stops[number].extend([leave, join])
        ramps += [
            Line("motorway", path, oneway=True, maxspeed_kmh=50, link=True)
            for path in (_ramp(leave, foot), _ramp(foot, join))
        ]
    return ramps


def _ramp(start: Array, end: Array) -> Array:
    return np.array([start, start + (end - start) * 0.5, end])


def _at(line: LineString, along: float) -> Array:
    spot: Array = np.asarray(line.interpolate(along).coords)[0]
    return spot


def _with(path: Array, spots: list[Array]) -> Array:
    """Return a path with more points on it, in order."""
    line = LineString(path)
    own = [float(line.project(shapely.Point(each))) for each in path[:-1]] + [line.length]
    places = np.array(own + [line.project(shapely.Point(spot)) for spot in spots])
    points = np.concatenate([path, *[spot[None, :] for spot in spots]])
    found: Array = points[np.argsort(places, kind="stable")]
    return found
