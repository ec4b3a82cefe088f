"""How places become seconds, as a snapshot says it: geodesic, or over roads of a named version."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.kinds import AreaClass
from domain.value import Value, canonical_json

Speed = Annotated[float, Field(ge=0.1, le=200, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.001, le=200, allow_inf_nan=False)]

NEWER = frozenset({"roads", "fallback"})


class RoadModel(Value):
    """Which roads are driven and how fast just now.

    `data` is the digest of the map file, `version` the engine with its data. `closed` are ways
    that nobody can drive and `slow` shares of the usual speed by kind of road, both as at the
    snapshot's moment. `pace` multiplies durations by the area class of both ends of a leg.
    """

    engine: str
    version: str
    data: str
    closed: tuple[int, ...] = ()
    slow: dict[str, Share] = Field(default_factory=dict)
    pace: dict[AreaClass, Share] = Field(default_factory=dict)


class TravelModel(Value):
    """How places become seconds: geodesic metres times circuity, by speed of both ends.

    With `roads` the streets are driven, and the geodesic numbers only stand in where no street
    leads. `fallback` is why streets are not driven although there are some.
    """

    kind: str = "geodesic"
    version: str = "1"
    circuity: float = Field(default=1.3, ge=1, le=10, allow_inf_nan=False)
    speed_kmh: dict[AreaClass, Speed] = Field(
        default_factory=lambda: {
            AreaClass.URBAN: 25.0,
            AreaClass.RURAL: 50.0,
            AreaClass.REMOTE: 40.0,
        }
    )
    roads: RoadModel | None = None
    fallback: str | None = None

    def lean(self) -> dict[str, Any]:
        """Return plain data without newer fields that say nothing: a digest stays what it was."""
        told = self.model_dump(mode="json")
        return {name: each for name, each in told.items() if name not in NEWER or each is not None}

    def canonical(self) -> str:
        """Return the one JSON text of this value."""
        return canonical_json(self.lean())

    @model_validator(mode="after")
    def _roads_are_named(self) -> Self:
        if (self.kind == "roads") != (self.roads is not None):
            raise PydanticCustomError("roads", "kind roads and the roads themselves go together")
        return self

    @model_validator(mode="after")
    def _every_class_has_a_speed(self) -> Self:
        if missing := ", ".join(area for area in AreaClass if area not in self.speed_kmh):
            raise PydanticCustomError("speed", "no speed for {areas}", {"areas": missing})
        return self
