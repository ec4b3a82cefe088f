"""The street web: where a feeder can run, as a graph with lengths in metres."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from territory.land import Land
from territory.layout.plane import Array, Plane, Whole

LONGEST_STEP_M = 55.0
"""Between two nodes: a home is served from a node, so there must be one near."""

# How much dearer a metre of line is there: lines keep to the main streets and off the tracks.
PRICE = {
    "trunk": 1.3, "primary": 1.0, "secondary": 1.0, "tertiary": 1.0, "residential": 1.15,
    "service": 1.5, "track": 1.8,
}  # fmt: skip


class NoStreets(Exception):  # noqa: N818 - read as a sentence
    """The land has no streets that a line could follow."""


@dataclass(frozen=True)
class Web:
    """The greatest connected part of the streets: places of its nodes, and what joins them."""

    at: Array
    prices: csr_matrix
    tree: cKDTree

    def nearest(self, places: Array) -> Whole:
        """Return the node nearest to each place."""
        found: Whole = self.tree.query(places)[1].astype(np.int64)
        return found


def weave(land: Land, plane: Plane) -> Web:
    """Return the street web of a land; raises NoStreets where it has none."""
    streets = [each for each in land.streets if each.kind in PRICE and len(each.path) > 1]
    if not streets:
        raise NoStreets
    ids = np.concatenate([np.asarray(each.nodes, dtype=np.int64) for each in streets])
    _, first, index = np.unique(ids, return_index=True, return_inverse=True)
    at = plane.metres(np.concatenate([np.asarray(each.path) for each in streets]))[first]
    lengths = np.array([len(each.nodes) for each in streets])
    ends = np.cumsum(lengths) - 1
    steps = np.ones(len(ids), dtype=bool)
    steps[ends] = False
    start = np.flatnonzero(steps)
    price = np.repeat([PRICE[each.kind] for each in streets], lengths)[start]
    at, tail, head, price = _finer(at, index[start], index[start + 1], price)
    return _greatest(at, tail, head, price)


def _finer(at: Array, tail: Whole, head: Whole, price: Array) -> tuple[Array, Whole, Whole, Array]:
    """Cut long steps into short ones, with new nodes between."""
    length = np.hypot(*(at[head] - at[tail]).T)
    parts = np.maximum(1, np.ceil(length / LONGEST_STEP_M)).astype(np.int64)
    step = np.repeat(np.arange(len(tail)), parts)
    place = np.arange(len(step)) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = place > 0
    share = (place[inner] / parts[step[inner]])[:, None]
    between = at[tail[step[inner]]] * (1 - share) + at[head[step[inner]]] * share
    number = np.cumsum(inner) - 1 + len(at)
    new_tail = np.where(inner, number, tail[step])
    last = place == parts[step] - 1
    following = np.append(new_tail[1:], 0)
    new_head = np.where(last, head[step], following)
    return np.concatenate([at, between]), new_tail, new_head, price[step]


def _greatest(at: Array, tail: Whole, head: Whole, price: Array) -> Web:
    # Where two nodes share a place the step between them still has a length.
    cost = np.maximum(np.hypot(*(at[head] - at[tail]).T), 0.1) * price
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((cost, high, low))
    low, high, cost = low[order], high[order], cost[order]
    single = np.ones(len(low), dtype=bool)
    single[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    single &= low != high
    graph = csr_matrix((cost[single], (low[single], high[single])), shape=(len(at), len(at)))
    _, part = connected_components(graph, directed=False)
    kept = np.flatnonzero(part == np.argmax(np.bincount(part)))
    return Web(at[kept], graph[kept][:, kept], cKDTree(at[kept]))
