"""Bodies of requests that are not actions or orders: what may be said, and how strictly."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.places import AreaIn, PointIn
from api.strictness import Moment, Strictly
from domain.kinds import AreaClass, BookingKind, Channel, Hazard, Scope
from domain.parts import Count, PartName
from territory.land import StreetKind

Id = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
"""An id chosen by a client; the same id sent again is the same deed."""


StreetId = Annotated[int, Field(ge=1, lt=2**62)]
"""The id of a street, which is that of its way in OpenStreetMap."""


class Body(BaseModel):
    """The base of all bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceIn(Body):
    """Where: a service point, an exact address, or a point; at least one of them."""

    service_point_id: str | None = Field(default=None, min_length=1, max_length=64)
    address: str | None = Field(default=None, min_length=1, max_length=300)
    at: PointIn | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "PlaceIn":
        if self.service_point_id is None and self.address is None and self.at is None:
            raise PydanticCustomError("place_missing", "no place")
        return self


class ReportBody(Body):
    """What a caller says; the reporter need not be the customer."""

    channel: Channel
    source: str = Field(default="relight", min_length=1, max_length=64)
    external_id: str | None = Field(default=None, min_length=1, max_length=128)
    reporter_name: str | None = Field(default=None, max_length=120)
    reporter_phone: str | None = Field(default=None, pattern=r"^[0-9+() -]{3,32}$")
    reporter_is_customer: bool = True
    place: PlaceIn
    scope: Scope = Scope.HOME
    hazards: frozenset[Hazard] = frozenset()
    life_support: bool = False
    note: str | None = Field(default=None, max_length=2000)
    occurred_at: Moment | None = None


class ShiftBody(Body):
    """When a crew is on duty and for how long it may work in it."""

    starts_at: Moment
    ends_at: Moment
    max_duty_s: int = Field(gt=0, le=86_400)

    @model_validator(mode="after")
    def _forward(self) -> "ShiftBody":
        if not self.starts_at < self.ends_at:
            raise PydanticCustomError("range_reversed", "ends before it starts")
        return self


class ShiftChange(Body):
    """When a shift ends instead."""

    ends_at: Moment


class PartsBody(Body):
    """What a crew's vehicles carry of each part now; null: nobody counts it any more."""

    parts: Annotated[dict[PartName, Count], Field(max_length=200)] | None


class PositionIn(Body):
    """One fix of a crew's place by its phone."""

    at: PointIn
    occurred_at: Moment
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)


class AttemptBody(Body):
    """One try at a callback: unanswered, or the answers to the three fixed questions."""

    id: Id | None = None
    result: Literal["answered", "unanswered"]
    contacted_on_arrival: bool | None = None
    commitment_kept: bool | None = None
    satisfied: bool | None = None
    still_off: bool = False
    note: str | None = Field(default=None, max_length=2000)

    @model_validator(mode="after")
    def _complete(self) -> "AttemptBody":
        given = (self.contacted_on_arrival, self.commitment_kept, self.satisfied)
        whole = self.still_off or None not in given
        silent = not self.still_off and given == (None, None, None)
        if not (whole if self.result == "answered" else silent):
            raise PydanticCustomError("answers_incomplete", "answers do not fit the result")
        return self


class UnreachedBody(Body):
    """Why a reporter is given up as not to be reached."""

    id: Id | None = None
    note: str | None = Field(default=None, max_length=2000)


class MeterEventIn(Body):
    """One word of a meter: that it lost its supply, or has it back; `id` is the sender's own."""

    id: Id
    kind: Literal["last_gasp", "power_on"]
    service_point_id: str = Field(min_length=1, max_length=64)
    occurred_at: Moment


class MeterEventsBody(Body):
    """What meters said, up to two hundred words at a time: so many fit a body."""

    events: tuple[MeterEventIn, ...] = Field(min_length=1, max_length=200)


class PlannedWorkBody(Body):
    """Whose supply is off for work, from when until when, why, and what callers are told."""

    id: Id | None = None
    transformers: tuple[Id, ...] | None = Field(default=None, min_length=1, max_length=500)
    section: Id | None = None
    feeder: Id | None = None
    since: Moment
    until: Moment
    reason: str = Field(min_length=3, max_length=500)
    notice: str = Field(min_length=3, max_length=500)

    @model_validator(mode="after")
    def _makes_sense(self) -> "PlannedWorkBody":
        said = (self.transformers, self.section, self.feeder)
        if sum(each is not None for each in said) != 1:
            raise PydanticCustomError("planned_subject", "not one subject")
        if self.until <= self.since:
            raise PydanticCustomError("range_reversed", "ends before it starts")
        return self


class PlannedEndBody(Body):
    """How announced work ends before its time: supply is back, or it was withdrawn."""

    how: Literal["done", "withdrawn"]


class TakeOverBody(Body):
    """Taking over what was paged."""

    id: Id | None = None


class PolicyChoiceBody(Body):
    """Which policy new outages of a district get, and why; without one, that of the setting."""

    policy: str | None = Field(max_length=64, pattern=r"^[a-z0-9_]+$")
    reason: str = Field(min_length=3, max_length=500)


class LinkBody(Body):
    """For which report of the outage a link is, and how long it shows it."""

    report: Id
    days: int = Field(default=14, ge=1, le=60)


class ClosureBody(Body):
    """What nobody can drive on, where nobody may work, or which roads are slow; why and how long.

    Streets are named, or found at a place or in an area, in which nobody works either. A share of
    the usual speed goes with a kind of road or an area class, and with nothing else.
    """

    id: Id | None = None
    streets: tuple[StreetId, ...] | None = Field(default=None, min_length=1, max_length=500)
    at: PointIn | None = None
    area: AreaIn | None = None
    kind: StreetKind | None = None
    area_class: AreaClass | None = None
    share: float | None = Field(default=None, ge=0.05, le=1, allow_inf_nan=False)
    reason: str = Field(min_length=3, max_length=500)
    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "ClosureBody":
        said = (self.streets, self.at, self.area, self.kind, self.area_class)
        if sum(each is not None for each in said) != 1:
            raise PydanticCustomError("closure_subject", "not one subject")
        if (self.share is not None) != (self.kind is not None or self.area_class is not None):
            raise PydanticCustomError("closure_share", "share and subject do not go together")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise PydanticCustomError("range_reversed", "ends before it starts")
        return self


class BookingBody(Body):
    """Which crew is on call off its shift, or reserved, until when and why; from now without one.

    `place` tells in words where a crew is reserved to.
    """

    id: Id | None = None
    crew: Id
    kind: BookingKind
    since: Moment | None = None
    until: Moment
    reason: str = Field(min_length=3, max_length=500)
    place: str | None = Field(default=None, min_length=1, max_length=300)

    @model_validator(mode="after")
    def _has_a_length(self) -> "BookingBody":
        if self.since is not None and self.until <= self.since:
            raise PydanticCustomError("range_reversed", "ends before it starts")
        return self


StrictBooking = Annotated[BookingBody, Strictly(BookingBody)]
StrictClosure = Annotated[ClosureBody, Strictly(ClosureBody)]
StrictLink = Annotated[LinkBody, Strictly(LinkBody)]
StrictMeterEvents = Annotated[MeterEventsBody, Strictly(MeterEventsBody)]
StrictParts = Annotated[PartsBody, Strictly(PartsBody)]
StrictPlannedEnd = Annotated[PlannedEndBody, Strictly(PlannedEndBody)]
StrictPlannedWork = Annotated[PlannedWorkBody, Strictly(PlannedWorkBody)]
StrictReport = Annotated[ReportBody, Strictly(ReportBody)]
StrictShift = Annotated[ShiftBody, Strictly(ShiftBody)]
StrictShiftChange = Annotated[ShiftChange, Strictly(ShiftChange)]
StrictAttempt = Annotated[AttemptBody, Strictly(AttemptBody)]
StrictPolicyChoice = Annotated[PolicyChoiceBody, Strictly(PolicyChoiceBody)]
StrictUnreached = Annotated[UnreachedBody, Strictly(UnreachedBody)]
StrictAcknowledge = Annotated[TakeOverBody, Strictly(TakeOverBody)]
_Fixes = Annotated[list[PositionIn], Field(min_length=1, max_length=500)]
StrictPositions = Annotated[_Fixes, Strictly(_Fixes)]
