"""The base of all answers and the shapes that many of them share."""

from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.problems import status_of

CODES = "x-codes"
"""Under this name the document lists which codes an answer may have."""
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


Responses = dict[int | str, dict[str, Any]]


def answers(model: Any, status: int = 200, *, headers: Iterable[str] = ()) -> Responses:
    """Return the `responses` of an endpoint that answers with a model, and always these headers."""
    always = {name: {"required": True, "schema": {"type": "string"}} for name in headers}
    return {status: {"model": model, "headers": always} if always else {"model": model}}


def refuses(*codes: str) -> Responses:
    """Return the `responses` of an endpoint that refuses for these reasons of its own.

    What every endpoint of its kind refuses (no token, a wrong body, ...) is known without.
    """
    by_status: Responses = {}
    for code in sorted(codes):
        entry = by_status.setdefault(status_of(code), {CODES: []})
        entry[CODES].append(code)
    return by_status


Moment = AwareDatetime
