"""Places: WGS 84, longitude before latitude."""

from geopy.distance import geodesic
from pydantic import Field

from domain.value import Value


class Point(Value):
    """A place as [lon, lat] in degrees."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)


def metres_between(a: Point, b: Point) -> float:
    """Return the geodesic distance in metres."""
    if a == b:  # most proofs of presence are
        return 0.0
    return float(geodesic((a.lat, a.lon), (b.lat, b.lon)).meters)
