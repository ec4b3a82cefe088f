"""Answers about places: homes found, what a report would join, and what is taken to be off."""

from typing import Any, Literal

from api.answers.base import Answer, GeoPoint, Moment
from api.answers.planned import PlannedForCaller


class PlaceShown(Answer):
    """A home or shop that was found, with who is supplied there; `by` tells what matched.

    `metres` is how far it lies from the point that was asked about.
    """

    service_point_id: str
    address: str
    address_en: str
    at: GeoPoint
    transformer: str
    section: str
    feeder: str
    district: str
    customer: str | None
    phone: str | None
    life_support: bool
    key_class: str | None
    by: Literal["service_point", "phone", "name", "address", "point"]
    metres: int | None


class PlacesFound(Answer):
    """The best matches; with `more` there are others, and more should be typed."""

    items: list[PlaceShown]
    more: bool


class OutageNear(Answer):
    """An open outage around a place; `joins` marks the one a report now would join, and why."""

    id: str
    number: int
    stage: str
    status: str
    at: GeoPoint
    metres: int
    reports: int
    customers: int
    opened_at: Moment
    arrival_deadline: Moment | None
    etr: Moment | None
    arrived_at: Moment | None
    restored_at: Moment | None
    hazards: list[str]
    joins: bool
    why: Literal["transformer", "section", "distance", "announced"] | None


class EarlierReport(Answer):
    """A report from the same home, or with `same_phone` from the same number."""

    number: int
    outage: str
    outage_number: int
    received_at: Moment
    stage: str
    outcome: str | None
    same_phone: bool


class Matches(Answer):
    """What stands at a place now: where it lies, what a report would join, what was announced."""

    at: GeoPoint
    address: str | None
    service_point_id: str | None
    transformer: str | None
    section: str | None
    feeder: str | None
    district: str
    area_class: str
    life_support: bool
    key_class: str | None
    arrival_minutes: int
    planned: PlannedForCaller | None
    outages: list[OutageNear]
    earlier: list[EarlierReport]


class OutageBelow(Answer):
    """Another open outage all of whose calls come from below a device."""

    id: str
    number: int
    status: str
    reports: int
    customers: int


class DeviceShown(Answer):
    """A device that may be open: where it stands, how many hang below it, which calls it explains.

    `where` tells whether it is the one suspected, or lies upstream or downstream of that.
    """

    id: str
    kind: Literal["breaker", "recloser", "switch", "fuse", "transformer"]
    name: str
    at: GeoPoint
    where: Literal["suspected", "upstream", "downstream", "other"]
    customers: int
    transformers: int
    calls: int
    outages: list[OutageBelow]


class DevicesAround(Answer):
    """The devices that may be open behind an outage, the likeliest first.

    `calls` are those of which the network knows the place; `confirmed` was said by a person.
    """

    outage: str
    confirmed: str | None
    calls: int
    items: list[DeviceShown]


class ExtentShown(Answer):
    """What an outage, or a device, is taken to have darkened, as GeoJSON; `kind` says how far."""

    type: Literal["FeatureCollection"]
    outage: str
    kind: Literal["section", "transformer", "unknown"]
    device: str | None
    device_name: str | None
    customers: int
    features: list[dict[str, Any]]
