"""Streets between junctions: segments joined where nothing can be decided on the way.

The cost of a way is one whole number, milliseconds first and decimetres behind them, so that the
quickest way is found exactly, the shorter one where two are as quick, and never another one on
another day. Floats hold it without error up to 2**53: six days, 1,600 km.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from roads.ways import Real, Ways, Whole

DM_ROOM = 1 << 24


@dataclass
class Chain:
    """Segments in the order of traffic; `mark[i]` is the cost from the first node to node i."""

    nodes: list[int]
    mark: list[int]
    both: bool

    @property
    def total(self) -> int:
        """Return the cost of the whole chain."""
        return self.mark[-1]


@dataclass
class Streets:
    """Chains, and for each segment its chain, its place there and whether it lies backwards."""

    chains: list[Chain] = field(default_factory=list)
    chain_of: Whole = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    place_of: Whole = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    turned: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))


def costs(metres: Real, kmh: Real) -> Whole:
    """Return the cost of each segment."""
    ms = np.maximum(np.rint(metres / kmh * 3600), 1).astype(np.int64)
    return ms * DM_ROOM + np.rint(metres * 10).astype(np.int64)


def main_part(ways: Ways) -> NDArray[np.bool_]:
    """Tell of each segment whether it belongs to the largest part in which all reach all."""
    here = np.concatenate([ways.start, ways.end[ways.both]])
    there = np.concatenate([ways.end, ways.start[ways.both]])
    size = len(ways.node)
    graph = csr_array((np.ones(len(here)), (here, there)), shape=(size, size))
    _, part = connected_components(graph, directed=True, connection="strong")
    inside = part[ways.start] == part[ways.end]
    counted = np.bincount(part[ways.start[inside]], minlength=1)
    return np.asarray(inside & (part[ways.start] == int(np.argmax(counted))), dtype=np.bool_)


def join(ways: Ways, cost: Whole, open_rows: Whole) -> Streets:
    """Join the open segments into chains."""
    return _Joining(ways, cost, open_rows).streets()


class _Joining:
    """Walks from every junction until the next one."""

    def __init__(self, ways: Ways, cost: Whole, rows: Whole) -> None:
        self._start, self._end = ways.start.tolist(), ways.end.tolist()
        self._both, self._cost = ways.both.tolist(), cost.tolist()
        self._rows = rows.tolist()
        self._at: dict[int, list[int]] = {}
        for row in self._rows:
            self._at.setdefault(self._start[row], []).append(row)
            self._at.setdefault(self._end[row], []).append(row)
        size = len(self._start)
        self._made = Streets(
            [], np.full(size, -1), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
        )

    def streets(self) -> Streets:
        """Return all chains; a ring without a junction is cut at its first segment."""
        for row, node in self._beginnings():
            if self._made.chain_of[row] < 0 and (self._both[row] or self._start[row] == node):
                self._walk(row, node)
        return self._made

    def _beginnings(self) -> Iterator[tuple[int, int]]:
        for node, rows in self._at.items():
            if not self._leads_on(node):
                yield from ((row, node) for row in rows)
        yield from ((row, self._start[row]) for row in self._rows)

    def _leads_on(self, node: int) -> bool:
        """Tell whether traffic through a node has no choice."""
        rows = self._at[node]
        if len(rows) != 2 or rows[0] == rows[1]:
            return False
        first, second = rows
        if self._both[first] and self._both[second]:
            return True
        if self._both[first] or self._both[second]:
            return False
        return bool((self._end[first] == node) != (self._end[second] == node))

    def _walk(self, row: int, node: int) -> None:
        chain = Chain([node], [0], self._both[row])
        number = len(self._made.chains)
        first = node
        while True:
            self._made.chain_of[row] = number
            self._made.place_of[row] = len(chain.nodes) - 1
            self._made.turned[row] = self._start[row] != node
            node = self._end[row] if self._start[row] == node else self._start[row]
            chain.nodes.append(node)
            chain.mark.append(chain.mark[-1] + self._cost[row])
            if node == first or not self._leads_on(node):
                break
            onward = self._at[node]
            row = onward[0] if onward[1] == row else onward[1]
            if self._made.chain_of[row] >= 0:
                break
        self._made.chains.append(chain)
