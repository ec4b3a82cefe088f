"""A crew's photo of what it found: what it shows, how many an order holds, who may look when.

It is kept beside an order's statements and moves nothing: no state, no verdict, no promise.
"""

from datetime import datetime
from enum import StrEnum

from domain.kinds import Role
from domain.place import Point
from domain.value import Value

MOST_OF_ORDER = 60
LONGEST_NOTE = 300
LOOKERS = frozenset(
    {Role.CREW, Role.DISPATCHER, Role.CALLBACK_AGENT, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN}
)


class Shows(StrEnum):
    """What a photo is of."""

    DAMAGE = "damage"
    HAZARD = "hazard"
    TEMPORARY_REPAIR = "temporary_repair"
    METER = "meter"
    OTHER = "other"


class Photo(Value):
    """What a crew says with a picture; `sent_digest` is sha256 over the bytes that came in."""

    id: str
    outage: str
    task: str | None
    crew: str
    subject: str
    shows: Shows
    note: str | None
    device: str
    device_seq: int
    occurred_at: datetime
    received_at: datetime
    position: Point | None
    sent_digest: str


def hidden_from(role: Role, answers_owed: int) -> bool:
    """Tell whether somebody may not look yet: who asks the reporters is not led by the crew."""
    return role is Role.CALLBACK_AGENT and answers_owed > 0
