"""Where a customer's answers and the crew's own record do not agree."""

from enum import StrEnum

from domain.field import Verdict
from domain.value import Value


class Differing(StrEnum):
    """One thing that the customer tells otherwise than the crew's record."""

    CONTACT_DENIED = "contact_denied"
    LATE_SAID = "late_said"
    ON_TIME_SAID = "on_time_said"
    STILL_OFF = "still_off"


class Told(Value):
    """What a customer answered in one call."""

    contacted_on_arrival: bool | None = None
    commitment_kept: bool | None = None
    satisfied: bool | None = None
    still_off: bool = False


def differing(told: Told, verdict: Verdict) -> tuple[Differing, ...]:
    """List what does not agree; where one side says nothing, nothing differs.

    A crew that stated no contact and a customer who tells of one differ in nobody's favour: that
    is no discrepancy.
    """
    found = []
    if told.contacted_on_arrival is False and verdict.contacted_at is not None:
        found.append(Differing.CONTACT_DENIED)
    if told.commitment_kept is False and verdict.on_time is True:
        found.append(Differing.LATE_SAID)
    if told.commitment_kept is True and verdict.on_time is False:
        found.append(Differing.ON_TIME_SAID)
    if told.still_off and verdict.restored_at is not None:
        found.append(Differing.STILL_OFF)
    return tuple(found)
