"""The base of all answers and the shapes that many of them share."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

Item = TypeVar("Item")


class Answer(BaseModel):
    """An answer; a member that is not named here is a defect of the document."""

    model_config = ConfigDict(extra="forbid")


class GeoPoint(Answer):
    """A GeoJSON point: `[lon, lat]`."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class Page(Answer, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None


class Allowed(Answer):
    """One thing the caller may do now, and on which task."""

    action: str
    task: str | None


class Names(Answer):
    """A name in both languages."""

    en: str
    zh: str


def answers(model: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of an endpoint that answers with a model."""
    return {status: {"model": model}}


Moment = AwareDatetime
