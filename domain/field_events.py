"""What can happen to a task of an outage: orders to crews, and what crews do in the field."""

from typing import Literal

from pydantic import AwareDatetime, Field

from domain.kinds import TaskKind
from domain.parts import Parts
from domain.report import Hazards
from domain.value import Value


class TaskAdded(Value):
    """A piece of field work is owed; crews with work of one `meeting` begin it together.

    What stands in `before` waits for it from now on.
    """

    kind: Literal["task_added"] = "task_added"
    task: str
    task_kind: TaskKind
    skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    work_s: int
    danger: bool = False
    meeting: str | None = Field(default=None, exclude_if=lambda meeting: meeting is None)
    before: tuple[str, ...] = Field(default=(), exclude_if=lambda waiting: not waiting)
    parts: Parts = Field(default_factory=dict)


class TaskAssigned(Value):
    """A board gave a task to a crew."""

    kind: Literal["task_assigned"] = "task_assigned"
    task: str
    crew: str
    epoch: int
    eta: AwareDatetime | None = None
    plan: str | None = None
    ordered_by: str | None = None


class TaskRescheduled(Value):
    """A board told the crew that has a task another time of arrival."""

    kind: Literal["task_rescheduled"] = "task_rescheduled"
    task: str
    crew: str
    epoch: int
    eta: AwareDatetime
    plan: str | None = None
    ordered_by: str | None = None


class TaskReleased(Value):
    """A board took a task back from a crew."""

    kind: Literal["task_released"] = "task_released"
    task: str
    crew: str
    epoch: int
    reason: str
    ordered_by: str | None = None


class TaskAcknowledged(Value):
    """The crew took the order."""

    kind: Literal["task_acknowledged"] = "task_acknowledged"
    task: str


class TaskRefused(Value):
    """The crew cannot take the order and says why."""

    kind: Literal["task_refused"] = "task_refused"
    task: str
    crew: str
    reason: str


class SetOut(Value):
    """The crew is on the way."""

    kind: Literal["set_out"] = "set_out"
    task: str


class Arrived(Value):
    """The crew says it is on site; `proven` tells whether its position bears that out."""

    kind: Literal["arrived"] = "arrived"
    task: str
    proven: bool


class CustomerContacted(Value):
    """The crew told the customer that it has arrived."""

    kind: Literal["customer_contacted"] = "customer_contacted"
    task: str
    reached: bool


class AssessmentStarted(Value):
    """The crew looks for the cause."""

    kind: Literal["assessment_started"] = "assessment_started"
    task: str


class MadeSafe(Value):
    """The danger is removed or guarded."""

    kind: Literal["made_safe"] = "made_safe"
    task: str
    hazards: Hazards


class WorkStarted(Value):
    """Repair began, with a named safety officer where the crew needs one."""

    kind: Literal["work_started"] = "work_started"
    task: str
    safety_officer: str | None = None


class Held(Value):
    """Work waits for access, material, clearance, trees, weather or a third party."""

    kind: Literal["held"] = "held"
    task: str
    reason: str


class Resumed(Value):
    """Work goes on."""

    kind: Literal["resumed"] = "resumed"
    task: str


class TaskDone(Value):
    """The crew finished this piece of work."""

    kind: Literal["task_done"] = "task_done"
    task: str
    cause: str | None = None


class TaskCancelled(Value):
    """This piece of work is no longer needed."""

    kind: Literal["task_cancelled"] = "task_cancelled"
    task: str
    reason: str


class CustomerSideFound(Value):
    """The fault is behind the customer's meter; the customer was told who mends it."""

    kind: Literal["customer_side_found"] = "customer_side_found"
    task: str
    told: str
