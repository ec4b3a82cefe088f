"""A map file made by hand: a small town, a ring road, and a valley with one road."""

from pathlib import Path
from typing import Any

import osmium

from routing.travel import Place

STEP = 0.002
SIDE = 6
WEST, SOUTH = 9.5, 47.1
VALLEY_ROAD, RING, ALLEY, TRACK = 900, 500, 700, 910


def node_at(column: int, row: int) -> int:
    return 1 + row * SIDE + column


def spot(column: float, row: float) -> Place:
    return Place(WEST + column * STEP, SOUTH + row * STEP)


VILLAGE = Place(WEST + 16.02 * STEP, SOUTH + 3 * STEP)
FAR_AWAY = Place(WEST + 1.0, SOUTH)


def write_map(file: Path) -> Path:
    """Write the map: streets 100 to 105 run east, 200 to 205 north, 205 one way only."""
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for row in range(SIDE):
            for column in range(SIDE):
                at = spot(column, row)
                writer.add_node(_node(node_at(column, row), at))
        for number in range(10):
            writer.add_node(_node(1000 + number, spot(6 + number, 3)))
        writer.add_node(_node(1010, VILLAGE))
        for number in range(2):
            writer.add_node(_node(1020 + number, spot(2 + number, 8)))
        for row in range(SIDE):
            kind = "primary" if row == 0 else "residential"
            nodes = [node_at(column, row) for column in range(SIDE)]
            writer.add_way(_way(100 + row, nodes, highway=kind, name=f"East {row}"))
        for column in range(SIDE):
            nodes = [node_at(column, row) for row in range(SIDE)]
            oneway = {"oneway": "yes"} if column == SIDE - 1 else {}
            writer.add_way(_way(200 + column, nodes, highway="residential", **oneway))
        valley = [node_at(5, 3), *range(1000, 1010)]
        writer.add_way(_way(VALLEY_ROAD, valley, highway="secondary"))
        writer.add_way(_way(TRACK, [1009, 1010], highway="track"))
        writer.add_way(_way(ALLEY, [1020, 1021], highway="residential"))
        writer.add_way(_way(800, [1, 8], highway="footway"))
    return file


def _node(number: int, at: Place) -> Any:
    return osmium.osm.mutable.Node(id=number, location=(at.lon, at.lat), version=1)


def _way(number: int, nodes: list[int], **tags: str) -> Any:
    return osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1)
