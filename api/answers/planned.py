"""Answers about planned works: what was announced, for whom, and how it ended."""

from typing import Literal

from api.answers.base import Answer, Moment


class PlannedWorkShown(Answer):
    """Work that was announced; with `ended_at` it ended then, whatever `until` says."""

    id: str
    district: str
    transformers: list[str]
    since: Moment
    until: Moment
    reason: str
    notice: str
    announced_by: str
    announced_at: Moment
    ended_by: str | None
    ended_at: Moment | None
    how: Literal["done", "withdrawn"] | None


class PlannedForCaller(Answer):
    """What a caller is told of the work that explains the loss of supply, in their language."""

    id: str
    since: Moment
    until: Moment
    notice: str
    said: str
