"""Answers about crews."""

from typing import Literal

from api.answers.base import Allowed, Answer, GeoPoint, Moment, Names


class Member(Answer):
    """A person of a crew."""

    subject: str
    part: str


class LastPlace(Answer):
    """Where a crew was last; its depot when it never told."""

    at: GeoPoint
    occurred_at: Moment | None
    age_s: int | None


class ShiftNow(Answer):
    """The shift a crew is in, or its next one."""

    starts_at: Moment
    ends_at: Moment
    on_duty: bool


class LeadTask(Answer):
    """What a crew is about first."""

    id: str
    state: str
    outage: str


class BookingOfCrew(Answer):
    """That a crew is on call off its shift, or reserved, now or later."""

    id: str
    kind: Literal["on_call", "reserved"]
    since: Moment
    until: Moment
    reason: str
    place: str | None


class CrewPlaced(Answer):
    """A crew by name, with its place, its shift and its work."""

    id: str
    name: Names
    district: str
    depot: str
    grid: str | None
    position: LastPlace
    shift: ShiftNow | None
    load: int
    task: LeadTask | None


class CrewShown(CrewPlaced):
    """A crew; `planned_by` is the district that may plan it now.

    `parts` are what its vehicles still carry; null where nobody counts them.
    """

    planned_by: str
    skills: list[str]
    licences: dict[str, str]
    kit: list[str]
    parts: dict[str, int] | None
    active: bool
    members: list[Member]
    bookings: list[BookingOfCrew]


class StopOutage(Answer):
    """The outage of a task on a route."""

    id: str
    number: int
    seq: int
    stage: str
    status: str | None
    customers_off: int | None


class StopPlace(Answer):
    """Where a crew is to go; `address_en` where the address is the home's own and not as told."""

    at: GeoPoint
    address: str | None
    address_en: str | None
    area_class: str


class StopPromise(Answer):
    """By when somebody was promised to be there."""

    arrival_by: Moment | None


class StopShown(Answer):
    """One task of a route; `ready` tells that nothing must be done before it."""

    task: str
    kind: str
    state: str
    eta: Moment | None
    assigned_at: Moment | None
    arrived_at: Moment | None
    ready: bool
    work_s: int | None
    skills: list[str]
    licences: list[str]
    parts: dict[str, int]
    outage: StopOutage
    place: StopPlace
    promise: StopPromise
    hazards: list[str]
    life_support: bool
    key_class: str | None
    allowed: list[Allowed]


class LineShown(Answer):
    """A GeoJSON line."""

    type: Literal["LineString"]
    coordinates: list[tuple[float, float]]


class LegShown(Answer):
    """The way to a task from the one before; `straight` tells why it is no road."""

    task: str
    seconds: int
    metres: int
    straight: str | None
    line: LineShown


class WayShown(Answer):
    """The way from where the crew is, by which engine, and why by no better one."""

    by: str
    reason: str | None
    legs: list[LegShown]


class RouteShown(Answer):
    """A crew's tasks in the order of its plan; `way` only if it was asked for."""

    crew: str
    at: Moment
    items: list[StopShown]
    next_cursor: None
    way: WayShown | None = None


class PositionsKept(Answer):
    """How many fixes were new."""

    kept: int
    received_at: Moment


class ShiftShown(Answer):
    """A shift."""

    id: str
    crew: str
    starts_at: Moment
    ends_at: Moment
    max_duty_s: int
