"""Lays a believable network over any land: from substations along the streets to every home."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from territory.land import Land
from territory.layout.addresses import addresses_of, both
from territory.layout.areas import areas_of, grids_of, polygons_of
from territory.layout.centres import centres_of
from territory.layout.forest import Branches, cut_feeders, grow
from territory.layout.hang import hang_transformers
from territory.layout.homes import Homes, buildings_of, homes_in
from territory.layout.lines import Lines, string, tie, write_lines
from territory.layout.names import COMPASS
from territory.layout.people import Neighbours, crews_of, settle
from territory.layout.plane import Array, Plane
from territory.layout.web import NoStreets, Web, weave
from territory.network import Depot, District, Grid, Network, ServiceArea, Substation

__all__ = ["Layout", "NoStreets", "lay_network"]

FEEDER_AIM, LEAST_FEEDERS, LEAST_ON_FEEDER = 2_600, 22, 150
FEEDERS_EACH_SUBSTATION = 8
CREWS_EACH_DEPOT, HOMES_EACH_CREW = 4, 3_000


@dataclass(frozen=True)
class Layout:
    """What a network is to be like: its district, and how much of everything at least."""

    district: str = "jp"
    name_en: str = "Jiangping"
    name_zh: str = "江坪区"
    time_zone: str = "Asia/Shanghai"
    homes: int = 0
    crews: int = 24
    seed: int = 1


def lay_network(land: Land, layout: Layout, now: datetime) -> Network:
    """Return a network for a land; the same land, layout and moment give the same network.

    `now` is when the crews' licences are looked at. Raises NoStreets.
    """
    plane = Plane.of(land.bounds)
    web = weave(land, plane)
    dice = np.random.default_rng([layout.seed, 41])
    buildings = buildings_of(land, plane, web, layout.homes)
    homes = homes_in(buildings, web, dice)
    people = Neighbours(
        buildings,
        homes,
        addresses_of(buildings.at, land, plane, (layout.name_en, layout.name_zh)),
    )
    lines, substations = _lines(layout, web, homes, plane, dice)
    points, customers = settle(layout.district, lines.homes, people, plane, dice)
    ground = _ground(layout, land, plane, web, homes, dice)
    depots, grids = [row.id for row in ground.depots], [row.id for row in ground.grids]
    count = max(layout.crews, len(homes.at) // HOMES_EACH_CREW)
    crews, members = crews_of(layout.district, count, depots, grids, now)
    return Network(
        districts=ground.districts, service_areas=ground.service_areas, grids=ground.grids,
        depots=ground.depots, substations=tuple(substations), feeders=tuple(lines.feeders),
        sections=tuple(lines.sections), devices=tuple(lines.devices),
        transformers=tuple(lines.transformers), service_points=tuple(points),
        customers=tuple(customers), crews=tuple(crews), crew_members=tuple(members),
    )  # fmt: skip


def _lines(
    layout: Layout, web: Web, homes: Homes, plane: Plane, dice: np.random.Generator
) -> tuple[Lines, list[Substation]]:
    total = len(homes.at)
    wanted = max(2, min(LEAST_FEEDERS, total // LEAST_ON_FEEDER), total // FEEDER_AIM)
    middles = centres_of(homes.at, max(2, wanted // FEEDERS_EACH_SUBSTATION), dice)
    roots = np.unique(web.nearest(middles))
    load = np.bincount(homes.node, minlength=len(web.at))
    forest = grow(web, roots)
    feeders = cut_feeders(forest, load, max(1, total // wanted))
    while len(feeders) < wanted and total // wanted > 1:
        total = total * 9 // 10
        feeders = cut_feeders(forest, load, max(1, total // wanted))
    feeders = _around(feeders, web)
    at_node: dict[int, list[int]] = {}
    for home in np.lexsort((homes.building, homes.node)).tolist():
        at_node.setdefault(int(homes.node[home]), []).append(home)
    strung = [
        string(f"{layout.district}-f{number}", each, forest,
               hang_transformers(each, forest, web, homes, at_node))
        for number, each in enumerate(feeders, 1)
    ]  # fmt: skip
    names = {int(root): f"{layout.district}-sub-{n}" for n, root in enumerate(roots, 1)}
    lines = write_lines(strung, layout.district, names, web, plane)
    lines.devices += tie(strung, web, plane)
    stations = [
        Substation(name, layout.district, f"{layout.name_en} substation {n}",
                   f"{layout.name_zh}变电站{n}号", plane.spot(web.at[root]))
        for n, (root, name) in enumerate(names.items(), 1)
    ]  # fmt: skip
    return lines, stations


def _around(feeders: list[Branches], web: Web) -> list[Branches]:
    """Return feeders by substation, and around each as the hand of a clock goes."""

    def place(feeder: Branches) -> tuple[int, float]:
        east, north = web.at[feeder.nodes].mean(axis=0) - web.at[feeder.root]
        return feeder.root, round(float(np.arctan2(east, north)) % (2 * np.pi), 6)

    return sorted((each for each in feeders if each.homes), key=place)


def _ground(
    layout: Layout, land: Land, plane: Plane, web: Web, homes: Homes, dice: np.random.Generator
) -> Network:
    """Return the district with its areas, grids and depots."""
    areas = areas_of(homes.at, web.at)
    own = layout.district
    centres = centres_of(homes.at, max(3, layout.crews // CREWS_EACH_DEPOT), dice)
    names = _names(centres, land, plane, layout)
    depots = plane.spots(web.at[web.nearest(centres)])
    return Network(
        districts=(District(own, layout.name_en, layout.name_zh, layout.time_zone,
                            f"{own}-hotline", polygons_of(areas.district, plane)),),
        service_areas=tuple(
            ServiceArea(f"{own}-{name}", own, name, polygons_of(part, plane))
            for name, part in areas.parts.items()
        ),
        grids=tuple(
            Grid(f"{own}-grid-{n}", own, f"{en} grid", f"{zh}网格", f"1990100{n:04d}",
                 f"{own}-grid-{n}-manager", polygons_of(part, plane))
            for n, (part, (en, zh)) in enumerate(
                zip(grids_of(areas.district, centres), names, strict=True), 1)
        ),
        depots=tuple(
            Depot(f"{own}-depot-{n}", own, f"{en} depot", f"{zh}驻点", at)
            for n, (at, (en, zh)) in enumerate(zip(depots, names, strict=True), 1)
        ),
    )  # fmt: skip


def _names(centres: Array, land: Land, plane: Plane, layout: Layout) -> list[tuple[str, str]]:
    """Return a name for each centre: the settlement it is in, or its side of the district."""
    named = [each for each in land.settlements if any(each.names)]
    spots = plane.metres([each.at for each in named])
    middle = centres.mean(axis=0)
    found: list[tuple[str, str]] = []
    for centre in centres:
        order = np.argsort(np.hypot(*(spots - centre).T), kind="stable").tolist()
        tried = [both(named[n].names, ("", "")) for n in order[:3]]
        east, north = centre - middle
        side = COMPASS[round(float(np.arctan2(north, east)) / (np.pi / 4)) % 8]
        tried.append((f"{layout.name_en} {side[0]}", f"{layout.name_zh}{side[1]}"))
        free = [each for each in tried if each not in found]
        found.append(free[0] if free else (f"{tried[-1][0]} {len(found) + 1}",
                                           f"{tried[-1][1]}{len(found) + 1}"))  # fmt: skip
    return found
