"""Where recorded lives are kept: a folder each, with histories as Temporal writes them.

`outage.1.json.gz` is the first run of the outage's own workflow, `callbacks.1.1.json.gz` that of
the campaign after the first restoration; `events.ndjson` is what the database held at the end.
"""

import gzip
import json
import platform
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from domain.events import Event
from relight.settings import CODE

KEPT = Path(__file__).parent / "recorded"
_PROCESS = re.compile(rf"\d+@{re.escape(platform.node())}")


def lives() -> list[str]:
    """List what is kept of outages."""
    return sorted(path.parent.name for path in KEPT.glob("*/events.ndjson"))


def others() -> list[str]:
    """List what is kept of other workflows."""
    return sorted(path.name for path in KEPT.iterdir() if path.name not in lives())


def read_histories(name: str) -> list[WorkflowHistory]:
    """Read every history of a folder, the runs of one workflow in their order."""
    found = []
    for file in sorted((KEPT / name).glob("*.json.gz")):
        text = gzip.decompress(file.read_bytes()).decode()
        started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
        found.append(WorkflowHistory.from_json(started["workflowId"], text))
    return found


def read_events(name: str) -> list[Event]:
    """Read the events of an outage."""
    lines = (KEPT / name / "events.ndjson").read_text(encoding="utf-8").splitlines()
    return [Event.model_validate_json(line) for line in lines]


def write_history(name: str, file: str, history: WorkflowHistory) -> None:
    """Keep one run, without the names of the machine it was recorded on."""
    text = json.dumps(_scrubbed(json.loads(history.to_json())), separators=(",", ":"))
    for trace in (f"{CODE}/", f"@{platform.node()}"):
        assert trace not in text, f"{name} would keep {trace}"
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{file}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def write_events(name: str, events: Iterable[Event]) -> None:
    """Keep the events of an outage, one a line."""
    lines = "".join(f"{event.model_dump_json()}\n" for event in events)
    (KEPT / name / "events.ndjson").write_text(lines, encoding="utf-8")


def forget(name: str) -> None:
    """Remove what was kept under a name."""
    for file in (KEPT / name).glob("*"):
        file.unlink()


def _scrubbed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _scrubbed(item) for key, item in value.items() if key != "stackTrace"}
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    return _PROCESS.sub("recorder", value) if isinstance(value, str) else value
