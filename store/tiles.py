"""Vector tiles out of our own rows: the land for everybody, the network for those who work on it.

A tile is one query. What is too small to be seen at a zoom is left out, lines are drawn to half a
pixel, and each layer holds a bounded number of features, the most important first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan, degrees, pi, sinh
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.value import digest_of
from store.tile_layers import TILES, Kind

DEEPEST = 16
"""Closer than this a map magnifies the tiles it has."""
MOST_FEATURES = 6_000
_EARTH_DEG = 360.0
_TILE_PX = 512
_MARGIN = 1 / 32

STREETS_FROM = {
    "motorway": 4, "trunk": 5, "primary": 7, "secondary": 9, "tertiary": 10, "residential": 12,
    "service": 14, "track": 13,
}  # fmt: skip
"""From which zoom on a kind is drawn, here and below."""
SURFACES_FROM = {
    "water": 4, "wood": 6, "farmland": 9, "grass": 10, "residential": 8, "industrial": 9,
    "commercial": 10,
}  # fmt: skip
COURSES_FROM = {"river": 7, "railway": 8, "power_line": 11, "stream": 13}
SETTLEMENTS_FROM = {"city": 3, "town": 7, "village": 10, "suburb": 11, "hamlet": 12}
BUILDINGS_FROM = 13
TRANSFORMERS_FROM = 12
DEVICES_FROM = {"breaker": 11, "recloser": 12, "switch": 12, "fuse": 13}


class Spot(NamedTuple):
    """Which tile: its zoom, its column from the west, its row from the north."""

    z: int
    x: int
    y: int

    def reach(self) -> dict[str, float]:
        """Return the box in degrees that a tile is drawn from: a little wider than it is.

        Not by the database's projection, which puts what lies beyond the date line at the
        other end of the world.
        """
        wide = 1.0 + 2 * _MARGIN
        return {
            "west": _EARTH_DEG * (self.x - _MARGIN) / 2**self.z - 180.0,
            "east": _EARTH_DEG * (self.x - _MARGIN + wide) / 2**self.z - 180.0,
            "north": _latitude((self.y - _MARGIN) / 2**self.z),
            "south": _latitude((self.y - _MARGIN + wide) / 2**self.z),
        }


def _latitude(down: float) -> float:
    """Return the latitude at a share of the way from the north to the south of the square map."""
    return degrees(atan(sinh(pi * (1.0 - 2.0 * down))))


@dataclass(frozen=True)
class Versions:
    """What the tiles are drawn from: another value means that all of them may look different."""

    land: str
    network: str


_VERSIONS = text("""
SELECT (SELECT digest || ' ' || loaded_at FROM land) AS land,
       concat_ws(' ',
           (SELECT sum(hashtextextended(a::text, 0)) FROM service_areas a),
           (SELECT sum(hashtextextended(s::text, 0)) FROM substations s),
           (SELECT sum(hashtextextended(f::text, 0)) FROM feeders f),
           (SELECT sum(hashtextextended(s::text, 0)) FROM sections s),
           (SELECT sum(hashtextextended(d::text, 0)) FROM devices d),
           (SELECT sum(hashtextextended(t::text, 0)) FROM transformers t)) AS network
""")


def versions(session: Session) -> Versions:
    """Return what the tiles are drawn from now."""
    row = session.execute(_VERSIONS).one()
    return Versions(digest_of(row.land or "")[:20], digest_of(row.network)[:20])


def drawn(session: Session, kind: Kind, spot: Spot, scope: Sequence[str] | None = None) -> bytes:
    """Draw a tile; of the network only what lies in the districts of `scope`, None being all."""
    zoom = spot.z
    step = _EARTH_DEG / 2**zoom / _TILE_PX / 2
    asked = {**spot._asdict(), **spot.reach(), "step": step, "most": MOST_FEATURES}
    if kind == "land":
        asked |= {
            # Smaller than three pixels by three is a speck.
            "speck": (step * 6) ** 2 if zoom < DEEPEST else 0.0,
            "streets": _shown(STREETS_FROM, zoom),
            "surfaces": _shown(SURFACES_FROM, zoom),
            "courses": _shown(COURSES_FROM, zoom),
            "settlements": _shown(SETTLEMENTS_FROM, zoom),
            "buildings": zoom >= BUILDINGS_FROM,
        }
    else:
        asked |= {
            "scope": None if scope is None else list(scope),
            "transformers": zoom >= TRANSFORMERS_FROM,
            "devices": _shown(DEVICES_FROM, zoom),
        }
    return bytes(session.scalar(TILES[kind], asked) or b"")


def _shown(kinds: Mapping[str, int], zoom: int) -> list[str]:
    return [kind for kind, first in kinds.items() if zoom >= first]
