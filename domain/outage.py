"""An outage: one physical cause, its reports as counts, its tasks, and where it stands."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from domain.kinds import AreaClass, Hazard, KeyClass, TaskKind
from domain.parts import Parts
from domain.place import Point
from domain.report import Hazards
from domain.value import Value


class Stage(StrEnum):
    """How far the outage is, seen from the customers' side."""

    PREDICTED = "predicted"
    CONFIRMED = "confirmed"
    PARTIALLY_RESTORED = "partially_restored"
    RESTORED = "restored"
    VERIFYING = "verifying"
    CALLBACK = "callback"
    CLOSED = "closed"


DARK = frozenset({Stage.PREDICTED, Stage.CONFIRMED, Stage.PARTIALLY_RESTORED})
LIT = frozenset({Stage.RESTORED, Stage.VERIFYING, Stage.CALLBACK})
LIVE = DARK | LIT


class TaskState(StrEnum):
    """How far one piece of field work is."""

    QUEUED = "queued"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ASSESSING = "assessing"
    WORKING = "working"
    ON_HOLD = "on_hold"
    DONE = "done"
    CANCELLED = "cancelled"


FINISHED = frozenset({TaskState.DONE, TaskState.CANCELLED})
ON_SITE = frozenset({TaskState.ARRIVED, TaskState.ASSESSING, TaskState.WORKING, TaskState.ON_HOLD})
_PROGRESS = list(TaskState)


class Task(Value):
    """One piece of field work with its own skills, crew and state.

    `queued_at` is since when it could have been given to a crew; `first_dispatched_at` outlives
    a release, since nothing can have happened in the field before it; `rescheduled_at` is when
    the crew was told another `eta`. Tasks of one `meeting` are for different crews, which begin
    together. `parts` are used up by it.
    """

    id: str
    kind: TaskKind
    state: TaskState = TaskState.QUEUED
    skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    work_s: int = 3600
    danger: bool = False
    queued_at: AwareDatetime
    crew: str | None = None
    epoch: int = 0
    eta: AwareDatetime | None = None
    plan: str | None = None
    dispatched_at: AwareDatetime | None = None
    first_dispatched_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    arrived_at: AwareDatetime | None = None
    contacted_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    refused_by: tuple[str, ...] = ()
    rescheduled_at: AwareDatetime | None = Field(default=None, exclude_if=lambda at: at is None)
    meeting: str | None = Field(default=None, exclude_if=lambda meeting: meeting is None)
    parts: Parts = Field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Tell whether work is still owed."""
        return self.state not in FINISHED


class Regrouping(Value):
    """A merge into another order, or a split, that is under way; `id` names it for good."""

    id: str
    into: str | None = None
    reports: tuple[str, ...] = ()
    transformers: tuple[str, ...] = ()


class Answered(Value):
    """What an action came to; kept so that a retry gets the same answer."""

    action_id: str
    seq: int
    stage: Stage
    status: str


class Outage(Value):
    """The whole state of a repair order; folded from its events, never edited.

    `clock_start` is the earliest report received: every arrival promise runs from it.
    `restoration_no` counts how often supply was declared restored. While it is verified or
    called back no task is open; while danger is open a task to make safe is. With `planned_until`
    the dark is announced until then: nobody is sent, and the clock starts at the announced end.
    With a confirmed `device` place and customers are those of the device, and reports change them
    no more; `seen_at` are the places it was thought to be at before, where crews may have been.
    """

    id: str
    seq: int = 0
    stage: Stage = Stage.PREDICTED
    district: str
    area_class: AreaClass
    policy_hash: str
    rules_version: int
    opened_at: AwareDatetime
    clock_start: AwareDatetime
    at: Point
    parent: str | None = None
    key_class: KeyClass | None = None
    reports: int = 0
    watermark: int = 0
    hazards: Hazards = frozenset()
    cleared_hazards: Hazards = frozenset()
    hazards_watermark: int = 0
    cleared_watermark: int = 0
    life_support: bool = False
    customers: int = Field(default=1, ge=1)
    customers_off: int = Field(default=1, ge=0)
    tasks: tuple[Task, ...] = ()
    epoch: int = 0
    etr: AwareDatetime | None = None
    etr_source: str | None = None
    restoration_no: int = 0
    restored_at: AwareDatetime | None = None
    temporary: bool = False
    resolution: str | None = None
    reopened: int = 0
    first_arrived_at: AwareDatetime | None = None
    arrived_cycle: int | None = None
    completed_at: AwareDatetime | None = None
    callbacks_opened: int = 0
    callbacks_finished: int = 0
    closed_at: AwareDatetime | None = None
    planned_until: AwareDatetime | None = Field(
        default=None, exclude_if=lambda until: until is None
    )
    device: str | None = Field(default=None, exclude_if=lambda device: device is None)
    seen_at: tuple[Point, ...] = Field(default=(), exclude_if=lambda places: not places)
    regrouping: Regrouping | None = Field(default=None, exclude_if=lambda under_way: not under_way)
    merged_into: str | None = Field(default=None, exclude_if=lambda into: into is None)
    absorbed: tuple[str, ...] = Field(default=(), exclude_if=lambda others: not others)
    climbed: tuple[str, ...] = ()
    acknowledged_rungs: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()

    @property
    def open_hazards(self) -> frozenset[Hazard]:
        """Return the dangers not yet made safe."""
        return self.hazards - self.cleared_hazards

    @property
    def danger(self) -> bool:
        """Tell whether life safety is at stake now."""
        return bool(self.open_hazards)

    @property
    def dark(self) -> bool:
        """Tell whether customers are still off."""
        return self.stage in DARK

    @property
    def status(self) -> str:
        """Return the word of the trade for where the order stands, lead task included."""
        if self.merged_into is not None:
            return "merged"
        if self.regrouping is not None:
            return "splitting" if self.regrouping.into is None else "merging"
        if not self.dark:
            return self.stage.value
        if not self.open_tasks:
            return self.stage.value if self.planned_until is None else "planned"
        lead = max(self.open_tasks, key=lambda t: _PROGRESS.index(t.state))
        if lead.state is TaskState.ARRIVED and lead.contacted_at is not None:
            return "customer_contacted"
        return lead.state.value

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """Return the tasks still owed."""
        return tuple(t for t in self.tasks if t.open)

    def task(self, task_id: str) -> Task | None:
        """Return a task by its id."""
        return next((t for t in self.tasks if t.id == task_id), None)

    def meeting_of(self, task: Task) -> tuple[Task, ...]:
        """Return the open tasks that are begun together with this one, itself left out."""
        if task.meeting is None:
            return ()
        return tuple(t for t in self.open_tasks if t.meeting == task.meeting and t.id != task.id)

    def ready(self, task: Task) -> bool:
        """Tell whether all tasks that must come before this one are finished."""
        open_ids = {t.id for t in self.open_tasks}
        return not open_ids.intersection(task.after)

    def answer_to(self, action_id: str) -> Answered | None:
        """Return what a remembered action came to."""
        return next((a for a in self.answered if a.action_id == action_id), None)
