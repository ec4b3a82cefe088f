"""The land of a territory: its streets and what a map shows around them.

Coordinates are [lon, lat] in degrees (WGS 84). Ids are those of OpenStreetMap where the land comes
from there, so that a street keeps its id when the land is read again.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Spot = tuple[float, float]
"""A place as (lon, lat) in degrees."""

StreetKind = Literal[
    "motorway", "trunk", "primary", "secondary", "tertiary", "residential", "service", "track",
]  # fmt: skip
SurfaceKind = Literal[
    "building", "water", "wood", "farmland", "grass", "residential", "industrial", "commercial",
]  # fmt: skip
CourseKind = Literal["river", "stream", "railway", "power_line"]
SettlementKind = Literal["city", "town", "village", "hamlet", "suburb"]


class Names(NamedTuple):
    """What a place is called: as on its signs, in English and in Chinese; None where unknown."""

    local: str | None = None
    en: str | None = None
    zh: str | None = None


NAMELESS = Names()


class Bounds(NamedTuple):
    """The box around everything, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Street:
    """A street between its ends; `nodes` are shared where streets meet."""

    id: int
    kind: StreetKind
    path: tuple[Spot, ...]
    nodes: tuple[int, ...]
    names: Names = NAMELESS
    oneway: bool = False
    maxspeed_kmh: float | None = None


@dataclass(frozen=True)
class Surface:
    """An area of the map; each polygon is its outer ring and the rings of its holes.

    An area that a relation draws has the negative of the relation's id. `use` is what a building
    says of itself (`apartments`, `house`, `hospital`), `levels` and `flats` where it says so.
    """

    id: int
    kind: SurfaceKind
    polygons: tuple[tuple[tuple[Spot, ...], ...], ...]
    names: Names = NAMELESS
    use: str | None = None
    levels: int | None = None
    flats: int | None = None


@dataclass(frozen=True)
class Course:
    """A line of the map that nobody drives on."""

    id: int
    kind: CourseKind
    path: tuple[Spot, ...]
    names: Names = NAMELESS


@dataclass(frozen=True)
class Settlement:
    """A place where people live, as a name on the map."""

    id: int
    kind: SettlementKind
    at: Spot
    names: Names
    population: int | None = None


@dataclass(frozen=True)
class Land:
    """Everything of a map file that Relight uses.

    `digest` is the SHA-256 of the file: the version of all data drawn or driven from it.
    `attribution` must be shown wherever the land is.
    """

    name: str
    source: str
    attribution: str
    digest: str
    bounds: Bounds
    streets: tuple[Street, ...] = field(repr=False)
    surfaces: tuple[Surface, ...] = field(repr=False)
    courses: tuple[Course, ...] = field(repr=False)
    settlements: tuple[Settlement, ...] = field(repr=False)
