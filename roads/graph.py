"""The road engine of every Python: the quickest way by SciPy's Dijkstra, without turn penalties."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from roads.chains import DM_ROOM, Chain, costs, join, main_part
from roads.conditions import USUAL, Conditions, speeds
from roads.engine import NO_WAY, Drive, Table
from roads.ways import Real, Ways, Whole, metres_between
from routing.travel import Place

VERSION = 1
AT_ONCE = 64
_NOWHERE = -9999


class Spots(NamedTuple):
    """Where places meet the road: chain, cost from its first node, metres off, and the place."""

    chain: Whole
    since: Whole
    off: Real
    lon: Real
    lat: Real

    def part(self, rows: slice) -> "Spots":
        """Return some of the spots."""
        return Spots(
            self.chain[rows], self.since[rows], self.off[rows], self.lon[rows], self.lat[rows]
        )


class GraphRoads:
    """Drivable ways as junctions and chains between them."""

    name = "graph"
    exact = True

    def __init__(self, ways: Ways, data: str, conditions: Conditions = USUAL) -> None:
        """Join the ways of a land; `data` names them."""
        self._data, self._ways = data, ways
        kmh = speeds(ways, conditions)
        open_rows = np.flatnonzero(main_part(ways) & (kmh > 0))
        self._cost = np.zeros(len(kmh), dtype=np.int64)
        self._cost[open_rows] = costs(ways.metres[open_rows], kmh[open_rows])
        self._streets = join(ways, self._cost, open_rows)
        self._rows, self._tree = open_rows, self._tree_of(open_rows)
        self._join_junctions(self._streets.chains)

    @property
    def version(self) -> str:
        """Name the engine and its data."""
        return f"graph-{VERSION}/{self._data}"

    @property
    def junctions(self) -> int:
        """Count the nodes the search runs over."""
        return int(self._graph.shape[0])

    def _join_junctions(self, chains: list[Chain]) -> None:
        ends = sorted({node for each in chains for node in (each.nodes[0], each.nodes[-1])})
        self._junction = {node: number for number, node in enumerate(ends)}
        self._first = np.array([self._junction[each.nodes[0]] for each in chains], dtype=np.int64)
        self._last = np.array([self._junction[each.nodes[-1]] for each in chains], dtype=np.int64)
        self._total = np.array([each.total for each in chains], dtype=np.int64)
        self._both = np.array([each.both for each in chains], dtype=bool)
        best: dict[tuple[int, int], int] = {}
        for number, chain in enumerate(chains):
            here, there = int(self._first[number]), int(self._last[number])
            pairs = [(here, there), (there, here)] if chain.both else [(here, there)]
            for pair in pairs if here != there else ():
                if pair not in best or chain.total < chains[best[pair]].total:
                    best[pair] = number
        self._best = best
        size = len(ends)
        pairs_there = np.array(list(best), dtype=np.int64).reshape(-1, 2)
        weights = self._total[list(best.values())].astype(float) if best else np.empty(0)
        self._graph = csr_array(
            (weights, (pairs_there[:, 0], pairs_there[:, 1])), shape=(size, size)
        )

    def _tree_of(self, rows: Whole) -> shapely.STRtree:
        ways = self._ways
        self._squash = float(np.cos(np.radians(ways.lat.mean()))) if len(ways.lat) else 1.0
        ends = np.stack([ways.start[rows], ways.end[rows]], axis=1)
        points = np.stack([ways.lon[ends] * self._squash, ways.lat[ends]], axis=2)
        return shapely.STRtree(shapely.linestrings(points))

    def snap(self, places: Sequence[Place]) -> Spots:
        """Return the nearest point of the roads for each place; ties go to the first segment."""
        at = np.array([(each.lon, each.lat) for each in places], dtype=float).reshape(-1, 2)
        if not len(self._rows):
            none = np.full(len(at), _NOWHERE)
            return Spots(none, none, np.full(len(at), np.inf), at[:, 0], at[:, 1])
        flat = at * (self._squash, 1.0)
        asked, found = self._tree.query_nearest(shapely.points(flat))
        row = np.full(len(at), len(self._ways.way))
        np.minimum.at(row, asked, self._rows[found])
        here, there = self._flat(self._ways.start[row]), self._flat(self._ways.end[row])
        along = there - here
        length = np.maximum((along**2).sum(axis=1), 1e-300)
        share = np.clip(((flat - here) * along).sum(axis=1) / length, 0, 1)
        on = (here + along * share[:, None]) / (self._squash, 1.0)
        off = metres_between(at[:, 0], at[:, 1], on[:, 0], on[:, 1])
        return Spots(self._streets.chain_of[row], self._since(row, share), off, on[:, 0], on[:, 1])

    def _flat(self, nodes: Whole) -> Real:
        flat = np.stack([self._ways.lon[nodes] * self._squash, self._ways.lat[nodes]], axis=1)
        return np.asarray(flat, dtype=float)

    def _since(self, row: Whole, share: Real) -> Whole:
        """Return the cost from the first node of the chain to a share of a segment."""
        turned = self._streets.turned[row]
        share = np.where(turned, 1 - share, share)
        ms, dm = np.divmod(self._cost[row], DM_ROOM)
        part = np.rint(ms * share).astype(np.int64) * DM_ROOM + np.rint(dm * share).astype(np.int64)
        chains, places = self._streets.chain_of[row], self._streets.place_of[row]
        marks = [
            self._streets.chains[chain].mark[place]
            for chain, place in zip(chains, places, strict=True)
        ]
        return np.array(marks, dtype=np.int64) + part

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        """Return every pair, searched from the fewer, some at a time so that memory stays small."""
        here, there = self.snap(origins), self.snap(targets)
        if not len(self._rows) or not len(origins) or not len(targets):
            none = np.full((len(origins), len(targets)), NO_WAY)
            return Table(none, none, here.off, there.off)
        back = len(targets) < len(origins)
        spots = there if back else here
        parts = [spots.part(slice(at, at + AT_ONCE)) for at in range(0, len(spots.off), AT_ONCE)]
        if back:
            cost = np.concatenate([self._some(here, part, back=True) for part in parts], axis=1)
        else:
            cost = np.concatenate([self._some(part, there, back=False) for part in parts])
        reached = np.isfinite(cost)
        ms, dm = np.divmod(np.where(reached, cost, 0).astype(np.int64), DM_ROOM)
        return Table(
            np.where(reached, ms, NO_WAY), np.where(reached, dm, NO_WAY), here.off, there.off
        )

    def _some(self, here: Spots, there: Spots, *, back: bool) -> Real:
        """Return the costs of pairs, searched from the origins or back from the targets."""
        outs, ins = list(self._outs(here)), list(self._ins(there))
        nodes = np.unique(np.concatenate([node for node, _ in (ins if back else outs)]))
        reach = dijkstra(self._graph.T if back else self._graph, indices=nodes)
        cost = self._along(here, there)
        for out, leave in outs:
            for entry, arrive in ins:
                if back:
                    between = reach[np.searchsorted(nodes, entry)][:, out].T
                else:
                    between = reach[np.searchsorted(nodes, out)][:, entry]
                np.minimum(cost, leave[:, None] + between + arrive[None, :], out=cost)
        return cost

    def _outs(self, at: Spots) -> Iterator[tuple[Whole, Real]]:
        """Yield the junctions a chain is left by, and what it costs to get there."""
        yield self._last[at.chain], (self._total[at.chain] - at.since).astype(float)
        yield self._first[at.chain], np.where(self._both[at.chain], at.since, np.inf)

    def _ins(self, at: Spots) -> Iterator[tuple[Whole, Real]]:
        yield self._first[at.chain], at.since.astype(float)
        back = (self._total[at.chain] - at.since).astype(float)
        yield self._last[at.chain], np.where(self._both[at.chain], back, np.inf)

    def _along(self, here: Spots, there: Spots) -> Real:
        """Return the cost of pairs on one chain, driven without leaving it."""
        ahead = (there.since[None, :] - here.since[:, None]).astype(float)
        same = here.chain[:, None] == there.chain[None, :]
        possible = same & ((ahead >= 0) | self._both[here.chain][:, None])
        return np.where(possible, np.abs(ahead), np.inf)

    def drive(self, origin: Place, target: Place) -> Drive | None:
        """Return the quickest way with its geometry."""
        told = self.table([origin], [target])
        if told.ms[0, 0] < 0:
            return None
        here, there = self.snap([origin]), self.snap([target])
        goal = int(told.ms[0, 0]) * DM_ROOM + int(told.dm[0, 0])
        path = [(float(here.lon[0]), float(here.lat[0]))]
        path += [self._at(node) for node in self._nodes_between(here, there, goal)]
        path.append((float(there.lon[0]), float(there.lat[0])))
        return Drive(int(told.ms[0, 0]), int(told.dm[0, 0]), tuple(path))

    def _at(self, node: int) -> tuple[float, float]:
        return float(self._ways.lon[node]), float(self._ways.lat[node])

    def _nodes_between(self, here: Spots, there: Spots, goal: int) -> list[int]:
        since, until = int(here.since[0]), int(there.since[0])
        first, last = int(here.chain[0]), int(there.chain[0])
        if self._along(here, there)[0, 0] == goal:
            return _part(self._streets.chains[first], since, until)
        for out, leave in self._outs(here):
            reach, before = dijkstra(self._graph, indices=int(out[0]), return_predecessors=True)
            for entry, arrive in self._ins(there):
                if leave[0] + reach[entry[0]] + arrive[0] != goal:
                    continue
                chain = self._streets.chains[first]
                nodes = _part(chain, since, chain.total if out[0] == self._last[first] else 0)
                nodes += self._through(int(out[0]), int(entry[0]), before)
                chain = self._streets.chains[last]
                return nodes + _part(
                    chain, 0 if entry[0] == self._first[last] else chain.total, until
                )
        return []

    def _through(self, out: int, entry: int, before: NDArray[np.int32]) -> list[int]:
        numbers = [entry]
        while numbers[-1] != out:
            numbers.append(int(before[numbers[-1]]))
        numbers.reverse()
        nodes: list[int] = []
        for here, there in pairwise(numbers):
            number = self._best[here, there]
            chain = self._streets.chains[number].nodes
            nodes += chain if self._first[number] == here else chain[::-1]
        return nodes


def _part(chain: Chain, since: int, until: int) -> list[int]:
    """Return the nodes of a chain between two costs, in the order they are passed."""
    low, high = min(since, until), max(since, until)
    nodes = [
        node for node, mark in zip(chain.nodes, chain.mark, strict=True) if low <= mark <= high
    ]
    return nodes if since <= until else nodes[::-1]
