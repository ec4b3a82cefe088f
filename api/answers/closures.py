"""Answers about closures: what is closed or slow, since when, and who said so."""

from typing import Literal

from api.answers.base import Answer, Moment
from domain.kinds import AreaClass


class GeoLines(Answer):
    """GeoJSON lines, each a list of `[lon, lat]`."""

    type: Literal["MultiLineString"]
    coordinates: list[list[tuple[float, float]]]


class GeoArea(Answer):
    """A GeoJSON polygon, each of its rings a list of `[lon, lat]`."""

    type: Literal["Polygon"]
    coordinates: list[list[tuple[float, float]]]


class ClosureShown(Answer):
    """A closure: of streets (`share` 0), or a kind of road or an area class that is slow.

    In an `area` nobody is sent to work; `streets` are then those that run in it. `geometry` shows
    the streets, null where there is none to show. With `lifted_at` it ended then,
    whatever `until` says.
    """

    id: str
    streets: list[int] | None
    kind: str | None
    area_class: AreaClass | None
    share: float
    geometry: GeoLines | None
    area: GeoArea | None = None
    reason: str
    since: Moment
    until: Moment | None
    declared_by: str
    declared_at: Moment
    lifted_by: str | None
    lifted_at: Moment | None
