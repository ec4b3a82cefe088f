"""The invented land: rings of area classes, feeders as rays, transformers along them.

Everything is computed from a seed, so that every installation has the same ids and places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from store.demo.names import GRID_NAMES, STREETS
from store.tables import territory as t

METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class TerritoryPlan:
    """How large a district is and how its network is cut."""

    id: str
    name_en: str
    name_zh: str
    lon: float
    lat: float
    # Outer radius in metres of each area class, from the centre.
    rings: tuple[tuple[str, float], ...]
    substations: int
    feeders_each: int
    # Where a feeder's sections begin and end, in metres from its substation.
    cuts: tuple[float, ...]
    transformers_each: int
    service_points_each: int
    crews: int


CITY = TerritoryPlan(
    id="jp", name_en="Jiangping", name_zh="江坪区", lon=106.55, lat=29.56,
    rings=(("urban", 5_500.0), ("rural", 12_000.0), ("remote", 22_000.0)),
    substations=2, feeders_each=4, cuts=(250.0, 1_900.0, 3_600.0, 8_500.0, 17_000.0),
    transformers_each=5, service_points_each=13, crews=14,
)  # fmt: skip
NEIGHBOUR = TerritoryPlan(
    id="yl", name_en="Yunling", name_zh="云岭县", lon=107.25, lat=29.62,
    rings=(("urban", 2_500.0), ("rural", 9_000.0)),
    substations=1, feeders_each=3, cuts=(250.0, 1_900.0, 6_500.0),
    transformers_each=5, service_points_each=8, crews=4,
)  # fmt: skip


class Ground:
    """The places of one district in degrees, drawn from its plan."""

    def __init__(self, plan: TerritoryPlan) -> None:
        self.plan = plan
        self.random = Random(f"relight/{plan.id}")  # noqa: S311 - scenery, not secrets

    def degrees(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Return [lon, lat] of a place given in metres from the centre."""
        plan = self.plan
        lat = plan.lat + north_m / METRES_PER_DEGREE
        lon = plan.lon + east_m / (METRES_PER_DEGREE * cos(radians(plan.lat)))
        return round(lon, 6), round(lat, 6)

    def point(self, east_m: float, north_m: float) -> str:
        """Return a place as EWKT."""
        lon, lat = self.degrees(east_m, north_m)
        return f"SRID=4326;POINT({lon} {lat})"

    def ring(self, radius: float, start: float = 0.0, end: float = 2 * pi) -> str:
        """Return the closed coordinates of a circle, or of a slice of one."""
        steps = 48
        angles = [start + (end - start) * i / steps for i in range(steps + 1)]
        corners = [(radius * cos(a), radius * sin(a)) for a in angles]
        if end - start < 2 * pi:
            corners = [(0.0, 0.0), *corners, (0.0, 0.0)]
        else:
            corners[-1] = corners[0]
        return "(" + ",".join("{} {}".format(*self.degrees(*c)) for c in corners) + ")"

    def feeder_rays(self) -> Iterator[tuple[int, int, float, float, float]]:
        """Yield substation and feeder number, head of the ray east and north, its angle."""
        plan = self.plan
        for sub in range(plan.substations):
            side = (2 * sub - plan.substations + 1) * 1_500.0
            for number in range(plan.feeders_each):
                share = (sub * plan.feeders_each + number + 0.5) / (
                    plan.substations * plan.feeders_each
                )
                # The first substation feeds the west, the last one the east.
                yield sub, number, side, 0.0, pi / 2 + 2 * pi * share


def lay_ground(session: Session, ground: Ground) -> None:
    """Insert the district with its areas and its network down to the transformers."""
    plan = ground.plan
    outer = plan.rings[-1][1]
    session.execute(insert(t.DistrictRow), [{
        "id": plan.id, "name_en": plan.name_en, "name_zh": plan.name_zh,
        "time_zone": "Asia/Shanghai", "hotline": f"{plan.id}-hotline",
        "area": f"SRID=4326;MULTIPOLYGON(({ground.ring(outer)}))",
    }])  # fmt: skip
    session.execute(insert(t.ServiceAreaRow), list(_areas(ground)))
    session.execute(insert(t.GridRow), list(_grids(ground)))
    session.execute(insert(t.DepotRow), list(_depots(ground)))
    session.execute(insert(t.SubstationRow), list(_substations(ground)))
    feeders, sections, transformers = network(ground)
    session.execute(insert(t.FeederRow), feeders)
    session.execute(insert(t.SectionRow), sections)
    session.execute(insert(t.TransformerRow), transformers)


def _areas(ground: Ground) -> Iterator[dict[str, Any]]:
    inner = ""
    for area_class, radius in ground.plan.rings:
        edge = ground.ring(radius)
        yield {
            "id": f"{ground.plan.id}-{area_class}",
            "district_id": ground.plan.id,
            "area_class": area_class,
            "boundary": f"SRID=4326;MULTIPOLYGON(({edge}{inner}))",
        }
        inner = f",{edge}"


def _grids(ground: Ground) -> Iterator[dict[str, Any]]:
    outer = ground.plan.rings[-1][1]
    for i, (en, zh) in enumerate(GRID_NAMES):
        slice_ = ground.ring(outer, 2 * pi * i / 3, 2 * pi * (i + 1) / 3)
        yield {
            "id": f"{ground.plan.id}-grid-{i + 1}",
            "district_id": ground.plan.id,
            "name_en": f"{ground.plan.name_en} {en} grid",
            "name_zh": f"{ground.plan.name_zh}{zh}网格",
            "phone": f"1990100{i + 1:04d}",
            "leader": f"{ground.plan.id}-grid-{i + 1}-manager",
            "boundary": f"SRID=4326;MULTIPOLYGON(({slice_}))",
        }


def _depots(ground: Ground) -> Iterator[dict[str, Any]]:
    reach = ground.plan.rings[0][1] * 0.6
    for i, (en, zh) in enumerate(GRID_NAMES):
        angle = 2 * pi * (i + 0.5) / 3
        yield {
            "id": f"{ground.plan.id}-depot-{i + 1}",
            "district_id": ground.plan.id,
            "name_en": f"{en} depot",
            "name_zh": f"{zh}驻点",
            "at": ground.point(reach * cos(angle), reach * sin(angle)),
        }


def _substations(ground: Ground) -> Iterator[dict[str, Any]]:
    heads = {sub: (east, north) for sub, _, east, north, _ in ground.feeder_rays()}
    for sub, (east, north) in heads.items():
        yield {
            "id": f"{ground.plan.id}-sub-{sub + 1}",
            "district_id": ground.plan.id,
            "name_en": f"{ground.plan.name_en} substation {sub + 1}",
            "name_zh": f"{ground.plan.name_zh}变电站{sub + 1}号",
            "at": ground.point(east, north),
        }


def network(ground: Ground) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the rows of a territory's feeders, sections and transformers."""
    feeders: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    transformers: list[dict[str, Any]] = []
    for sub, number, east, north, angle in ground.feeder_rays():
        feeder = f"{ground.plan.id}-f{sub * ground.plan.feeders_each + number + 1}"
        feeders.append({
            "id": feeder, "substation_id": f"{ground.plan.id}-sub-{sub + 1}",
            "district_id": ground.plan.id, "name_en": f"Feeder {feeder[3:]}",
            "name_zh": f"{feeder[4:]}号馈线",
        })  # fmt: skip
        parent = None
        for part, (near, far) in enumerate(pairwise(ground.plan.cuts), start=1):
            stretch = Stretch(f"{feeder}-s{part}", feeder, east, north, angle, near, far)
            sections.append(_section(ground, stretch, parent))
            transformers.extend(_transformers(ground, stretch))
            parent = stretch.section
    return feeders, sections, transformers


@dataclass(frozen=True)
class Stretch:
    """The part of a feeder's ray that is one section, in metres from the substation."""

    section: str
    feeder: str
    east: float
    north: float
    angle: float
    near: float
    far: float

    def at(self, along: float, aside: float = 0.0) -> tuple[float, float]:
        """Return metres east and north of the district's centre."""
        ahead, left = cos(self.angle), sin(self.angle)
        return (
            self.east + along * ahead - aside * left,
            self.north + along * left + aside * ahead,
        )


def _section(ground: Ground, stretch: Stretch, parent: str | None) -> dict[str, Any]:
    ends = [ground.degrees(*stretch.at(r)) for r in (stretch.near, stretch.far)]
    path = ",".join(f"{lon} {lat}" for lon, lat in ends)
    return {
        "id": stretch.section,
        "feeder_id": stretch.feeder,
        "parent_section_id": parent,
        "name": stretch.section[3:].upper(),
        "customers": ground.plan.transformers_each * ground.plan.service_points_each,
        "path": f"SRID=4326;LINESTRING({path})",
    }


def _transformers(ground: Ground, stretch: Stretch) -> Iterator[dict[str, Any]]:
    count = ground.plan.transformers_each
    for i in range(count):
        along = stretch.near + (stretch.far - stretch.near) * (i + 0.5) / count
        yield {
            "id": f"{stretch.section}-t{i + 1}",
            "section_id": stretch.section,
            "feeder_id": stretch.feeder,
            "name": f"{stretch.section[3:].upper()}-T{i + 1}",
            "customers": ground.plan.service_points_each,
            "at": ground.point(*stretch.at(along, ground.random.uniform(-90, 90))),
        }


def street_of(number: int) -> tuple[str, str]:
    """Return the English and Chinese name of the n-th street of a district."""
    en, zh = STREETS[number % len(STREETS)]
    kinds = (("Road", "路"), ("Street", "街"), ("Lane", "巷"), ("Row", "坊"))
    kind_en, kind_zh = kinds[number // len(STREETS) % len(kinds)]
    return f"{en} {kind_en}", f"{zh}{kind_zh}"
