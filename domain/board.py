"""What a board works with: open outages, crews on hand, its ledger, its locks and its rhythm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.outage import Outage
from domain.value import Value

DEBOUNCE = timedelta(milliseconds=300)
"""How long a board gathers news before it looks."""

LOOK_AGAIN = timedelta(minutes=5)
"""How long a board rests at most: the world moves also when nobody tells."""

SOON = timedelta(hours=2)
"""A shift that begins this soon is worth planning for."""


@dataclass(frozen=True)
class OpenOutage:
    """An outage with work to do: its whole state, its promise, its policy and its grid."""

    state: Outage
    deadline: datetime
    policy_hash: str
    grid: str | None


@dataclass(frozen=True)
class OnCall:
    """A crew off its shift that may be called out, since when it rests, and when it was called."""

    turn_ended: datetime | None
    called_at: datetime | None


@dataclass(frozen=True)
class Spell:
    """A stretch of a crew from setting out to the end of the work; not done where it lasts."""

    set_out: datetime
    done: datetime | None
    arrived: datetime | None = None


@dataclass(frozen=True)
class CrewOnHand:
    """A crew this district may plan, where it was last, its shift and who is in it.

    Of a crew that is `on_call` the shift is how long that lasts. From `reserved_from` on it is kept
    for something else. `borrowed_from` names the district that lends it, or would, for a task.
    `turn_before` and `spells` tell when its last turn ended and how it worked since, where asked.
    """

    id: str
    lon: float
    lat: float
    position_at: datetime | None
    skills: tuple[str, ...]
    licences: dict[str, str]
    shift_start: datetime
    shift_end: datetime
    max_duty_s: int
    size: int
    has_leader: bool
    has_safety_officer: bool
    grid: str | None
    depot: str | None
    kit: tuple[str, ...] = ()
    parts: Mapping[str, int] | None = None
    on_call: OnCall | None = None
    reserved_from: datetime | None = None
    borrowed_from: str | None = None
    turn_before: datetime | None = None
    spells: tuple[Spell, ...] = ()


class Placing(Value):
    """A task given to a crew (or to none) by a board, newer than the projection may know.

    The crew was told to be there at `eta`.
    """

    task: str
    crew: str | None
    epoch: int
    outage_seq: int
    eta: AwareDatetime | None = Field(default=None, exclude_if=lambda at: at is None)


class Pin(Value):
    """A dispatcher's lock on a task: its crew, its time, both, a range, or a crew ruled out."""

    task: str
    kind: Literal["crew", "time", "both", "range", "not"]
    crew: str | None = None
    not_before: AwareDatetime | None = None
    not_after: AwareDatetime | None = None
