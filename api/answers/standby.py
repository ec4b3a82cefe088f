"""Answers about where idle crews should wait."""

from api.answers.base import Answer, GeoPoint, Moment, Names
from routing.standby import Advice


class PostShown(Answer):
    """A place where crews may wait."""

    id: str
    name: Names
    at: GeoPoint


class StandbyShown(Answer):
    """Advice where idle crews should wait, and what it rests on; nobody is sent by it.

    `orders_counted` are past orders, those of this part of the day where they are enough
    (`by_part_of_day`).
    """

    district: str
    as_of: Moment
    travel: str
    orders_counted: int
    by_part_of_day: bool
    crews_idle: int
    crews_on_duty: int
    posts: list[PostShown]
    advice: Advice
    said: list[str]
