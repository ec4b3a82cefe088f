"""Planned work: supply that is off as announced, until the announced end and not beyond."""

from typing import Literal

from pydantic import AwareDatetime

from domain.value import Value


class PlannedWork(Value):
    """What was announced for a place: a window in which its supply may be off."""

    id: str
    since: AwareDatetime
    until: AwareDatetime
    notice: str


class EndPlan(Value):
    """Say that planned work ended early, or was withdrawn and explains nothing any more.

    `clock_start` is the earliest report received: a withdrawn plan leaves a fault as old as that.
    """

    kind: Literal["end_plan"] = "end_plan"
    how: Literal["done", "withdrawn"]
    clock_start: AwareDatetime


class PlanEnded(Value):
    """The announced work explains the dark no longer: it is over, done early or withdrawn."""

    kind: Literal["plan_ended"] = "plan_ended"
    how: Literal["over", "done", "withdrawn"]
    clock_start: AwareDatetime
