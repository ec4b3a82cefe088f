"""Reads a map file of OpenStreetMap's format into a land."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
from osmium.filter import KeyFilter

from domain.errors import Refused
from territory import osm_tags
from territory.land import Bounds, Course, Land, Settlement, Spot, Street, Surface
from territory.osm_header import Origin, header_of

KEYS = ("highway", "building", "natural", "landuse", "leisure", "waterway", "railway", "power",
        "place")  # fmt: skip


@dataclass
class Reading:
    """What has been read so far."""

    streets: list[Street] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)

    def node(self, node: Any) -> None:
        """Take a named place."""
        tags = node.tags
        kind = osm_tags.SETTLEMENTS.get(tags.get("place", ""))
        if kind is not None and tags.get("name") is not None:
            at = (node.location.lon, node.location.lat)
            people = osm_tags.count(tags, "population")
            found = Settlement(node.id, kind, at, osm_tags.names(tags), people)
            self.settlements.append(found)

    def way(self, way: Any) -> None:
        """Take a street or a course."""
        tags = way.tags
        street = osm_tags.street_kind(tags)
        course = None if street else osm_tags.course_kind(tags)
        if street is None and course is None:
            return
        points = [
            (node.ref, (node.location.lon, node.location.lat))
            for node in way.nodes
            if node.location.valid()
        ]
        points = [each for n, each in enumerate(points) if n == 0 or each != points[n - 1]]
        if len(points) < 2:
            return
        names = osm_tags.names(tags)
        if street is None:
            assert course is not None  # noqa: S101 - said above; the type checker asks
            self.courses.append(Course(way.id, course, tuple(at for _, at in points), names))
            return
        way_round = osm_tags.direction(tags)
        nodes, path = zip(*(points[::-1] if way_round < 0 else points), strict=True)
        speed = osm_tags.maxspeed_kmh(tags)
        self.streets.append(Street(way.id, street, path, nodes, names, way_round != 0, speed))

    def area(self, area: Any) -> None:
        """Take a surface."""
        tags = area.tags
        kind = osm_tags.surface_kind(tags)
        if kind is None:
            return
        polygons = tuple(
            (_ring(outer), *(_ring(inner) for inner in area.inner_rings(outer)))
            for outer in area.outer_rings()
        )
        if not polygons:  # its rings cross or are open; the map's own makers see it as broken
            return
        number = area.orig_id() if area.from_way() else -area.orig_id()
        names = osm_tags.names(tags)
        if kind != "building":
            self.surfaces.append(Surface(number, kind, polygons, names))
            return
        use = tags.get("amenity") or tags.get("building")
        levels, flats = (osm_tags.count(tags, f"building:{key}") for key in ("levels", "flats"))
        self.surfaces.append(Surface(number, kind, polygons, names, use, levels, flats))


def _ring(nodes: Iterable[Any]) -> tuple[Spot, ...]:
    return tuple((node.lon, node.lat) for node in nodes)


def read_land(file: Path) -> Land:
    """Return the land of a map file.

    Raises Refused land_file_missing, land_unreadable, land_without_streets.
    """
    if not file.is_file():
        raise Refused("land_file_missing", file=str(file))
    try:
        origin = header_of(file)
        reading = _read(file)
    except (RuntimeError, ValueError, OSError) as fault:
        raise Refused("land_unreadable", file=str(file), problem=_one_line(fault)) from fault
    if not reading.streets:
        raise Refused("land_without_streets", file=str(file))
    return _land(file, origin, reading)


def _read(file: Path) -> Reading:
    reading = Reading()
    things: Any = osmium.FileProcessor(str(file)).with_areas().with_filter(KeyFilter(*KEYS))
    for thing in things:
        if thing.is_area():
            reading.area(thing)
        elif thing.is_way():
            reading.way(thing)
        elif thing.is_node():
            reading.node(thing)
    return reading


def _land(file: Path, origin: Origin, reading: Reading) -> Land:
    return Land(
        name=origin.name or file.name.partition(".")[0],
        source=origin.source or file.name,
        attribution=origin.attribution,
        digest=digest_of(file),
        bounds=origin.bounds or _around(reading.streets),
        streets=tuple(reading.streets),
        surfaces=tuple(reading.surfaces),
        courses=tuple(reading.courses),
        settlements=tuple(reading.settlements),
    )


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file: the version of everything made from it."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _around(streets: list[Street]) -> Bounds:
    lons = [lon for street in streets for lon, _ in street.path]
    lats = [lat for street in streets for _, lat in street.path]
    return Bounds(min(lons), min(lats), max(lons), max(lats))


def _one_line(fault: Exception) -> str:
    return " ".join(str(fault).split())[:200] or type(fault).__name__
