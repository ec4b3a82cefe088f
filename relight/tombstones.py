"""The list of forgotten reports kept outside the database, one JSON object a line."""

import json
from collections.abc import Iterable
from pathlib import Path

from relight.settings import Settings
from store.forgetting import Tombstone


class TombstonesRefused(Exception):  # noqa: N818 - it is a refusal, said in a sentence
    """The file is not such a list; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def list_of(settings: Settings) -> Path:
    """Return where an installation keeps its list."""
    return settings.state_dir / "forgotten.jsonl"


def line_of(stone: Tombstone) -> str:
    """Return the line of one report."""
    told = {"report": stone.report_id, "at": stone.at.isoformat(), "why": stone.why}
    return json.dumps(told)


def append(file: Path, stones: Iterable[Tombstone]) -> None:
    """Add reports to a list, readable by its owner only."""
    file.touch(mode=0o600, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line_of(stone)}\n" for stone in stones)


def read(file: Path) -> list[str]:
    """Return the reports a file lists; raises TombstonesRefused, OSError when there is none."""
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            found.append(str(json.loads(line)["report"]))
        except (ValueError, KeyError, TypeError) as fault:
            raise TombstonesRefused(number) from fault
    return found
