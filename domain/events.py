"""What can happen to an outage; each event is a fact of its life, numbered without gaps."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.actor import Actor
from domain.closing_events import (
    CallbacksFinished,
    CallbacksOpened,
    Closed,
    SealRefused,
    StillOff,
    Verified,
)
from domain.device import DeviceConfirmed
from domain.field_events import (
    Arrived,
    AssessmentStarted,
    CustomerContacted,
    CustomerSideFound,
    Held,
    MadeSafe,
    Resumed,
    SetOut,
    TaskAcknowledged,
    TaskAdded,
    TaskAssigned,
    TaskCancelled,
    TaskDone,
    TaskRefused,
    TaskReleased,
    TaskRescheduled,
    WorkStarted,
)
from domain.kinds import AreaClass, KeyClass, Ladder, LadderRole
from domain.parts import PartsNeeded
from domain.place import Point
from domain.planned import PlanEnded
from domain.regrouping import RegroupingEvent
from domain.report import Hazards
from domain.value import Value


class Opened(Value):
    """The first report opened an outage; the policy of the day is pinned.

    `restorations` is that of the order it was split off from: calls are numbered on from there.
    """

    kind: Literal["opened"] = "opened"
    district: str
    area_class: AreaClass
    policy_hash: str
    rules_version: int
    opened_at: AwareDatetime
    clock_start: AwareDatetime
    place: Point
    parent: str | None = None
    key_class: KeyClass | None = None
    customers: int
    planned_until: AwareDatetime | None = Field(
        default=None, exclude_if=lambda until: until is None
    )
    restorations: int = Field(default=0, ge=0, exclude_if=lambda before: before == 0)


class ReportsTaken(Value):
    """The workflow has heard of all reports up to a watermark."""

    kind: Literal["reports_taken"] = "reports_taken"
    reports: int
    watermark: int
    clock_start: AwareDatetime
    hazards: Hazards = frozenset()
    hazards_watermark: int = 0
    life_support: bool = False
    customers: int
    key_class: KeyClass | None = Field(default=None, exclude_if=lambda given: given is None)


class Confirmed(Value):
    """The outage is more than a guess."""

    kind: Literal["confirmed"] = "confirmed"
    by_evidence: str


class EstimateGiven(Value):
    """Somebody said when supply is expected back."""

    kind: Literal["estimate_given"] = "estimate_given"
    etr: AwareDatetime
    source: str


class PartlyRestored(Value):
    """A step brought some customers back; `customers_off` are still off."""

    kind: Literal["partly_restored"] = "partly_restored"
    task: str | None = None
    customers_back: int
    customers_off: int


class Restored(Value):
    """Supply is back for every customer, as far as the field knows."""

    kind: Literal["restored"] = "restored"
    task: str | None = None
    restoration_no: int
    restored_at: AwareDatetime
    temporary: bool = False
    resolution: str


class FieldCompleted(Value):
    """All field work is done; verification begins."""

    kind: Literal["field_completed"] = "field_completed"


class RungClimbed(Value):
    """A deadline passed a rung of its ladder; `overtaken` rungs are recorded, not paged."""

    kind: Literal["rung_climbed"] = "rung_climbed"
    rung: str
    ladder: Ladder
    percent: int
    to: LadderRole
    due: AwareDatetime
    late_s: int
    breach: bool
    call_customer: bool = False
    overtaken: bool = False


class RungAcknowledged(Value):
    """The person paged has taken it."""

    kind: Literal["rung_acknowledged"] = "rung_acknowledged"
    rung: str


class RulesRaised(Value):
    """From here on the outage is decided and folded by newer rules."""

    kind: Literal["rules_raised"] = "rules_raised"
    rules_version: int


class Urged(Value):
    """Somebody chased the order."""

    kind: Literal["urged"] = "urged"
    reason: str


Happening = Annotated[
    Opened
    | ReportsTaken
    | Confirmed
    | DeviceConfirmed
    | TaskAdded
    | TaskAssigned
    | TaskRescheduled
    | TaskReleased
    | TaskAcknowledged
    | TaskRefused
    | SetOut
    | Arrived
    | CustomerContacted
    | AssessmentStarted
    | MadeSafe
    | PartsNeeded
    | WorkStarted
    | Held
    | Resumed
    | CustomerSideFound
    | TaskDone
    | TaskCancelled
    | EstimateGiven
    | PartlyRestored
    | Restored
    | FieldCompleted
    | Verified
    | CallbacksOpened
    | CallbacksFinished
    | SealRefused
    | StillOff
    | Closed
    | RungClimbed
    | RungAcknowledged
    | RulesRaised
    | PlanEnded
    | RegroupingEvent
    | Urged,
    Field(discriminator="kind"),
]


class Event(Value):
    """One happening with its number, its two times and its doer.

    `at` is when it was decided, `occurred_at` when it happened in the field.
    """

    seq: int = Field(ge=1)
    at: AwareDatetime
    occurred_at: AwareDatetime
    actor: Actor
    action_id: str | None = None
    what: Happening


BOARD_MATTERS = frozenset(
    {
        "opened",
        "reports_taken",
        "device_confirmed",
        "task_added",
        "task_released",
        "task_refused",
        "task_done",
        "task_cancelled",
        "made_safe",
        "still_off",
        "rung_climbed",
        "task_joined",
        "merged",
        "merge_refused",
        "split_off",
        "split_refused",
    }
)
"""Kinds of happenings that may change what a board would plan; `domain.stirs` looks closer."""

__all__ = [
    "BOARD_MATTERS",
    "Arrived",
    "AssessmentStarted",
    "CallbacksFinished",
    "CallbacksOpened",
    "Closed",
    "Confirmed",
    "CustomerContacted",
    "CustomerSideFound",
    "DeviceConfirmed",
    "EstimateGiven",
    "Event",
    "FieldCompleted",
    "Happening",
    "Held",
    "MadeSafe",
    "Opened",
    "PartlyRestored",
    "PartsNeeded",
    "PlanEnded",
    "ReportsTaken",
    "Restored",
    "Resumed",
    "RungAcknowledged",
    "RungClimbed",
    "SealRefused",
    "SetOut",
    "StillOff",
    "TaskAcknowledged",
    "TaskAdded",
    "TaskAssigned",
    "TaskCancelled",
    "TaskDone",
    "TaskRefused",
    "TaskReleased",
    "TaskRescheduled",
    "Urged",
    "Verified",
    "WorkStarted",
]
