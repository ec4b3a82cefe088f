"""Answers about what customers and crews tell differently."""

from api.answers.base import Answer, Moment
from api.answers.desk import PagedOutage
from domain.discrepancy import Differing, Told


class CrewRecord(Answer):
    """What the crews' statements prove of the same outage."""

    promised_by: Moment
    arrived_at: Moment | None
    arrival: str
    on_time: bool | None
    contacted_at: Moment | None
    restored_at: Moment | None


class DiscrepancyShown(Answer):
    """One answered call that does not agree with the crew's record, and in what."""

    id: str
    at: Moment
    outage: PagedOutage
    report_number: int
    district: str
    agent: str
    crews: list[str]
    differs: list[Differing]
    customer: Told
    record: CrewRecord
