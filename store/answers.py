"""What a caller is told when a report is accepted."""

from pydantic import AwareDatetime

from domain.planned import PlannedWork
from domain.value import Value


class Accepted(Value):
    """The report has a number, an outage, an owner and a promised time of arrival.

    Under `planned` work nobody is sent before its end; the promise counts from there. `repeated`
    tells that this is the answer to an earlier delivery of the same report.
    """

    report_id: str
    number: int
    outage_id: str
    outage_number: int
    opened: bool
    promised_arrival_at: AwareDatetime
    district_id: str
    area_class: str
    first_owner: str
    received_at: AwareDatetime
    planned: PlannedWork | None = None
    repeated: bool = False
