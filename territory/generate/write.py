"""Writes an invented land as an .osm.pbf file that any tool for OpenStreetMap data can read."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import osmium
import shapely
from osmium.osm import Box, Location
from osmium.osm.mutable import Node, Relation, Way

from domain.errors import Refused
from territory.generate.draft import Draft, Place, Shape
from territory.generate.frame import Array, Frame
from territory.generate.weave import Woven
from territory.land import Names
from territory.osm_header import WRITER

LONGEST_WAY = 1_900
Tags = dict[str, str]


class Sheet:
    """Collects nodes, ways and relations with rising ids."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._ids = count(1)
        self.nodes: list[tuple[int, Array, Tags]] = []
        self.ways: list[tuple[int, list[int], Tags]] = []
        self.relations: list[tuple[int, list[tuple[int, str]], Tags]] = []

    def points(self, places: Array) -> list[int]:
        """Add nodes for places in metres and return their ids."""
        spots = self._frame.degrees(places)
        ids = [next(self._ids) for _ in range(len(spots))]
        self.nodes += [(number, spot, {}) for number, spot in zip(ids, spots, strict=True)]
        return ids

    def place(self, at: Array, tags: Tags) -> None:
        """Add one node that means something."""
        self.nodes.append((next(self._ids), self._frame.degrees(at[None, :])[0], tags))

    def way(self, nodes: list[int], tags: Tags) -> int:
        """Add a way and return its id."""
        self.ways.append((len(self.ways) + 1, nodes, tags))
        return len(self.ways)

    def area(self, outline: shapely.Polygon | shapely.MultiPolygon, tags: Tags) -> None:
        """Add an area: a closed way where one ring is enough, else a relation of rings."""
        parts = [part for part in shapely.get_parts(outline) if part.geom_type == "Polygon"]
        rings = [
            (ring, role)
            for part in parts
            for ring, role in ((part.exterior, "outer"), *((i, "inner") for i in part.interiors))
        ]
        if len(rings) == 1 and len(rings[0][0].coords) <= LONGEST_WAY:
            self.way(self._ring(rings[0][0]), tags)
            return
        members = [
            (self.way(piece, {}), role)
            for ring, role in rings
            for piece in _pieces(self._ring(ring))
        ]
        if members:
            relation = {"type": "multipolygon", **tags}
            self.relations.append((len(self.relations) + 1, members, relation))

    def _ring(self, ring: shapely.LinearRing) -> list[int]:
        nodes = self.points(np.asarray(ring.coords)[:-1])
        return [*nodes, nodes[0]]


def _pieces(nodes: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(nodes) - 1, LONGEST_WAY - 1):
        yield nodes[start : start + LONGEST_WAY]


def name_tags(names: Names) -> Tags:
    """Return a place's names as tags."""
    pairs = (("name", names.local), ("name:en", names.en), ("name:zh", names.zh))
    return {key: value for key, value in pairs if value is not None}


def drawn(draft: Draft, woven: Woven, frame: Frame) -> Sheet:
    """Put a land on a sheet: streets first, so that shared nodes come from one table."""
    sheet = Sheet(frame)
    ids = np.array(sheet.points(woven.nodes))
    for line, way in zip(woven.lines, woven.ways, strict=True):
        tags = {"highway": line.kind + ("_link" if line.link else "")}
        tags |= {"maxspeed": str(line.maxspeed_kmh)} | name_tags(line.names)
        if line.oneway:
            tags["oneway"] = "yes"
        if line.bridge or line.deck:
            tags["layer"] = "2" if line.bridge and line.deck else "1"
        if line.bridge:
            tags["bridge"] = "yes"
        sheet.way(ids[way].tolist(), tags)
    for stream in draft.streams:
        tags = {"railway": "rail"} if stream.kind == "railway" else {"waterway": stream.kind}
        sheet.way(sheet.points(stream.path), tags | name_tags(stream.names))
    for shape in draft.shapes:
        _area(sheet, shape)
    for place in draft.places:
        sheet.place(place.at, _place_tags(place))
    return sheet


def _area(sheet: Sheet, shape: Shape) -> None:
    sheet.area(shape.outline, shape.tags | name_tags(shape.names))


def _place_tags(place: Place) -> Tags:
    tags = {"place": place.kind} | name_tags(place.names)
    return tags | {"population": str(place.population)} if place.population else tags


def save(sheet: Sheet, file: Path, corners: Array, title: str) -> None:
    """Write the sheet; the file is complete or as it was before.

    Raises Refused land_not_written.
    """
    header = osmium.io.Header()
    header.set("generator", f"{WRITER} {title}")
    header.add_box(Box(Location(*corners[0]), Location(*corners[1])))
    part = file.with_name(f".{file.name}.part.osm.pbf")
    try:
        with osmium.SimpleWriter(str(part), header=header, overwrite=True) as writer:
            _write(sheet, writer)
        part.replace(file)
    except (RuntimeError, OSError) as fault:
        problem = " ".join(str(fault).split())
        raise Refused("land_not_written", file=str(file), problem=problem) from fault
    finally:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)


def _write(sheet: Sheet, writer: osmium.SimpleWriter) -> None:
    for number, spot, tags in sheet.nodes:
        writer.add_node(Node(id=number, version=1, location=tuple(spot), tags=tags))
    for number, nodes, tags in sheet.ways:
        writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))
    for number, members, tags in sheet.relations:
        listed = [("w", way, role) for way, role in members]
        writer.add_relation(Relation(id=number, version=1, members=listed, tags=tags))
