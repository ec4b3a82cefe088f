"""What is promised, and how it is counted: per case, or as a mean over a month's cases."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.ladders import Rung
from domain.value import Value


class Counting(StrEnum):
    """How the public promise is counted; the deadline of each case stands beside it."""

    CEILING = "ceiling"
    MEAN = "mean"


_SAID_BEFORE = {"ceiling per case, from report received": "ceiling"}
"""How policies pinned by the first version said it."""

Counted = Annotated[
    Counting, BeforeValidator(lambda said: _SAID_BEFORE.get(said, said), json_schema_input_type=str)
]


class ArrivalMinutes(Value):
    """Minutes from report received to arrival, at most, per area class.

    `key_customer` holds for every class of key customers that has no time of its own.
    """

    urban: int = Field(gt=0)
    rural: int = Field(gt=0)
    remote: int = Field(gt=0)
    key_customer: int | None = Field(default=None, gt=0)


class MeanMinutes(Value):
    """Minutes on the mean over all cases of an area class and month; None promises nothing."""

    urban: int = Field(gt=0)
    rural: int = Field(gt=0)
    remote: int | None = Field(default=None, gt=0)


class Means(Value):
    """Promised means: from report received to arrival, and from arrival to restoration."""

    arrival_min: MeanMinutes
    restoration_min: MeanMinutes | None = None


class KeyCustomer(Value):
    """What one class of key customers is promised, how much it weighs, and who hears first.

    `first` is climbed before every other rung of the arrival ladder.
    """

    arrival_min: int = Field(gt=0)
    weight: int | None = Field(default=None, gt=0)
    first: Rung | None = None


class Deadlines(Value):
    """How long each step may take, where it is not an arrival."""

    assignment_s: int = Field(gt=0)
    acknowledgement_s: int = Field(gt=0)
    completion_s: int = Field(default=3600, gt=0)
    permanent_s: int = Field(default=7 * 86_400, gt=0)
    callback_s: int = Field(gt=0)
    verification_s: int = Field(gt=0)
