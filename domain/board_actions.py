"""What a board does with an order: give it to a crew, tell another time, take it back."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.value import Value

Reason = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]


class Assign(Value):
    """Give a task to a crew (boards only)."""

    kind: Literal["assign"] = "assign"
    task: str
    crew: str
    epoch: int = Field(ge=1)
    eta: AwareDatetime | None = None
    plan: str | None = None
    ordered_by: str | None = None


class Reschedule(Value):
    """Tell the crew that has a task another time of arrival (boards only)."""

    kind: Literal["reschedule"] = "reschedule"
    task: str
    crew: str
    epoch: int = Field(ge=1)
    eta: AwareDatetime
    plan: str | None = None
    ordered_by: str | None = None


class Release(Value):
    """Take a task back from a crew (boards only)."""

    kind: Literal["release"] = "release"
    task: str
    crew: str
    epoch: int = Field(ge=1)
    reason: Reason
    ordered_by: str | None = None
