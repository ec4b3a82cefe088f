"""The network of a territory as plain rows, from the district down to the customer and the crew.

Every row names the rows it hangs on by their ids. How many customers hang on a line and which
feeder a transformer is on are not said here: both follow from the rest.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from territory.land import Spot

Ring = tuple[Spot, ...]
Polygons = tuple[tuple[Ring, ...], ...]
"""An area: each polygon is its outer ring and the rings of its holes; rings are closed."""

AreaClass = Literal["urban", "rural", "remote"]
DeviceKind = Literal["breaker", "recloser", "switch", "fuse"]
KeyClass = Literal["special", "1", "2", "temporary"]
Part = Literal["leader", "safety_officer", "member"]


class District(NamedTuple):
    """One supply district: the unit of dispatching."""

    id: str
    name_en: str
    name_zh: str
    time_zone: str
    hotline: str
    area: Polygons


class ServiceArea(NamedTuple):
    """A part of a district with one arrival commitment."""

    id: str
    district_id: str
    area_class: AreaClass
    boundary: Polygons


class Grid(NamedTuple):
    """A service grid with its team's telephone."""

    id: str
    district_id: str
    name_en: str
    name_zh: str
    phone: str
    leader: str
    boundary: Polygons


class Depot(NamedTuple):
    """Where crews start and stand by."""

    id: str
    district_id: str
    name_en: str
    name_zh: str
    at: Spot


class Substation(NamedTuple):
    """The head of a network."""

    id: str
    district_id: str
    name_en: str
    name_zh: str
    at: Spot


class Feeder(NamedTuple):
    """A line leaving a substation."""

    id: str
    substation_id: str
    district_id: str
    name_en: str
    name_zh: str


class Section(NamedTuple):
    """The part of a feeder behind one device; its parent lies nearer the substation.

    `path` walks every branch, there and back where a branch ends.
    """

    id: str
    feeder_id: str
    parent_section_id: str | None
    name: str
    path: tuple[Spot, ...]


class Device(NamedTuple):
    """A switching device at the head of its section, or an open tie between two sections."""

    id: str
    kind: DeviceKind
    name: str
    section_id: str
    tie_section_id: str | None
    normally_open: bool
    at: Spot


class Transformer(NamedTuple):
    """A distribution transformer."""

    id: str
    section_id: str
    name: str
    at: Spot


class ServicePoint(NamedTuple):
    """Where a home or a shop is connected; the address has both languages."""

    id: str
    transformer_id: str
    address: str
    address_en: str
    at: Spot


class Customer(NamedTuple):
    """Who is supplied at a service point."""

    id: str
    service_point_id: str
    name: str
    phone: str
    life_support: bool
    key_class: KeyClass | None


class Crew(NamedTuple):
    """A repair crew; each licence is its name and the moment it expires, in ISO 8601.

    `kit` is what its vehicles carry, `parts` so many of what is used up; without any nobody counts.
    """

    id: str
    district_id: str
    name_en: str
    name_zh: str
    depot_id: str
    grid_id: str | None
    skills: tuple[str, ...]
    licences: tuple[tuple[str, str], ...]
    kit: tuple[str, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()


class CrewMember(NamedTuple):
    """A person of a crew and the part taken in it."""

    crew_id: str
    subject: str
    part: Part


@dataclass(frozen=True)
class Network:
    """All rows of a network, in the order of their files."""

    districts: tuple[District, ...] = ()
    service_areas: tuple[ServiceArea, ...] = ()
    grids: tuple[Grid, ...] = ()
    depots: tuple[Depot, ...] = ()
    substations: tuple[Substation, ...] = ()
    feeders: tuple[Feeder, ...] = ()
    sections: tuple[Section, ...] = field(default=(), repr=False)
    devices: tuple[Device, ...] = field(default=(), repr=False)
    transformers: tuple[Transformer, ...] = field(default=(), repr=False)
    service_points: tuple[ServicePoint, ...] = field(default=(), repr=False)
    customers: tuple[Customer, ...] = field(default=(), repr=False)
    crews: tuple[Crew, ...] = field(default=(), repr=False)
    crew_members: tuple[CrewMember, ...] = field(default=(), repr=False)

    def rows(self, kind: str) -> tuple[Any, ...]:
        """Return the rows of one kind by its name."""
        rows: tuple[Any, ...] = getattr(self, kind)
        return rows


KINDS: dict[str, Any] = {
    "districts": District,
    "service_areas": ServiceArea,
    "grids": Grid,
    "depots": Depot,
    "substations": Substation,
    "feeders": Feeder,
    "sections": Section,
    "devices": Device,
    "transformers": Transformer,
    "service_points": ServicePoint,
    "customers": Customer,
    "crews": Crew,
    "crew_members": CrewMember,
}
"""Every kind of row, parents before children: the order in which they are loaded."""

NEEDED = ("districts", "service_areas", "substations", "feeders", "sections", "devices",
          "transformers", "service_points")  # fmt: skip
"""Without these no call can be placed; the other kinds may be left out."""

POINTS_TO = {
    "district_id": "districts",
    "substation_id": "substations",
    "feeder_id": "feeders",
    "parent_section_id": "sections",
    "section_id": "sections",
    "tie_section_id": "sections",
    "transformer_id": "transformers",
    "service_point_id": "service_points",
    "depot_id": "depots",
    "grid_id": "grids",
    "crew_id": "crews",
}
"""Which kind of row a column names."""

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("service_areas", "area_class"): get_args(AreaClass),
    ("devices", "kind"): get_args(DeviceKind),
    ("customers", "key_class"): get_args(KeyClass),
    ("crew_members", "part"): get_args(Part),
}
"""Columns that hold one of a few words."""

OPTIONAL = frozenset({"parent_section_id", "tie_section_id", "key_class", "grid_id"})
"""Columns that may be empty."""
