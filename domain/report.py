"""A report: what one person (or meter) told us, before and after it joins an outage."""

from typing import Annotated

from pydantic import AwareDatetime, Field, PlainSerializer

from domain.kinds import Channel, Hazard, KeyClass, Scope
from domain.place import Point
from domain.value import Value

Hazards = Annotated[frozenset[Hazard], PlainSerializer(sorted, return_type=list[str])]
"""A set of dangers with one canonical order when written."""


class ReportDraft(Value):
    """What a caller says. The place is a service point, an address or a point; at least one.

    The reporter need not be the customer: a neighbour, the radio or our own staff may call.
    """

    channel: Channel
    source: str = Field(default="relight", min_length=1, max_length=64)
    external_id: str | None = Field(default=None, max_length=128)
    reporter_name: str | None = Field(default=None, max_length=120)
    reporter_phone: str | None = Field(default=None, pattern=r"^[0-9+() -]{3,32}$")
    reporter_is_customer: bool = True
    service_point_id: str | None = Field(default=None, max_length=64)
    address: str | None = Field(default=None, max_length=300)
    at: Point | None = None
    scope: Scope = Scope.HOME
    hazards: Hazards = frozenset()
    life_support: bool = False
    note: str | None = Field(default=None, max_length=2000)
    occurred_at: AwareDatetime | None = None


Meters = Annotated[int, Field(ge=0, exclude_if=lambda count: count == 0)]
"""A number of meters; not written where there are none, as before meters were counted."""


class ReportTally(Value):
    """All reports of one outage as a workflow may see them: counts, no persons.

    Tallies commute: each part only grows (the clock only falls), so their order is nothing.
    `hazards_watermark` is that of the latest report naming a danger: it tells a second fallen
    wire from the first one, already made safe. 0 where the teller does not know. `key_class` is
    the foremost class of key customers among the reporters.
    """

    reports: int = Field(ge=0)
    watermark: int = Field(ge=0)
    clock_start: AwareDatetime
    hazards: Hazards = frozenset()
    hazards_watermark: int = Field(default=0, ge=0)
    life_support: bool = False
    customers: int = Field(default=1, ge=1)
    key_class: KeyClass | None = Field(default=None, exclude_if=lambda given: given is None)
