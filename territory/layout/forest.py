"""Feeders as trees: shortest ways from the substations, cut where enough people hang on them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import dijkstra

from territory.layout.plane import Array, Whole
from territory.layout.web import Web

ENOUGH = 0.8
"""Of the aim: from here on the branches that meet at a node become a feeder."""


@dataclass(frozen=True)
class Forest:
    """For every node: how far from its substation, the node before it, the root of its tree."""

    dear: Array
    before: Whole
    root: Whole
    order: Whole


def grow(web: Web, roots: Whole) -> Forest:
    """Return the shortest ways of every node to the nearest of the roots."""
    dear, before, root = dijkstra(
        web.prices, directed=False, indices=roots, return_predecessors=True, min_only=True
    )
    return Forest(
        dear, before.astype(np.int64), root.astype(np.int64), np.argsort(dear, kind="stable")
    )


@dataclass
class Branches:
    """One feeder while it is cut: whose tree, where its express line ends, which branches."""

    root: int
    top: int
    heads: list[int]
    homes: int
    nodes: list[int] = field(default_factory=list)


def cut_feeders(forest: Forest, load: Whole, aim: int) -> list[Branches]:
    """Return the feeders of a forest with about `aim` homes each; every home is on one."""
    children: dict[int, list[int]] = defaultdict(list)
    rest = load.copy()
    feeders: list[Branches] = []
    owner: dict[int, int] = {}
    for node in forest.order[::-1].tolist():
        root = int(forest.root[node])
        below = [child for child in children.pop(node, []) if child not in owner]
        total = int(load[node]) + sum(int(rest[child]) for child in below)
        if node == root or total >= aim:
            for heads in _bundles(below, rest, int(aim * ENOUGH), every=node == root):
                homes = sum(int(rest[head]) for head in heads)
                owner.update(dict.fromkeys(heads, len(feeders)))
                total -= homes
                feeders.append(Branches(root, node, heads, homes))
        rest[node] = total
        if node != root:
            children[int(forest.before[node])].append(node)
        elif total:
            _keep_root(feeders, owner, node, total)
    _spread(forest, feeders, owner)
    return sorted(feeders, key=lambda each: (each.root, each.nodes[0] if each.nodes else 0))


def _bundles(below: list[int], rest: Whole, enough: int, *, every: bool) -> Iterator[list[int]]:
    """Yield branches put together until they are enough; `every` yields also what is left."""
    bundle: list[int] = []
    size = 0
    for child in sorted(below, key=lambda child: (-int(rest[child]), child)):
        if rest[child] == 0:
            continue
        bundle.append(child)
        size += int(rest[child])
        if size >= enough:
            yield bundle
            bundle, size = [], 0
    if bundle and every:
        yield bundle


def _keep_root(feeders: list[Branches], owner: dict[int, int], node: int, homes: int) -> None:
    """Give what stands at the substation itself to the smallest feeder that begins there."""
    here = [n for n, each in enumerate(feeders) if each.root == node]
    if not here:
        here = [len(feeders)]
        feeders.append(Branches(node, node, [], 0))
    least = min(here, key=lambda n: (feeders[n].homes, n))
    owner[node] = least
    feeders[least].homes += homes


def _spread(forest: Forest, feeders: list[Branches], owner: dict[int, int]) -> None:
    """Give every node below a branch to its feeder, those nearest the substation first."""
    of = np.full(len(forest.order), -1, dtype=np.int64)
    for node in forest.order.tolist():
        found = owner.get(node)
        if found is None and node != forest.root[node]:
            above = int(forest.before[node])
            # What stands at a substation is one feeder's, what lies behind it is not.
            found = int(of[above]) if above != forest.root[node] else -1
        if found is not None and found >= 0:
            of[node] = found
            feeders[found].nodes.append(node)
