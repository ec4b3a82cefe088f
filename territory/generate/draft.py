"""The parts of an invented land while it is drawn, in metres."""

from dataclasses import dataclass, field
from typing import NamedTuple

from shapely import MultiPolygon, Polygon

from territory.generate.frame import Array
from territory.land import NAMELESS, CourseKind, Names, SettlementKind, StreetKind


@dataclass(frozen=True)
class Line:
    """A street; one on a deck of its own meets others only at its own points."""

    kind: StreetKind
    path: Array
    names: Names = NAMELESS
    oneway: bool = False
    maxspeed_kmh: int = 30
    deck: bool = False
    link: bool = False
    bridge: bool = False


@dataclass(frozen=True)
class Shape:
    """An area with the tags that say what it is."""

    tags: dict[str, str]
    outline: Polygon | MultiPolygon
    names: Names = NAMELESS


@dataclass(frozen=True)
class Stream:
    """A line nobody drives on."""

    kind: CourseKind
    path: Array
    names: Names = NAMELESS


@dataclass(frozen=True)
class Place:
    """A settlement on the plan; `reach_m` is about where its houses end."""

    kind: SettlementKind
    at: Array
    names: Names
    reach_m: float
    population: int = 0
    road: str = ""


class Box(NamedTuple):
    """Half the width and height of the land, in metres."""

    east: float
    north: float


@dataclass
class Draft:
    """Everything drawn so far."""

    lines: list[Line] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, other: "Draft") -> None:
        """Take everything of another draft."""
        self.lines += other.lines
        self.shapes += other.shapes
        self.streams += other.streams
        self.places += other.places
