"""The rows of the lines: feeders, sections, devices, transformers, and ties between neighbours."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.spatial import cKDTree

from territory.land import Spot
from territory.layout.cuts import Piece, Tree, cut, tree_of, walked
from territory.layout.forest import Branches, Forest
from territory.layout.hang import Station
from territory.layout.plane import Array, Plane
from territory.layout.web import Web
from territory.network import Device, Feeder, Section, Transformer

ASIDE_M = 8.0
"""How far behind the node before it a device stands."""
TIE_REACH_M = (90.0, 350.0)
TIES_EACH = 3
SMOOTH_M = 1.5


@dataclass
class Lines:
    """Rows of the lines, and which transformer supplies which homes."""

    feeders: list[Feeder] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    transformers: list[Transformer] = field(default_factory=list)
    homes: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Strung:
    """A feeder with its tree and sections, before its rows are written."""

    id: str
    branches: Branches
    tree: Tree
    pieces: list[Piece]
    stations: list[Station]

    @property
    def names(self) -> list[str]:
        """The ids of the sections: those with transformers first, each after its parent."""
        rank = sorted(
            range(len(self.pieces)), key=lambda n: (n > 0, not self.pieces[n].stations, n)
        )
        place = {number: position for position, number in enumerate(rank, 1)}
        return [f"{self.id}-s{place[number]}" for number in range(len(self.pieces))]


def string(feeder_id: str, branches: Branches, forest: Forest, stations: list[Station]) -> Strung:
    """Return a feeder cut into sections."""
    tree = tree_of(branches, forest, stations)
    return Strung(feeder_id, branches, tree, cut(tree, branches.root), stations)


def write_lines(
    strung: list[Strung], district: str, substations: dict[int, str], web: Web, plane: Plane
) -> Lines:
    """Return the rows of all feeders, without the ties between them."""
    lines = Lines()
    for number, feeder in enumerate(strung, 1):
        substation = substations[feeder.branches.root]
        row = Feeder(feeder.id, substation, district, f"Feeder {number}", f"{number}号馈线")
        lines.feeders.append(row)
        _write_sections(lines, feeder, web, plane, len(district) + 1)
    return lines


def _write_sections(lines: Lines, feeder: Strung, web: Web, plane: Plane, prefix: int) -> None:
    names = feeder.names
    for name, piece in sorted(
        zip(names, feeder.pieces, strict=True), key=lambda each: _rank(each[0])
    ):
        path = _path(web.at[walked(piece, feeder.tree)])
        parent = None if piece.parent is None else names[piece.parent]
        short = name[prefix:].upper()
        lines.sections.append(Section(name, feeder.id, parent, short, tuple(plane.spots(path))))
        at = plane.spot(_along(path))
        lines.devices.append(Device(f"{name}-d", piece.kind, f"{short}-D", name, None, False, at))
        for number, station in enumerate((feeder.stations[n] for n in piece.stations), 1):
            own = f"{name}-t{number}"
            row = Transformer(own, name, f"{short}-T{number}", plane.spot(station.at))
            lines.transformers.append(row)
            lines.homes[own] = station.homes


def _rank(name: str) -> int:
    return int(name.rpartition("-s")[2])


def _path(places: Array) -> Array:
    if len(places) < 2:  # a feeder that serves nobody but the substation's own corner
        places = np.vstack([places, places + np.array([ASIDE_M, 0.0])])
    found: Array = shapely.get_coordinates(shapely.simplify(shapely.LineString(places), SMOOTH_M))
    return found


def _along(path: Array) -> Array:
    step = path[1] - path[0]
    length = float(np.hypot(*step))
    found: Array = path[0] + step * (min(ASIDE_M, length / 2) / length if length > 0 else 0.0)
    return found


def tie(strung: list[Strung], web: Web, plane: Plane) -> list[Device]:
    """Return normally open switches where neighbouring feeders come near each other."""
    node, feeder, section, worth = _candidates(strung)
    tree = cKDTree(web.at[node])
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for reach in TIE_REACH_M:
        lonely = _lonely(best, len(strung))
        if not lonely:
            break
        pairs = tree.query_pairs(reach, output_type="ndarray")
        pairs = pairs[feeder[pairs[:, 0]] != feeder[pairs[:, 1]]]
        near: dict[tuple[int, int], tuple[float, int, int]] = {}
        for one, other in pairs.tolist():
            a, b = (one, other) if feeder[one] < feeder[other] else (other, one)
            found = (min(worth[a], worth[b]), node[a], node[b])
            both = (int(feeder[a]), int(feeder[b]))
            near[both] = max(near.get(both, (-1.0, 0, 0)), (found[0], a, b))
        best |= {both: found for both, found in near.items() if lonely & set(both)}
    names = [each.names for each in strung]
    return [
        _tie(number, a, b, names, (node, feeder, section), web, plane, strung)
        for number, (_, a, b) in enumerate(_chosen(best), 1)
    ]


def _lonely(best: dict[tuple[int, int], tuple[float, int, int]], count: int) -> set[int]:
    tied = {one for both in best for one in both}
    return set(range(count)) - tied


def _candidates(strung: list[Strung]) -> tuple[list[int], Array, list[int], list[float]]:
    """Return the nodes of all sections that may be handed over, and what a tie there is worth."""
    nodes, feeders, sections, worth = [], [], [], []
    for number, each in enumerate(strung):
        whole = max(1, each.tree.homes[each.branches.root])
        for section, piece in enumerate(each.pieces):
            for node in piece.nodes:
                if node == each.branches.root:
                    continue
                nodes.append(node)
                feeders.append(number)
                sections.append(section)
                # Far out on the trunk is best; behind a fuse a tie helps only its lateral.
                passed = 1.0 - each.tree.homes[node] / whole
                worth.append(passed * (0.2 if piece.kind == "fuse" else 1.0))
    return nodes, np.array(feeders), sections, worth


def _chosen(
    best: dict[tuple[int, int], tuple[float, int, int]],
) -> list[tuple[float, int, int]]:
    ties: dict[int, int] = defaultdict(int)
    chosen = []
    for both, found in sorted(best.items(), key=lambda each: (-each[1][0], each[0])):
        if min(ties[one] for one in both) == 0 or max(ties[one] for one in both) < TIES_EACH:
            chosen.append(found)
            for one in both:
                ties[one] += 1
    return chosen


def _tie(
    number: int, a: int, b: int, names: list[list[str]],
    where: tuple[list[int], Array, list[int]], web: Web, plane: Plane, strung: list[Strung],
) -> Device:  # fmt: skip
    node, feeder, section = where
    ends: list[str] = [names[int(feeder[one])][section[one]] for one in (a, b)]
    at: Spot = plane.spot((web.at[node[a]] + web.at[node[b]]) / 2)
    district = strung[0].id.rpartition("-f")[0]
    return Device(f"{district}-tie-{number}", "switch", f"TIE-{number}", ends[0], ends[1], True, at)
