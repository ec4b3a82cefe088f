"""Merging two orders of one cause, and splitting one order of two: what is said and told.

The order that gives up reports owns the change. While it is under way nobody else may do anything
to that order; it takes moments, and every step of it may be repeated.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.kinds import KeyClass, TaskKind
from domain.outage import Task
from domain.report import Hazards, ReportTally
from domain.value import Value

OutageId = Annotated[str, Field(max_length=64, pattern=r"^out_[0-9a-z]+$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]
MOST_NAMED = 100
"""So many reports or transformers may be named when an order is split: actions stay small."""


class Merge(Value):
    """Say that this order has the same cause as another, which takes over its reports."""

    kind: Literal["merge"] = "merge"
    into: OutageId


class Split(Value):
    """Say that some reports have another cause: they go on under an order of their own.

    Named are the reports, or the transformers they come from.
    """

    kind: Literal["split"] = "split"
    reports: tuple[Name, ...] = Field(default=(), max_length=MOST_NAMED)
    transformers: tuple[Name, ...] = Field(default=(), max_length=MOST_NAMED)


class Absorb(Value):
    """Take over the reports of another order, and the crews out for it (system only)."""

    kind: Literal["absorb"] = "absorb"
    outage: str
    restorations: int = Field(ge=0)
    tally: ReportTally
    tasks: tuple[Task, ...] = ()
    first_arrived_at: AwareDatetime | None = None


class NoteMerge(Value):
    """What became of a merge (system only); without a refusal this order is at its end."""

    kind: Literal["note_merge"] = "note_merge"
    into: str
    refused: str | None = None


class NoteSplit(Value):
    """What became of a split (system only): the new order, and what this one is left with."""

    kind: Literal["note_split"] = "note_split"
    into: str | None = None
    moved: int = Field(default=0, ge=0)
    left: ReportTally | None = None
    refused: str | None = None


class MergeBegun(Value):
    """Somebody said that another order has the same cause; the reports are being handed over."""

    kind: Literal["merge_begun"] = "merge_begun"
    into: str


class MergeRefused(Value):
    """The other order could not take the reports: this one keeps them and goes on."""

    kind: Literal["merge_refused"] = "merge_refused"
    into: str
    code: str


class Merged(Value):
    """Every report and every crew on its way went to another order; this one is over."""

    kind: Literal["merged"] = "merged"
    into: str


class Absorbed(Value):
    """The reports of another order with the same cause were taken over."""

    kind: Literal["absorbed"] = "absorbed"
    outage: str
    reports: int
    restorations: int
    first_arrived_at: AwareDatetime | None = None


class TaskJoined(Value):
    """A crew that was out for an order now taken over keeps its work, under this order."""

    kind: Literal["task_joined"] = "task_joined"
    task: str
    origin: str
    crew: str
    task_kind: TaskKind
    was: Task


class SplitBegun(Value):
    """Somebody said that some reports have another cause; they are being taken out."""

    kind: Literal["split_begun"] = "split_begun"
    reports: tuple[str, ...] = ()
    transformers: tuple[str, ...] = ()


class SplitOff(Value):
    """Some reports went on under an order of their own; this one is left with the others."""

    kind: Literal["split_off"] = "split_off"
    outage: str
    moved: int
    reports: int
    hazards: Hazards = frozenset()
    life_support: bool = False
    customers: int
    key_class: KeyClass | None = None


class SplitRefused(Value):
    """Nothing was split off: none of the reports are here, or all of them are."""

    kind: Literal["split_refused"] = "split_refused"
    code: str


RegroupingRequest = Merge | Split | Absorb | NoteMerge | NoteSplit
RegroupingEvent = (
    MergeBegun
    | MergeRefused
    | Merged
    | Absorbed
    | TaskJoined
    | SplitBegun
    | SplitOff
    | SplitRefused
)
