"""Weaves lines into a network: where streets cross or touch they get one shared node."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from territory.generate.draft import Line
from territory.generate.frame import Array

TOUCH_M = 1.5
"""An end so near to another street meets it; points so near to each other are one node."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Woven:
    """Streets over shared nodes; `ways` are indices into `nodes`."""

    nodes: Array
    lines: tuple[Line, ...]
    ways: tuple[Numbers, ...]


def weave(lines: list[Line]) -> Woven:
    """Return the lines as a network in which every street can be reached and left again."""
    nodes, ways = _joined(_with_meetings(lines))
    kept = [(line, way) for line, way in zip(lines, ways, strict=True) if len(way) > 1]
    lines, ways = [line for line, _ in kept], [way for _, way in kept]
    inside = _strong(len(nodes), lines, ways)
    # A one-way street that leads into a trap becomes a two-way one; what is cut off still goes.
    lines = [
        line if line.deck or inside[way].all() else replace(line, oneway=False)
        for line, way in zip(lines, ways, strict=True)
    ]
    inside = _strong(len(nodes), lines, ways)
    kept = [(a, b) for a, b in zip(lines, ways, strict=True) if inside[b].all()]
    return Woven(nodes, tuple(line for line, _ in kept), tuple(way for _, way in kept))


def _with_meetings(lines: list[Line]) -> list[Array]:
    """Return the paths with a point added wherever two streets cross or one ends on another."""
    paths = [line.path for line in lines]
    flat = [number for number, line in enumerate(lines) if not line.deck]
    starts = np.concatenate([paths[number][:-1] for number in flat])
    ends = np.concatenate([paths[number][1:] for number in flat])
    owners = np.repeat(flat, [len(paths[number]) - 1 for number in flat])
    order = np.concatenate([np.arange(len(paths[number]) - 1) for number in flat])
    segments = shapely.linestrings(np.stack([starts, ends], axis=1))
    tree = shapely.STRtree(segments)
    one, other = tree.query(segments, predicate="intersects")
    once = (one < other) & (owners[one] != owners[other])
    crossing = _crossings(starts, ends, one[once], other[once])
    touching = _touches(paths, flat, starts, ends, owners, tree)
    at = np.concatenate([crossing[0], touching[0]])
    share = np.concatenate([crossing[1], touching[1]])
    spots = np.concatenate([crossing[2], touching[2]])
    return _inserted(paths, owners[at], order[at] + share, spots)


def _crossings(
    starts: Array, ends: Array, one: Numbers, other: Numbers
) -> tuple[Numbers, Array, Array]:
    """Return segment, share along it and place of every true crossing, for both segments."""
    ahead, across = ends[one] - starts[one], ends[other] - starts[other]
    apart = starts[other] - starts[one]
    turn = ahead[:, 0] * across[:, 1] - ahead[:, 1] * across[:, 0]
    safe = np.where(np.abs(turn) < 1e-9, np.nan, turn)
    first = (apart[:, 0] * across[:, 1] - apart[:, 1] * across[:, 0]) / safe
    second = (apart[:, 0] * ahead[:, 1] - apart[:, 1] * ahead[:, 0]) / safe
    true = (first >= 0) & (first <= 1) & (second >= 0) & (second <= 1)
    spots = starts[one][true] + first[true, None] * ahead[true]
    return (
        np.concatenate([one[true], other[true]]),
        np.concatenate([first[true], second[true]]),
        np.concatenate([spots, spots]),
    )


def _touches(
    paths: list[Array],
    flat: list[int],
    starts: Array,
    ends: Array,
    owners: Numbers,
    tree: shapely.STRtree,
) -> tuple[Numbers, Array, Array]:
    """Return segment, share along it and place for every street's end that lies on another."""
    tips = np.concatenate([paths[number][[0, -1]] for number in flat])
    tip_owners = np.repeat(flat, 2)
    tip, segment = tree.query(shapely.points(tips), predicate="dwithin", distance=TOUCH_M)
    others = tip_owners[tip] != owners[segment]
    tip, segment = tip[others], segment[others]
    ahead = ends[segment] - starts[segment]
    share = ((tips[tip] - starts[segment]) * ahead).sum(axis=1) / (ahead**2).sum(axis=1)
    return segment, np.clip(share, 0.0, 1.0), tips[tip]


def _inserted(paths: list[Array], owners: Numbers, along: Array, spots: Array) -> list[Array]:
    by_owner = np.argsort(owners, kind="stable")
    edges = np.searchsorted(owners[by_owner], np.arange(len(paths) + 1))
    found = []
    for number, path in enumerate(paths):
        mine = by_owner[edges[number] : edges[number + 1]]
        places = np.concatenate([np.arange(len(path), dtype=float), along[mine]])
        points = np.concatenate([path, spots[mine]])
        found.append(points[np.argsort(places, kind="stable")])
    return found


def _joined(paths: list[Array]) -> tuple[Array, list[Numbers]]:
    """Give every point a node, the same one to points that lie together."""
    points = np.concatenate(paths)
    pairs = cKDTree(points).query_pairs(TOUCH_M, output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(points), len(points)))
    _, labels = connected_components(links, directed=False)
    _, first, node = np.unique(labels, return_index=True, return_inverse=True)
    ways, start = [], 0
    for path in paths:
        way = node[start : start + len(path)]
        start += len(path)
        ways.append(way[np.concatenate([[True], way[1:] != way[:-1]])])
    return points[first], ways


def _strong(count: int, lines: list[Line], ways: list[Numbers]) -> npt.NDArray[np.bool_]:
    """Say of each node whether it belongs to the largest part in which all reach all."""
    tails, heads = [], []
    for line, way in zip(lines, ways, strict=True):
        tails.append(way[:-1])
        heads.append(way[1:])
        if not line.oneway:
            tails.append(way[1:])
            heads.append(way[:-1])
    tail, head = np.concatenate(tails), np.concatenate(heads)
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(count, count))
    _, labels = connected_components(graph, directed=True, connection="strong")
    inside: npt.NDArray[np.bool_] = labels == int(np.argmax(np.bincount(labels[tail])))
    return inside
