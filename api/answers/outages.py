"""Answers about outages."""

from typing import Any

from api.answers.base import Allowed, Answer, GeoPoint, Moment, Names
from domain.field import Verdict
from domain.outage import Task


class PlaceNamed(Answer):
    """Where an outage is by name: its transformer, the nearest street and settlement."""

    transformer: str | None
    street: Names | None
    settlement: Names | None


class TaskBrief(Answer):
    """A piece of work still owed; `ready` tells that nothing must be done before it.

    The crew was told to be there at `eta`.
    """

    id: str
    kind: str
    state: str
    crew: str | None
    eta: Moment | None
    danger: bool
    ready: bool


class RungAhead(Answer):
    """Who is told next of what, and when, unless the deadline is met before."""

    at: Moment
    percent: int
    to: str
    ladder: str
    due: Moment


class OutageListed(Answer):
    """What is told of an outage wherever it is told."""

    id: str
    number: int
    district: str
    grid: str | None
    area_class: str
    stage: str
    status: str
    seq: int
    at: GeoPoint
    opened_at: Moment
    clock_start: Moment
    hazards: list[str]
    life_support: bool
    key_class: str | None
    arrival_deadline: Moment | None
    arrived_at: Moment | None
    etr: Moment | None
    restoration_no: int
    restored_at: Moment | None
    closed_at: Moment | None
    known_at: Moment | None
    reports: int
    customers: int
    transformer: str | None
    section: str | None
    feeder: str | None
    parent: str | None
    merged_into: str | None
    device: str | None
    place: PlaceNamed
    next_rung: RungAhead | None


class OutageBrief(OutageListed):
    """An outage as lists show it, with the work still owed."""

    tasks: list[TaskBrief]


class TaskShown(Task):
    """A piece of field work with the name of its crew."""

    crew_name: Names | None


class Promise(Answer):
    """What was promised, by when a crew should be there, and by which policy it is judged."""

    arrival_by: Moment | None
    expected_by: Moment | None
    policy: str
    policy_hash: str


class NextRung(Answer):
    """Who is told next, and when, unless the deadline is met before."""

    at: Moment
    percent: int
    to: str


class DeadlineShown(Answer):
    """Something promised by a time; `late_s` is negative while there is time."""

    ladder: str
    key: str
    starts: Moment
    due: Moment
    late_s: int
    next_rung: NextRung | None


class VerdictShown(Verdict):
    """What the statements of the field prove; amended when late ones changed it."""

    amended: bool


class RestorationStep(Answer):
    """How many customers came back, and when."""

    restoration_no: int
    step_no: int
    customers: int
    occurred_at: Moment
    known_at: Moment


class CallbacksLeft(Answer):
    """How many callbacks are open and how many reports have no outcome."""

    open: int
    without_outcome: int


class OutageWhole(OutageListed):
    """An outage with all that belongs to it, for one caller."""

    customers_off: int | None
    open_hazards: list[str]
    etr_source: str | None
    temporary: bool
    resolution: str | None
    reopened: int
    tasks: list[TaskShown]
    promise: Promise
    deadlines: list[DeadlineShown]
    verdict: VerdictShown | None
    restoration_steps: list[RestorationStep]
    callbacks: CallbacksLeft
    allowed: list[Allowed]


class Line(Answer):
    """One line of a story; `data` is the record it is told from."""

    at: Moment
    occurred_at: Moment | None
    source: str
    kind: str
    actor: str | None
    seq: int | None
    sentence: str
    data: dict[str, Any]


class Story(Answer):
    """The story of an outage, earliest line first; times in sentences are local."""

    outage: str
    number: int
    time_zone: str
    items: list[Line]
    next_cursor: str | None


class ActionDone(Answer):
    """What an action came to: the new state."""

    outage: str
    action_id: str
    seq: int
    stage: str
    status: str
    repeated: bool
    fact: str | None
