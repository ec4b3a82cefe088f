"""What one client is told: what its caller may see, narrowed by what it asked for."""

from dataclasses import dataclass
from typing import Literal

from api.desk_screens import INBOXES
from api.live.rows import Kind, Row, Touched
from api.sign_in import PERSONS, SEES_PERSONS, Caller
from domain.kinds import Role
from store.reading.outages import BBox

MAY_FOLLOW: dict[Kind, frozenset[Role]] = {
    Kind.OUTAGE: PERSONS - {Role.CUSTOMER},
    Kind.REPORT: SEES_PERSONS | {Role.AUDITOR},
    Kind.CREW: PERSONS - {Role.CUSTOMER},
    Kind.CALLBACK: frozenset({Role.CALLBACK_AGENT, Role.SUPERVISOR, Role.AUDITOR}),
    Kind.PAGE: PERSONS - {Role.CUSTOMER},
    Kind.BOARD: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN}),
    Kind.CLOSURE: PERSONS - {Role.CUSTOMER},
}
"""Who is told of which kind: the roles that may read its list."""

Told = Literal["row", "gone"]


@dataclass(frozen=True)
class View:
    """The caller, the kinds, and the district and box asked for, if any."""

    caller: Caller
    kinds: frozenset[Kind]
    district: str | None = None
    box: BBox | None = None

    @property
    def scope(self) -> list[str] | None:
        """Return the districts of which something may be told; None is all of them.

        A crew may be sent anywhere: its work is its scope.
        """
        if self.district is not None:
            return [self.district]
        return None if self.caller.role is Role.CREW else self.caller.scope

    def told(self, touched: Touched) -> Told | None:
        """Return how a change is told: the row, that it is out of sight, or not at all."""
        if touched.kind not in self.kinds:
            return None
        row = touched.row
        if row is not None and self._may_see(row) and self._wants(row):
            return "row"
        # Only crews move; of what never moves a client knows nothing that it was not told.
        if row is None or row.kind is Kind.CREW:
            return "gone" if self._may_hold(touched) else None
        return None

    def _may_see(self, row: Row) -> bool:
        caller = self.caller
        if row.kind is Kind.CLOSURE:
            return True
        if row.kind is Kind.PAGE and row.inbox not in INBOXES.get(caller.role, frozenset()):
            return False
        if caller.role is Role.CREW:
            at_home = row.kind is Kind.OUTAGE and _among(row.districts, caller.scope)
            return at_home or caller.crew in row.crews
        return _among(row.districts, caller.scope)

    def _wants(self, row: Row) -> bool:
        if row.kind is Kind.CLOSURE:
            # Crews of every district drive on the same roads.
            return True
        if self.district is not None and self.district not in row.districts:
            return False
        if self.box is None or row.at is None:
            return True
        west, south, east, north = self.box
        lon, lat = row.at
        return west <= lon <= east and south <= lat <= north

    def _may_hold(self, touched: Touched) -> bool:
        if self.caller.role is Role.CREW and touched.kind is Kind.CREW:
            return touched.id == self.caller.crew
        return _among(touched.districts, self.scope)


def _among(districts: frozenset[str], scope: list[str] | None) -> bool:
    return scope is None or not districts.isdisjoint(scope)
