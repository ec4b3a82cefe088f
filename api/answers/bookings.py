"""Answers about bookings of crews."""

from typing import Literal

from api.answers.base import Answer, Moment


class BookingShown(Answer):
    """A crew on call off its shift, or reserved; with `ended_at` it ended then."""

    id: str
    crew: str
    kind: Literal["on_call", "reserved"]
    since: Moment
    until: Moment
    reason: str
    place: str | None
    booked_by: str
    booked_at: Moment
    ended_by: str | None
    ended_at: Moment | None
