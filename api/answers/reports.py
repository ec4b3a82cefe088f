"""Answers about reports."""

from api.answers.base import Answer, GeoPoint, Moment
from api.answers.planned import PlannedForCaller


class NumberedReport(Answer):
    """A report by id and by the number people say on the phone."""

    id: str
    number: int


class OutageOfReport(Answer):
    """The outage a report joined; `opened` tells that it is the first."""

    id: str
    number: int
    opened: bool


class ReportTaken(Answer):
    """What the caller is told.

    Where supply is off for announced work, `planned` says so: nobody is sent before its end, and
    `promised_arrival_at` is when a crew comes if the light is not back then.
    """

    report: NumberedReport
    outage: OutageOfReport
    received_at: Moment
    promised_arrival_at: Moment
    area_class: str
    district: str
    first_owner: str
    planned: PlannedForCaller | None


class OutageStanding(Answer):
    """How far the outage of a report is."""

    id: str
    number: int
    stage: str
    status: str
    etr: Moment | None
    arrived_at: Moment | None
    restored_at: Moment | None


class ReportShown(Answer):
    """A report; who the reporter is stands only in answers to those who deal with persons."""

    id: str
    number: int
    seq: int
    channel: str
    source: str
    external_id: str | None
    reporter_is_customer: bool
    scope: str
    hazards: list[str]
    life_support: bool
    first_owner: str
    occurred_at: Moment | None
    received_at: Moment
    promised_arrival_at: Moment | None
    outcome: str | None
    outcome_at: Moment | None
    forgotten_at: Moment | None
    district: str
    transformer: str | None
    section: str | None
    outage: OutageStanding | None
    reporter_name: str | None = None
    reporter_phone: str | None = None
    customer_id: str | None = None
    service_point_id: str | None = None
    address: str | None = None
    address_en: str | None = None
    note: str | None = None
    at: GeoPoint | None = None
