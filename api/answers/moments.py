"""Answers about moments that are past."""

from api.answers.base import Answer, Moment
from api.answers.boards import PlanMade
from api.answers.crews import CrewPlaced
from api.answers.outages import OutageBrief


class MomentShown(Answer):
    """A district as it was known at a moment, told `as_of` now.

    `items` are the outages that were open, `open` is how many; `plan` is the latest the board had.
    `crews` come with the first page, and are null on those that follow.
    """

    district: str
    known_at: Moment
    as_of: Moment
    open: int
    plan: PlanMade | None
    crews: list[CrewPlaced] | None
    items: list[OutageBrief]
    next_cursor: str | None
