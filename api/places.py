"""Places as they come in: GeoJSON points or bare pairs, longitude before latitude."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from shapely import Polygon

from domain.place import Point
from store.reading.outages import BBox

_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_GEOJSON = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "Point"}, "coordinates": _PAIR},
}


class _AsGeoJson:
    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [_GEOJSON, _PAIR], "examples": [[106.55, 29.56]]}


def _read(value: Any) -> Any:
    if isinstance(value, Point):
        return value
    if isinstance(value, dict):
        if set(value) != {"type", "coordinates"} or value["type"] != "Point":
            raise PydanticCustomError("coordinates_wrong", "no GeoJSON point")
        value = value["coordinates"]
    if not isinstance(value, list) or len(value) != 2 or not all(_number(x) for x in value):
        raise PydanticCustomError("coordinates_wrong", "no pair of numbers")
    lon, lat = value
    if abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180:
        raise PydanticCustomError("coordinates_swapped", "swapped")
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise PydanticCustomError("coordinates_wrong", "not on Earth")
    return Point(lon=lon, lat=lat)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


PointIn = Annotated[Point, BeforeValidator(_read), _AsGeoJson()]
"""A point in a request: `[lon, lat]` or a GeoJSON point."""


_AREA = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Polygon"},
        "coordinates": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {"type": "array", "items": _PAIR, "minItems": 4, "maxItems": 500},
        },
    },
    "additionalProperties": False,
}
MOST_RINGS, MOST_CORNERS = 20, 500
Rings = tuple[tuple[tuple[float, float], ...], ...]


class _AsPolygon:
    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        ring = [[106.54, 29.55], [106.56, 29.55], [106.56, 29.57], [106.54, 29.55]]
        return {**_AREA, "examples": [{"type": "Polygon", "coordinates": [ring]}]}


def _read_area(value: Any) -> Any:
    """Read a GeoJSON polygon: rings that end where they begin and do not cross themselves."""
    if not isinstance(value, dict) or set(value) != {"type", "coordinates"}:
        raise PydanticCustomError("area_wrong", "no GeoJSON polygon")
    rings = value["coordinates"]
    some = isinstance(rings, list) and 1 <= len(rings) <= MOST_RINGS
    if value["type"] != "Polygon" or not some:
        raise PydanticCustomError("area_wrong", "no GeoJSON polygon")
    read = []
    for ring in rings:
        if not isinstance(ring, list) or not 4 <= len(ring) <= MOST_CORNERS or ring[0] != ring[-1]:
            raise PydanticCustomError("area_wrong", "a ring is not closed")
        corners = [_read(corner) for corner in ring]
        read.append(tuple((each.lon, each.lat) for each in corners))
    if not Polygon(read[0], read[1:]).is_valid:
        raise PydanticCustomError("area_wrong", "it crosses itself")
    return tuple(read)


AreaIn = Annotated[Rings, BeforeValidator(_read_area), _AsPolygon()]
"""An area in a request: a GeoJSON polygon."""


BoxIn = Annotated[str | None, Query(description="west,south,east,north", max_length=200)]


def box_of(text: str | None) -> BBox | None:
    """Read a box as lists and the live feed take it."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_box("coordinates_wrong") from error
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90):
        raise _bad_box("coordinates_wrong")
    if not (west <= east and south <= north <= 90):
        raise _bad_box("range_reversed")
    return west, south, east, north


def point_of(text: str | None, name: str) -> Point | None:
    """Read a point as a query gives it, `lon,lat`; `name` is the parameter's."""
    if text is None:
        return None
    try:
        return _read([float(part) for part in text.split(",")])  # type: ignore[no-any-return]
    except PydanticCustomError as error:
        kind = error.type
    except ValueError:
        kind = "coordinates_wrong"
    raise RequestValidationError([{"type": kind, "loc": ("query", name)}])


def _bad_box(kind: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query", "bbox")}])


def geojson(point: Point | None) -> dict[str, Any] | None:
    """Write a point as GeoJSON."""
    if point is None:
        return None
    return {"type": "Point", "coordinates": [point.lon, point.lat]}
