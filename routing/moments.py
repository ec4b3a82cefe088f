"""Moments of snapshots and plans, in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 1970, 2200


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("year", "this time lies outside the calendar") from error


def _within_reason(moment: datetime) -> datetime:
    """Refuse what is no time of any work: sums with it could leave the calendar."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise PydanticCustomError("year", "a time lies in the years {first} to {last}", years)
    return _utc(moment)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Told = Annotated[AwareDatetime, AfterValidator(_within_reason)]
"""A time that is reckoned with."""
