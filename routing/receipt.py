"""A plan as a receipt: who goes where and when, who waits and why, and what it costs."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.value import Value, canonical_json, digest_of
from routing.breaks import BreakTaken
from routing.moments import Moment
from routing.snapshot import Id

Params = dict[str, str | int | float]
NewTerm = Annotated[float, Field(exclude_if=lambda amount: not amount)]


class Code(StrEnum):
    """Why a crew cannot take a task, or a task has no crew."""

    NO_CREW = "no_crew"
    AREA_CLOSED = "area_closed"
    NO_SHIFT = "no_shift"
    NOT_RESTED = "not_rested"
    RESERVED = "reserved"
    REFUSED = "refused"
    SKILL = "skill"
    LICENCE = "licence"
    KIT = "kit"
    PARTS = "parts"
    CREW_SIZE = "crew_size"
    LEADER = "leader"
    SAFETY_OFFICER = "safety_officer"
    LOCKED_ELSEWHERE = "locked_elsewhere"
    LOCKED_CREW_ABSENT = "locked_crew_absent"
    LICENCE_EXPIRED = "licence_expired"
    SHIFT_END = "shift_end"
    DUTY_HOURS = "duty_hours"
    BREAK = "break"
    WAITS_FOR_TASK = "waits_for_task"
    SAME_CREW = "same_crew"
    NO_SECOND_CREW = "no_second_crew"
    TOO_EXPENSIVE = "too_expensive"
    NOT_FOUND_IN_TIME = "not_found_in_time"
    LEFT_FOR_PLANNING = "left_for_planning"
    TURNED_AROUND = "turned_around"


class StopCause(StrEnum):
    """Why the search ended; a plan that met the wall cap cannot be made again exactly."""

    EMPTY = "empty"
    LOCAL_OPTIMUM = "local_optimum"
    OPTIMAL = "optimal"
    SOLUTION_LIMIT = "solution_limit"
    WALL_CAP = "wall_cap"
    NO_SEARCH = "no_search"


class Hold(StrEnum):
    """Why a visit is where it is."""

    FROZEN = "frozen"
    DANGER = "danger"
    KEPT = "kept"
    PLANNED = "planned"


class Reason(Value):
    """A rule or a price that said no, with what a sentence about it needs."""

    code: Code
    params: Params = Field(default_factory=dict)


class CrewReason(Reason):
    """The first rule that keeps one crew from one task."""

    crew: Id


class Unassigned(Reason):
    """A task without a crew, and why for every crew."""

    task: Id
    crews: tuple[CrewReason, ...] = ()


class Visit(Value):
    """One stop of a crew; `slack_s` is how early it arrives, negative when late."""

    sequence: int = Field(ge=1)
    task: Id
    hold: Hold = Hold.PLANNED
    depart_at: Moment
    eta: Moment
    start_at: Moment
    finish_at: Moment
    travel_s: int = Field(ge=0)
    travel_m: int = Field(ge=0)
    slack_s: int | None = None
    late_s: int = Field(default=0, ge=0)


class Route(Value):
    """The visits of one crew in order, and the break it has between or after them."""

    crew: Id
    visits: tuple[Visit, ...] = ()
    taken: BreakTaken | None = Field(default=None, exclude_if=lambda given: given is None)


class Cost(Value):
    """The price of a plan by term, heaviest first; their sum is what the search lowers."""

    danger: float = 0.0
    lateness: float = 0.0
    locks: float = 0.0
    unassigned: float = 0.0
    waiting: float = 0.0
    mean: NewTerm = 0.0
    travel: float = 0.0
    changes: float = 0.0
    away: NewTerm = 0.0
    callouts: NewTerm = 0.0
    reserve: NewTerm = 0.0
    turns: NewTerm = 0.0
    borrowed: NewTerm = 0.0
    fair: NewTerm = 0.0
    total: float = 0.0


class Plan(Value):
    """What came out for one snapshot, with everything needed to make it again.

    `previous` is what crews had been told, `intended` the plan made before this one. `turned` are
    the tasks whose crews were on their way to them and are turned around.
    """

    snapshot: str
    previous: str | None = None
    intended: str | None = Field(default=None, exclude_if=lambda given: given is None)
    routes: tuple[Route, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    turned: tuple[Id, ...] = Field(default=(), exclude_if=lambda given: not given)
    cost: Cost = Cost()
    stop_cause: StopCause
    solutions: int = 0
    solver: str
    travel: str
    wall_s: float = 0.0

    def digest(self) -> str:
        """Return the sha256 of the canonical text without the seconds it took."""
        return digest_of(canonical_json(self.model_dump(mode="json", exclude={"wall_s"})))


class PlanFault(StrEnum):
    """What the inspection can find wrong with a plan."""

    SNAPSHOT_MISMATCH = "snapshot_mismatch"
    UNKNOWN_CREW = "unknown_crew"
    UNKNOWN_TASK = "unknown_task"
    DOUBLE_ASSIGNMENT = "double_assignment"
    LOST_TASK = "lost_task"
    WRONG_ORDER = "wrong_order"
    OVERLAP = "overlap"
    WRONG_ETA = "wrong_eta"
    WRONG_ARITHMETIC = "wrong_arithmetic"
    WRONG_COST = "wrong_cost"
    AREA_CLOSED = "area_closed"
    SKILL = "skill"
    LICENCE = "licence"
    KIT = "kit"
    PARTS = "parts"
    CREW_SIZE = "crew_size"
    LEADER = "leader"
    SAFETY_OFFICER = "safety_officer"
    REFUSED = "refused"
    SHIFT = "shift"
    DUTY = "duty"
    NOT_RESTED = "not_rested"
    RESERVED = "reserved"
    BREAK_MISSED = "break_missed"
    BREAK_CUT = "break_cut"
    BREAK_HOURS = "break_hours"
    FROZEN_MOVED = "frozen_moved"
    LOCK_CREW = "lock_crew"
    LOCK_TIME = "lock_time"
    MEETING = "meeting"
    DANGER_LEFT = "danger_left"
    DANGER_WAITS = "danger_waits"
    NO_REASON = "no_reason"


Fault = PlanFault
"""As the inspection calls it; the interface has another fault, that of a request."""


class Violation(Value):
    """One thing wrong with a plan; `kept` marks a human's choice, told but not undone."""

    fault: Fault
    crew: str | None = None
    task: str | None = None
    kept: bool = False
    params: Params = Field(default_factory=dict)
