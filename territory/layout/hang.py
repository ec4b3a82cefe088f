"""Transformers: homes put together from the ends of a feeder towards its substation."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from territory.layout.forest import Branches, Forest
from territory.layout.homes import Homes
from territory.layout.plane import Array
from territory.layout.web import Web

ENOUGH, MOST = 64, 118
"""Service points of one transformer: from enough on it may stand alone, the most it takes."""
REACH = ((40, 320.0), (16, 650.0), (4, 1_300.0), (0, 2_600.0))
"""How far the farthest home may be, in dear metres, by how many homes there are."""


@dataclass(frozen=True)
class Station:
    """A transformer: the node of the web it stands at, its place, and the homes it supplies."""

    node: int
    at: Array
    homes: tuple[int, ...]


@dataclass
class Bundle:
    """Homes that have no transformer yet, and how dear the way to the farthest of them is."""

    homes: list[int]
    farthest: float


def hang_transformers(
    feeder: Branches, forest: Forest, web: Web, homes: Homes, at_node: dict[int, list[int]]
) -> list[Station]:
    """Return the transformers of a feeder; every home of its nodes hangs on one."""
    waiting: dict[int, list[Bundle]] = defaultdict(list)
    found: list[list[int]] = []
    nodes = sorted(feeder.nodes, key=lambda node: (-forest.dear[node], node))
    owned = set(nodes)
    for node in nodes:
        own = at_node.get(node, ())
        parts = [Bundle(list(own[i : i + MOST]), float(forest.dear[node]))
                 for i in range(0, len(own), MOST)] + waiting.pop(node, [])  # fmt: skip
        above = int(forest.before[node]) if node != feeder.root else -1
        for bundle in _packed(parts):
            reach = bundle.farthest - float(forest.dear[above]) if above in owned else np.inf
            if len(bundle.homes) >= ENOUGH or reach > _reach(len(bundle.homes)):
                found.append(bundle.homes)
            else:
                waiting[above].append(bundle)
    return [_station(group, web, homes) for group in found]


def _packed(parts: list[Bundle]) -> Iterator[Bundle]:
    """Yield bundles put together as far as one transformer can take them."""
    current: Bundle | None = None
    for part in sorted(parts, key=lambda part: (-len(part.homes), part.homes)):
        if current is not None and len(current.homes) + len(part.homes) <= MOST:
            current.homes += part.homes
            current.farthest = max(current.farthest, part.farthest)
        else:
            if current is not None:
                yield current
            current = part
    if current is not None:
        yield current


def _reach(count: int) -> float:
    return next(reach for least, reach in REACH if count >= least)


def _station(group: list[int], web: Web, homes: Homes) -> Station:
    """Return a transformer at the node nearest the middle of its homes."""
    nodes = homes.node[group]
    middle = homes.at[group].mean(axis=0)
    node = int(nodes[np.hypot(*(web.at[nodes] - middle).T).argmin()])
    aside = homes.at[group].mean(axis=0) - web.at[node]
    length = float(np.hypot(*aside))
    # Off the street, towards its homes; two at one node stand apart by that.
    at = web.at[node] + aside * min(1.0, 9.0 / length if length > 0 else 0.0)
    return Station(node, at, tuple(group))
