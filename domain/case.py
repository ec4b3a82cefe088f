"""What a rule is asked: an outage, an action permitted by the table, and the moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import events as e
from domain.actor import Actor
from domain.errors import Refused
from domain.outage import Outage, Stage, Task
from domain.policy import Policy

Happenings = tuple[e.Happening, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One action to be judged; `occurred` is the time that counts, never after `now`."""

    outage: Outage
    task: Task | None
    actor: Actor
    now: datetime
    occurred: datetime
    policy: Policy

    @property
    def job(self) -> Task:
        """Return the task the action is about."""
        if self.task is None:
            raise Refused("task_unknown", pointer="/task")
        return self.task


Rule = Callable[[Case, Any], Happenings]
"""A rule gives happenings or raises Refused; its second argument is the request it is for."""


def confirm(outage: Outage, evidence: str) -> Happenings:
    """Return the confirmation that a predicted outage gets from evidence."""
    if outage.stage is Stage.PREDICTED:
        return (e.Confirmed(by_evidence=evidence),)
    return ()
