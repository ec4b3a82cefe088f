"""Sections: a feeder's tree cut by a breaker, switches and reclosers, and fuses at laterals."""

from collections import defaultdict
from dataclasses import dataclass, field

from territory.layout.forest import Branches, Forest
from territory.layout.hang import Station
from territory.network import DeviceKind

TRUNK_SHARE = 0.2
"""Of a feeder's homes: after so many the trunk is cut again."""
END_SHARE = 0.1
"""Of a feeder's homes: what is left behind a cut of the trunk at least."""
FUSED = 0.25
"""Of a feeder's homes: a lateral with more has a switch, not a fuse."""


@dataclass
class Piece:
    """A section while it is cut: its device, the node before it, its nodes and transformers."""

    parent: int | None
    kind: DeviceKind
    start: int
    nodes: list[int] = field(default_factory=list)
    stations: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """A feeder's line: the nodes that lead to a transformer, and what hangs below each."""

    below: dict[int, list[int]]
    homes: dict[int, int]
    stations: dict[int, int]
    at: dict[int, list[int]]


def tree_of(feeder: Branches, forest: Forest, stations: list[Station]) -> Tree:
    """Return the line of a feeder: from every transformer up to the substation."""
    homes: dict[int, int] = defaultdict(int)
    count: dict[int, int] = defaultdict(int)
    at: dict[int, list[int]] = defaultdict(list)
    for number, station in enumerate(stations):
        at[station.node].append(number)
        node = station.node
        while True:
            homes[node] += len(station.homes)
            count[node] += 1
            if node == feeder.root:
                break
            node = int(forest.before[node])
    below: dict[int, list[int]] = defaultdict(list)
    for node in homes:
        if node != feeder.root:
            below[int(forest.before[node])].append(node)
    for children in below.values():
        children.sort(key=lambda child: (homes[child], child))
    return Tree(below, homes, count, at)


def cut(tree: Tree, root: int) -> list[Piece]:
    """Return the sections of a feeder, each after its parent; the first has the breaker."""
    whole = tree.homes[root]
    pieces = [Piece(None, "breaker", root)]
    walk = [(root, 0)]
    while walk:
        node, number = walk.pop()
        piece = pieces[number]
        piece.nodes.append(node)
        piece.stations += tree.at.get(node, [])
        children = tree.below.get(node, [])
        for child in children:
            kind = None
            if node != root:  # within the substation's yard the breaker is enough
                kind = _device(tree, child, pieces, number, whole, main=child == children[-1])
            if kind is None:
                walk.append((child, number))
            else:
                pieces.append(Piece(number, kind, node))
                walk.append((child, len(pieces) - 1))
    return pieces


def _device(
    tree: Tree, child: int, pieces: list[Piece], number: int, whole: int, *, main: bool
) -> DeviceKind | None:
    """Return what stands before a child of a node, if anything."""
    piece, homes = pieces[number], tree.homes[child]
    if not main:
        if homes > FUSED * whole:
            return "switch"
        return "fuse" if tree.stations[child] > 1 else None
    if piece.kind == "fuse":
        return None  # no switch behind a fuse
    passed = tree.homes[piece.nodes[0]] - homes
    if passed < TRUNK_SHARE * whole or homes < END_SHARE * whole:
        return None
    # Half way down the trunk a recloser, so that a fault behind it spares those before it.
    return "recloser" if homes <= 0.6 * whole and not _behind_recloser(pieces, number) else "switch"


def _behind_recloser(pieces: list[Piece], number: int | None) -> bool:
    while number is not None:
        if pieces[number].kind == "recloser":
            return True
        number = pieces[number].parent
    return False


def walked(piece: Piece, tree: Tree) -> list[int]:
    """Return the nodes of a section as one walk over every branch, there and back; longest last."""
    inside = set(piece.nodes)
    depth: dict[int, int] = {}
    for node in reversed(piece.nodes):
        depth[node] = 1 + max(
            (depth[child] for child in tree.below.get(node, []) if child in inside), default=0
        )
    way: list[int] = [] if piece.parent is None else [piece.start]
    # What is still to do: go to a node (and come back, or not), or pass it again.
    stack: list[tuple[int, bool, bool]] = [(piece.nodes[0], True, False)]
    while stack:
        node, entering, back = stack.pop()
        way.append(node)
        if not entering:
            continue
        children = sorted(
            (child for child in tree.below.get(node, []) if child in inside),
            key=lambda child: (-depth[child], child),
        )
        for place, child in enumerate(children):
            if place or back:
                stack.append((node, False, False))
            stack.append((child, True, back or place > 0))
    return way
