"""Ladders: at which share of which time who is told, until a promise is met."""

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.kinds import LadderRole
from domain.value import Value


class Rung(Value):
    """At `percent` of the way to a deadline, tell `to`; over 100 is past the deadline."""

    percent: int = Field(ge=1, le=1000)
    to: LadderRole
    call_customer: bool = False


def _rising(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """Refuse a ladder whose rungs do not rise: a rung is known by its percent."""
    percents = [rung.percent for rung in rungs]
    if any(low >= high for low, high in pairwise(percents)):
        raise PydanticCustomError(
            "ladder", "rungs must rise; found {percents}", {"percents": percents}
        )
    return rungs


Rungs = Annotated[tuple[Rung, ...], Field(min_length=1), AfterValidator(_rising)]

COMPLETION: Rungs = (
    Rung(percent=50, to=LadderRole.DISPATCHER),
    Rung(percent=100, to=LadderRole.TEAM_LEADER),
    Rung(percent=200, to=LadderRole.DUTY_MANAGER),
)
"""For policies that were pinned before they could say who is told of work never finished."""


class Ladders(Value):
    """The rungs of each deadline, lowest first."""

    assignment: Rungs
    acknowledgement: Rungs
    arrival: Rungs
    completion: Rungs = COMPLETION
    callback: Rungs
