"""The drill's own journal: what was sent is written down before it is sent.

The verdict on lost and doubled reports is drawn from these lines and from what the public API
answers at the end, never from the tables of the installation.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO


@dataclass(frozen=True)
class Entry:
    """One line: its number, what happened, when by both clocks, and the rest."""

    number: int
    what: str
    real: datetime
    house: datetime
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


class Journal:
    """An append-only file of JSON lines; `durable` forces each line to the disk."""

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._durable = durable
        self._number = 0
        self._file: TextIO = path.open("x", encoding="utf-8")

    def write(self, what: str, house: datetime, **fields: Any) -> Entry:
        """Append one line and hand it to the operating system before returning."""
        self._number += 1
        entry = Entry(self._number, what, datetime.now(UTC), house.astimezone(UTC), fields)
        line = {
            "n": entry.number,
            "what": what,
            "real": entry.real.isoformat(),
            "house": entry.house.isoformat(),
            **fields,
        }
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()
        if self._durable:
            os.fsync(self._file.fileno())
        return entry

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_journal(path: Path) -> Iterator[Entry]:
    """Read the lines of a journal in order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            data = json.loads(line)
            yield Entry(
                data.pop("n"),
                data.pop("what"),
                datetime.fromisoformat(data.pop("real")),
                datetime.fromisoformat(data.pop("house")),
                data,
            )


def only(entries: Iterable[Entry], *what: str) -> list[Entry]:
    """Return the entries of these kinds."""
    return [entry for entry in entries if entry.what in what]
