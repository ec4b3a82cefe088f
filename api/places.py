"""Places as they come in: GeoJSON points or bare pairs, longitude before latitude."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

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


def _bad_box(kind: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query", "bbox")}])


def geojson(point: Point | None) -> dict[str, Any] | None:
    """Write a point as GeoJSON."""
    if point is None:
        return None
    return {"type": "Point", "coordinates": [point.lon, point.lat]}
