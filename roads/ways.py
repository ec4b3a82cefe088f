"""The drivable segments of a map file: what both the graph and closures are made of.

One row per segment between two neighbouring nodes of a way; speeds are those of the car profile of
OSRM, so that both engines start from the same numbers.
"""

from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from domain.errors import Refused

KMH = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65,
    "primary_link": 30, "secondary": 55, "secondary_link": 25, "tertiary": 40, "tertiary_link": 20,
    "unclassified": 25, "residential": 25, "living_street": 10, "service": 15, "track": 12,
}  # fmt: skip
KINDS = tuple(KMH)
LIMIT_KEPT = 0.8  # of a posted limit, as the car profile drives it
EARTH_M = 6_371_008.8
_SHUT = frozenset({"no", "agricultural", "forestry", "emergency", "psv"})
_ONE_WAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}

Real = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Ways:
    """Segments as columns; `start` and `end` are rows of the nodes, `both` is two-way traffic."""

    node: Whole
    lon: Real
    lat: Real
    start: Whole
    end: Whole
    way: Whole
    kind: Whole
    kmh: Real
    both: NDArray[np.bool_]
    metres: Real

    def save(self, file: Path) -> None:
        """Write all columns to one file."""
        np.savez_compressed(file, **{each.name: getattr(self, each.name) for each in fields(self)})


def load_ways(file: Path) -> Ways:
    """Read what `save` wrote."""
    with np.load(file, allow_pickle=False) as columns:
        return Ways(**{each.name: columns[each.name] for each in fields(Ways)})


def read_ways(file: Path) -> Ways:
    """Read the drivable ways of a map file; refuses what is not OSM data or holds no road."""
    rows = _Rows()
    try:
        for way in osmium.FileProcessor(
            str(file), osmium.osm.NODE | osmium.osm.WAY
        ).with_locations():
            if isinstance(way, osmium.osm.Way):
                rows.add(way)
    except (RuntimeError, ValueError, OSError) as problem:
        raise Refused("map_unreadable", file=file.name, problem=_first_line(problem)) from problem
    if not rows.segments:
        raise Refused("map_without_roads", file=file.name)
    return rows.as_ways()


def _first_line(problem: Exception) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


class _Rows:
    """Collects segments while a file is read once."""

    def __init__(self) -> None:
        self.segments: list[tuple[int, int, int, int, float, bool]] = []
        self._row: dict[int, int] = {}
        self._at: list[tuple[float, float]] = []

    def add(self, way: Any) -> None:
        """Add the segments of a way, in the direction of its traffic."""
        kind, tags = way.tags.get("highway"), way.tags
        if kind not in KMH or _is_shut(tags):
            return
        direction = _direction(tags, kind)
        rows = [self._node(each) for each in way.nodes if each.location.valid()]
        if direction < 0:
            rows.reverse()
        kmh, number = _kmh(tags, kind), KINDS.index(kind)
        for here, there in pairwise(rows):
            if here != there:
                self.segments.append((here, there, way.id, number, kmh, direction == 0))

    def _node(self, node: Any) -> int:
        row = self._row.setdefault(node.ref, len(self._at))
        if row == len(self._at):
            self._at.append((node.location.lon, node.location.lat))
        return row

    def as_ways(self) -> Ways:
        """Return the columns."""
        start, end, way, kind, kmh, both = (
            np.array(column) for column in zip(*self.segments, strict=True)
        )
        lon, lat = np.array(self._at, dtype=float).T
        node = np.fromiter(self._row, dtype=np.int64, count=len(self._row))
        metres = metres_between(lon[start], lat[start], lon[end], lat[end])
        return Ways(
            node, lon, lat, start.astype(np.int64), end.astype(np.int64), way.astype(np.int64),
            kind.astype(np.int64), kmh.astype(float), both.astype(bool), metres,
        )  # fmt: skip


def metres_between(lon: Any, lat: Any, other_lon: Any, other_lat: Any) -> Real:
    """Return great-circle metres, as OSRM counts the length of a segment."""
    phi, other_phi = np.radians(lat), np.radians(other_lat)
    half = np.sin((other_phi - phi) / 2) ** 2
    half = half + np.cos(phi) * np.cos(other_phi) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=float)


def _is_shut(tags: Any) -> bool:
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if (told := tags.get(key)) is not None:
            return str(told) in _SHUT
    return bool(tags.get("area") == "yes")


def _direction(tags: Any, kind: str) -> int:
    if (told := tags.get("oneway")) is not None:
        return _ONE_WAY.get(told, 0)
    return int(kind == "motorway" or tags.get("junction") in {"roundabout", "circular"})


def _kmh(tags: Any, kind: str) -> float:
    number, _, unit = (tags.get("maxspeed") or "").partition(" ")
    if not number.isdigit() or int(number) == 0:
        return float(KMH[kind])
    return int(number) * LIMIT_KEPT * (1.609344 if unit == "mph" else 1.0)
