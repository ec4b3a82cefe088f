"""Answers about how a month kept its promises."""

from api.answers.base import Answer, Moment
from domain.month import Mean


class PolicyNamed(Answer):
    """By which policy these orders are judged: the one of their day."""

    name: str
    version: str
    digest: str
    counted: str


class MonthLine(Answer):
    """One area class under one policy; `cases` are the closed orders that needed a crew.

    `share` is that of the cases on time. Whoever never came is late; an order that ended before its
    deadline without a crew did not need one. At `customer_side` of the cases a crew came
    and found the fault behind the customer's meter: its arrival counts, and no restoration does.
    """

    area_class: str
    policy: PolicyNamed
    ceiling_min: int
    cases: int
    on_time: int
    late: int
    share: str
    never_came: int
    key_customers: int
    not_needed: int
    customer_side: int
    arrival: Mean
    restoration: Mean
    open: int
    open_late: int


class DistrictMonth(Answer):
    """One district's month, between its local midnights."""

    district: str
    time_zone: str
    begins: Moment
    ends: Moment
    lines: list[MonthLine]


class Month(Answer):
    """How a month kept its promises, as of a moment of the house clock."""

    month: str
    known_at: Moment
    districts: list[DistrictMonth]
