"""Parts that work uses up: how they are named and counted, and how a crew says what it needs."""

from typing import Annotated, Literal

from pydantic import Field

from domain.meeting import CallCrew
from domain.value import Value

PartName = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]
"""A short code as `fuse` or `transformer_100kva`; what is measured tells its unit: `cable_m`."""

MOST_PARTS = 1_000_000
Count = Annotated[int, Field(ge=0, le=MOST_PARTS)]
Counted = Annotated[int, Field(ge=1, le=MOST_PARTS)]
Parts = Annotated[dict[PartName, Counted], Field(exclude_if=lambda parts: not parts)]
"""What is used up, so many of each; not written where there is nothing, as before parts counted."""


class NeedParts(Value):
    """Say on site how many of a part the work will use up; 0 takes it back.

    Whoever looks or makes safe says it of the repair.
    """

    kind: Literal["need_parts"] = "need_parts"
    task: str
    part: PartName
    count: Count


class PartsNeeded(Value):
    """A crew said how many of a part a piece of work uses up."""

    kind: Literal["parts_needed"] = "parts_needed"
    task: str
    part: str
    count: int


AskedOnSite = CallCrew | NeedParts
