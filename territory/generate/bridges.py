"""Makes a bridge of every stretch of street that lies over the river."""

from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
import shapely

from territory.generate.draft import Line
from territory.generate.names import NameBook
from territory.generate.weave import Numbers, Woven

NAMED = {"trunk", "primary", "secondary"}
"""Kinds of street whose bridges have names of their own."""


def bridged(woven: Woven, water: shapely.Polygon, book: NameBook) -> Woven:
    """Return the network with each street cut where it meets and leaves the water."""
    shapely.prepare(water)
    lines: list[Line] = []
    ways: list[Numbers] = []
    for line, way in zip(woven.lines, woven.ways, strict=True):
        steps = np.array(list(pairwise(woven.nodes[way])))
        wet = shapely.intersects(water, shapely.linestrings(steps))
        for over, run in groupby(enumerate(wet.tolist()), key=itemgetter(1)):
            part = [number for number, _ in run]
            names = book.next("bridge") if over and line.kind in NAMED else line.names
            lines.append(replace(line, bridge=over, names=names))
            ways.append(way[part[0] : part[-1] + 2])
    return Woven(woven.nodes, tuple(lines), tuple(ways))
