"""What can be asked of an outage; each action has an id and is safe to send again."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.actor import Actor
from domain.board_actions import Assign, Reason, Release, Reschedule
from domain.device import ConfirmDevice
from domain.kinds import TaskKind
from domain.parts import AskedOnSite
from domain.place import Point
from domain.planned import EndPlan
from domain.regrouping import RegroupingRequest
from domain.report import Meters, ReportTally
from domain.value import Value

"""A short code such as `too_far`: no free text enters a workflow or an event."""

Subject = Annotated[str, Field(max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@/-]*$")]
"""The id a person signs in with, never a name."""


class TakeReports(Value):
    """Hear of the reports up to a watermark (from the relay)."""

    kind: Literal["take_reports"] = "take_reports"
    tally: ReportTally


class Confirm(Value):
    """Say that the outage is real."""

    kind: Literal["confirm"] = "confirm"


class AddTask(Value):
    """Ask for one more piece of field work, e.g. a second fault found on site."""

    kind: Literal["add_task"] = "add_task"
    task_kind: TaskKind
    after: tuple[str, ...] = ()
    work_s: int | None = Field(default=None, ge=60, le=14 * 86400)


class CancelTask(Value):
    """Say that a piece of work nobody has begun is not needed."""

    kind: Literal["cancel_task"] = "cancel_task"
    task: str
    reason: Reason


class Acknowledge(Value):
    """Take the order."""

    kind: Literal["acknowledge"] = "acknowledge"
    task: str


class Refuse(Value):
    """Say why this crew cannot take the order."""

    kind: Literal["refuse"] = "refuse"
    task: str
    reason: Reason


class Depart(Value):
    """Say that the crew is on the way."""

    kind: Literal["depart"] = "depart"
    task: str


class Arrive(Value):
    """Say that the crew is on site; `position` is the proof."""

    kind: Literal["arrive"] = "arrive"
    task: str
    position: Point | None = None


class ContactCustomer(Value):
    """Say that the customer was told of the arrival, or could not be reached."""

    kind: Literal["contact_customer"] = "contact_customer"
    task: str
    reached: bool = True


class Assess(Value):
    """Say that the search for the cause has begun."""

    kind: Literal["assess"] = "assess"
    task: str


class MakeSafe(Value):
    """Say that the danger is removed or guarded."""

    kind: Literal["make_safe"] = "make_safe"
    task: str


class BeginWork(Value):
    """Say that repair begins and who watches over safety."""

    kind: Literal["begin_work"] = "begin_work"
    task: str
    safety_officer: Subject | None = None


class Hold(Value):
    """Say what the work waits for; trees on the line are cut by work of its own."""

    kind: Literal["hold"] = "hold"
    task: str
    reason: Literal["access", "material", "clearance", "trees", "weather", "third_party"]


class Resume(Value):
    """Say that work goes on."""

    kind: Literal["resume"] = "resume"
    task: str


class RestorePart(Value):
    """Say that a step brought customers back and how many are still off."""

    kind: Literal["restore_part"] = "restore_part"
    task: str
    customers_back: int = Field(ge=1)


class Restore(Value):
    """Say that supply is back for all customers."""

    kind: Literal["restore"] = "restore"
    task: str
    temporary: bool = False


class FindCustomerSide(Value):
    """Say that the fault is the customer's own, and how the customer was told who mends it."""

    kind: Literal["find_customer_side"] = "find_customer_side"
    task: str
    told: Literal["in_person", "by_phone", "notice_left"]


class Complete(Value):
    """Say that this piece of work is finished; a look that found `trees` has them cut."""

    kind: Literal["complete"] = "complete"
    task: str
    cause: Reason | None = None


class GiveEstimate(Value):
    """Say when supply is expected back."""

    kind: Literal["give_estimate"] = "give_estimate"
    etr: AwareDatetime


class Cancel(Value):
    """Say that no repair is needed; every reporter is still called back."""

    kind: Literal["cancel"] = "cancel"
    reason: Literal["false_report", "self_restored", "customer_side"]


class Urge(Value):
    """Chase the order."""

    kind: Literal["urge"] = "urge"
    reason: Reason


class AcknowledgeRung(Value):
    """Take over what was paged."""

    kind: Literal["acknowledge_rung"] = "acknowledge_rung"
    rung: str


class Reopen(Value):
    """A reporter says the light is not on (from a callback)."""

    kind: Literal["reopen"] = "reopen"
    report: str


class NoteCallbacksOpened(Value):
    """The callback list of this restoration stands (system only)."""

    kind: Literal["note_callbacks_opened"] = "note_callbacks_opened"
    restoration_no: int


class FinishCallbacks(Value):
    """Every report of this restoration has an outcome (callback campaign only)."""

    kind: Literal["finish_callbacks"] = "finish_callbacks"
    restoration_no: int
    done: int
    unreached: int
    confirmed: Meters = 0
    silent: Meters = 0


class NoteSeal(Value):
    """What sealing found (system only); nothing missing closes the outage."""

    kind: Literal["note_seal"] = "note_seal"
    missing: int = Field(ge=0)


class RaiseRules(Value):
    """Go on under newer rules (system only, where a run continues as new)."""

    kind: Literal["raise_rules"] = "raise_rules"
    to: int = Field(ge=1)


class Climb(Value):
    """Climb every rung that is due (system only)."""

    kind: Literal["climb"] = "climb"


Request = Annotated[
    TakeReports
    | Confirm
    | ConfirmDevice
    | AddTask
    | AskedOnSite
    | CancelTask
    | Assign
    | Reschedule
    | Release
    | Acknowledge
    | Refuse
    | Depart
    | Arrive
    | ContactCustomer
    | Assess
    | MakeSafe
    | BeginWork
    | Hold
    | Resume
    | RestorePart
    | Restore
    | FindCustomerSide
    | Complete
    | GiveEstimate
    | Cancel
    | EndPlan
    | RegroupingRequest
    | Urge
    | AcknowledgeRung
    | Reopen
    | NoteCallbacksOpened
    | FinishCallbacks
    | NoteSeal
    | RaiseRules
    | Climb,
    Field(discriminator="kind"),
]


class Action(Value):
    """One request with its id, its doer and when it happened in the field, if it did."""

    id: str = Field(min_length=1, max_length=128)
    actor: Actor
    occurred_at: AwareDatetime | None = None
    what: Request
