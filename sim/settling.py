"""From the rows of a network to the ground of a rehearsal."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice

import numpy as np
import shapely

from domain.kinds import AreaClass, KeyClass
from sim.ground import Ground, Home, Team, Transformer
from territory.network import Network


def ground_of(network: Network) -> Ground:
    """Return the ground of a network's first district."""
    district = network.districts[0]
    people = {each.service_point_id: each for each in network.customers}
    areas = _area_classes(network)
    homes = []
    for point, area in zip(network.service_points, areas, strict=True):
        who = people.get(point.id)
        homes.append(
            Home(
                at=point.at,
                transformer=point.transformer_id,
                area_class=area,
                life_support=bool(who and who.life_support),
                key_class=KeyClass(who.key_class) if who and who.key_class else None,
            )
        )
    return Ground(
        district=district.id,
        time_zone=district.time_zone,
        homes=tuple(homes),
        transformers=tuple(
            Transformer(each.id, each.section_id, each.at) for each in network.transformers
        ),
        teams=tuple(_teams(network)),
    )


def manned(ground: Ground, crews: int) -> Ground:
    """Return the ground with so many crews: fewer of its own, or more at the same depots."""
    own = list(ground.teams)
    again = (
        each._replace(id=f"{each.id}-{number // len(own) + 1}", turn=number)
        if number >= len(own)
        else each
        for number, each in enumerate(islice(cycle(own), crews))
    )
    return replace(ground, teams=tuple(again))


def _area_classes(network: Network) -> list[AreaClass]:
    """Return the area class of every service point; outside all areas it is rural."""
    found = np.full(len(network.service_points), AreaClass.RURAL, dtype=object)
    spots = shapely.points([each.at for each in network.service_points])
    tree = shapely.STRtree(spots)
    for area in network.service_areas:
        boundary = shapely.MultiPolygon(
            [shapely.Polygon(rings[0], rings[1:]) for rings in area.boundary]
        )
        found[tree.query(boundary, predicate="covers")] = AreaClass(area.area_class)
    return list(found)


def _teams(network: Network) -> Iterator[Team]:
    depots = {each.id: each.at for each in network.depots}
    parts: dict[str, set[str]] = {}
    for member in network.crew_members:
        parts.setdefault(member.crew_id, set()).add(member.part)
    sizes = {crew: sum(m.crew_id == crew for m in network.crew_members) for crew in parts}
    for turn, crew in enumerate(sorted(network.crews, key=lambda each: each.id)):
        mine = parts.get(crew.id, set())
        yield Team(
            id=crew.id,
            turn=turn,
            depot=crew.depot_id,
            at=depots[crew.depot_id],
            skills=crew.skills,
            licences=crew.licences,
            size=sizes.get(crew.id, 1),
            has_leader="leader" in mine,
            has_safety_officer="safety_officer" in mine,
            kit=crew.kit,
        )
