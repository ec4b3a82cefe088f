"""What the tags of OpenStreetMap mean to Relight."""

import re
from collections.abc import Mapping
from typing import TypeVar

from territory.land import (
    CourseKind,
    Names,
    SettlementKind,
    StreetKind,
    SurfaceKind,
)  # fmt: skip

Tags = Mapping[str, str]
Kind = TypeVar("Kind")

STREETS: dict[str, StreetKind] = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "unclassified": "residential",
    "residential": "residential",
    "living_street": "residential",
    "road": "residential",
    "service": "service",
    "track": "track",
}
COURSES: dict[tuple[str, str], CourseKind] = {
    ("waterway", "river"): "river",
    ("waterway", "canal"): "river",
    ("waterway", "stream"): "stream",
    ("waterway", "ditch"): "stream",
    ("waterway", "drain"): "stream",
    ("railway", "rail"): "railway",
    ("railway", "light_rail"): "railway",
    ("railway", "narrow_gauge"): "railway",
    ("railway", "tram"): "railway",
    ("power", "line"): "power_line",
    ("power", "minor_line"): "power_line",
}
SURFACES: dict[tuple[str, str], SurfaceKind] = {
    ("natural", "water"): "water",
    ("waterway", "riverbank"): "water",
    ("landuse", "reservoir"): "water",
    ("landuse", "basin"): "water",
    ("natural", "wood"): "wood",
    ("landuse", "forest"): "wood",
    ("landuse", "farmland"): "farmland",
    ("landuse", "farmyard"): "farmland",
    ("landuse", "orchard"): "farmland",
    ("landuse", "vineyard"): "farmland",
    ("landuse", "meadow"): "grass",
    ("landuse", "grass"): "grass",
    ("landuse", "village_green"): "grass",
    ("landuse", "recreation_ground"): "grass",
    ("landuse", "cemetery"): "grass",
    ("leisure", "park"): "grass",
    ("leisure", "garden"): "grass",
    ("leisure", "pitch"): "grass",
    ("leisure", "golf_course"): "grass",
    ("natural", "grassland"): "grass",
    ("natural", "scrub"): "grass",
    ("natural", "heath"): "grass",
    ("landuse", "residential"): "residential",
    ("landuse", "industrial"): "industrial",
    ("landuse", "railway"): "industrial",
    ("landuse", "commercial"): "commercial",
    ("landuse", "retail"): "commercial",
}
SETTLEMENTS: dict[str, SettlementKind] = {
    "city": "city",
    "town": "town",
    "village": "village",
    "hamlet": "hamlet",
    "suburb": "suburb",
    "quarter": "suburb",
}
SURFACE_KEYS = ("building", "natural", "waterway", "landuse", "leisure")
COURSE_KEYS = ("waterway", "railway", "power")
MILE_KM = 1.609344


def street_kind(tags: Tags) -> StreetKind | None:
    """Return the kind of a street that cars drive on, None for any other way."""
    kind = STREETS.get(tags.get("highway", "").removesuffix("_link"))
    if kind is None or tags.get("area") == "yes":
        return None
    shut = any(tags.get(key) == "no" for key in ("access", "vehicle", "motor_vehicle"))
    return None if shut else kind


def direction(tags: Tags) -> int:
    """Return 1 for a one-way street, -1 for one against its drawing, 0 for both ways."""
    told = tags.get("oneway", "")
    if told in {"yes", "true", "1"}:
        return 1
    if told in {"-1", "reverse"}:
        return -1
    if told:
        return 0
    round_about = tags.get("junction") in {"roundabout", "circular"}
    return 1 if round_about or tags.get("highway") == "motorway" else 0


def maxspeed_kmh(tags: Tags) -> float | None:
    """Return the signed speed, None where it is unknown or said in words."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/h)?", tags.get("maxspeed", "").strip())
    if found is None or not 0 < float(found[1]) < 250:
        return None
    return round(float(found[1]) * (MILE_KM if found[2] == "mph" else 1.0), 1)


def surface_kind(tags: Tags) -> SurfaceKind | None:
    """Return what an area is on the map, None for what is not drawn."""
    if tags.get("building", "no") != "no":
        return "building"
    return _first(tags, SURFACE_KEYS, SURFACES)


def course_kind(tags: Tags) -> CourseKind | None:
    """Return what a line is on the map, None for what is not drawn."""
    if tags.get("tunnel") in {"yes", "culvert"}:
        return None
    return _first(tags, COURSE_KEYS, COURSES)


def names(tags: Tags) -> Names:
    """Return the three forms of a name."""
    zh = tags.get("name:zh") or tags.get("name:zh-Hans")
    return Names(tags.get("name"), tags.get("name:en"), zh)


def count(tags: Tags, key: str) -> int | None:
    """Return a whole number from a tag, None where it is none."""
    told = tags.get(key, "").replace(",", "").strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


def _first(tags: Tags, keys: tuple[str, ...], kinds: Mapping[tuple[str, str], Kind]) -> Kind | None:
    for key in keys:
        value = tags.get(key)
        if value is not None and (key, value) in kinds:
            return kinds[key, value]
    return None
