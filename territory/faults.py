"""What is wrong with a network: where it stands, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.words import say


@dataclass(frozen=True)
class Origin:
    """Where a row was read: its file, and its line there (of GeoJSON: which feature)."""

    file: str
    row: int


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; its sentences stand in both catalogues under `network.fault`."""

    code: str
    origin: Origin
    id: str | None = None
    column: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """Return where the fault is, what it is and what to do, in one line."""
        said = say(f"network.fault.{self.code}", language, **self.params)
        where = {"file": self.origin.file, "row": self.origin.row, "id": self.id or "–"}
        key = "fault_line" if self.column else "fault_row"
        return say(f"network.{key}", language, **where, column=self.column, said=said)
