"""What every look at a network shares: the rows by id, and the faults found so far."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from territory.faults import Fault, Origin
from territory.network import KINDS, Network


class Look:
    """One inspection: the network, where its rows stand, and what was found."""

    def __init__(
        self,
        network: Network,
        origins: Mapping[str, Sequence[Origin]],
        unread: Mapping[str, set[str]],
    ) -> None:
        self.network = network
        self.unread = unread
        self._origins = origins
        self._faults: list[tuple[int, int, Fault]] = []

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        """The rows of every kind that has ids; of two with one id, the first."""
        return {
            kind: {row.id: row for row in reversed(self.network.rows(kind))}
            for kind in KINDS
            if "id" in KINDS[kind]._fields
        }

    @cached_property
    def district_of_feeder(self) -> dict[str, str]:
        """The district of every feeder."""
        return {row.id: row.district_id for row in self.network.feeders}

    @cached_property
    def district_of_section(self) -> dict[str, str]:
        """The district of every section whose feeder is known."""
        districts = self.district_of_feeder
        return {
            row.id: districts[row.feeder_id]
            for row in self.network.sections
            if row.feeder_id in districts
        }

    @cached_property
    def district_of_transformer(self) -> dict[str, str]:
        """The district of every transformer whose section is known."""
        districts = self.district_of_section
        return {
            row.id: districts[row.section_id]
            for row in self.network.transformers
            if row.section_id in districts
        }

    def knows(self, kind: str, row_id: str) -> bool:
        """Tell whether a row of this id was given, readable or not."""
        return row_id in self.by_id[kind] or row_id in self.unread.get(kind, ())

    def add(
        self, code: str, kind: str, index: int, column: str | None = None, **params: Any
    ) -> None:
        """Note a fault of the row at an index of its kind."""
        rows = self.network.rows(kind)
        given = self._origins.get(kind, ())
        origin = given[index] if index < len(given) else Origin(kind, index + 1)
        row_id = name_of(rows[index]) if index < len(rows) else None
        place = tuple(KINDS).index(kind)
        self._faults.append((place, index, Fault(code, origin, row_id, column, params)))

    def sorted_faults(self) -> list[Fault]:
        """Return what was found, in the order of the rows."""
        return [fault for *_, fault in sorted(self._faults, key=lambda found: found[:2])]


def name_of(row: Any) -> str:
    """Return the id of a row; a member of a crew is named by the crew and the person."""
    return str(row.id) if hasattr(row, "id") else f"{row.crew_id}/{row.subject}"
