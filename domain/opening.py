"""Everything a repair workflow needs to know to begin, in one value without persons."""

from pydantic import AwareDatetime, Field

from domain.clock import HouseClock
from domain.events import Opened, ReportsTaken
from domain.kinds import AreaClass, KeyClass
from domain.outage import Outage
from domain.place import Point
from domain.policy import Policy
from domain.report import ReportTally
from domain.value import Value


class OutageOpening(Value):
    """An outage as its row says it began; `policy` is the pinned text, not the present one.

    `state` is how it stands by the rows, for an outage that lived before: a workflow that must
    start again goes on from there. It travels beside the opening, never written within it.
    """

    outage: str
    district: str
    area_class: AreaClass
    policy: Policy
    policy_hash: str
    rules_version: int
    opened_at: AwareDatetime
    at: Point
    parent: str | None = None
    key_class: KeyClass | None = None
    customers: int
    tally: ReportTally
    clock: HouseClock
    planned_until: AwareDatetime | None = Field(
        default=None, exclude_if=lambda until: until is None
    )
    restorations: int = Field(default=0, ge=0, exclude_if=lambda before: before == 0)
    state: Outage | None = Field(default=None, exclude=True)

    def opened(self) -> Opened:
        """Return the first event of this outage."""
        return Opened(
            district=self.district,
            area_class=self.area_class,
            policy_hash=self.policy_hash,
            rules_version=self.rules_version,
            opened_at=self.opened_at,
            clock_start=self.tally.clock_start,
            place=self.at,
            parent=self.parent,
            key_class=self.key_class,
            customers=self.customers,
            planned_until=self.planned_until,
            restorations=self.restorations,
        )

    def reports_taken(self) -> ReportsTaken:
        """Return the event that tells of all reports known at the start."""
        return ReportsTaken(**dict(self.tally))
