"""Recorded outages, read from a table or from a stream of new, upd and gone events."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

UNKNOWN_LENGTH = timedelta(hours=3)


class RecordsRefused(ValueError):  # noqa: N818 - it is a refusal, said in a sentence
    """A file of recorded outages cannot be used; the text names file, line and fault."""


@dataclass(frozen=True)
class RecordedOutage:
    """One outage as it was: where, for how many customers, from when to when (UTC)."""

    id: str
    municipality: str
    cause: str
    customers: int
    off: datetime
    on: datetime
    lon: float
    lat: float


def read_records(path: Path) -> list[RecordedOutage]:
    """Read every outage of a file, earliest first.

    Files end in .csv, .csv.gz, .jsonl or .jsonl.gz. Raises RecordsRefused.
    """
    name = path.name.removesuffix(".gz")
    if not name.endswith((".csv", ".jsonl")):
        raise RecordsRefused(f"{path}: a drill reads .csv, .csv.gz, .jsonl or .jsonl.gz")
    if not path.is_file():
        raise RecordsRefused(f"{path}: there is no such file")
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.name.endswith(".gz") else raw).decode("utf-8")
    found = _from_table(text, path) if name.endswith(".csv") else _from_stream(text, path)
    records = sorted(found, key=lambda record: (record.off, record.id))
    if not records:
        raise RecordsRefused(f"{path}: there are no outages in this file")
    return records


def _from_table(text: str, path: Path) -> Iterator[RecordedOutage]:
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            off = datetime.fromisoformat(row["dateOff"]).astimezone(UTC)
            on = datetime.fromisoformat(row["dateOn"]) if row.get("dateOn") else None
            yield RecordedOutage(
                id=row["id"],
                municipality=row["municipality"],
                cause=row.get("cause") or "",
                customers=max(1, int(row.get("numCustomersOut") or 1)),
                off=off,
                on=on.astimezone(UTC) if on is not None else off + UNKNOWN_LENGTH,
                lon=float(row["longitude"]),
                lat=float(row["latitude"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise RecordsRefused(f"{path}:{number}: {_said(error)}") from error


def _from_stream(text: str, path: Path) -> Iterator[RecordedOutage]:
    events = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                events.append((number, json.loads(line)))
            except ValueError as error:
                raise RecordsRefused(f"{path}:{number}: {error}") from error
    yield from fold(events, str(path))


def fold(events: Iterable[tuple[int, dict[str, Any]]], source: str) -> Iterator[RecordedOutage]:
    """Fold numbered events by outage; `gone` stands for restored. Raises RecordsRefused."""
    latest: dict[str, dict[str, Any]] = {}
    gone: dict[str, datetime] = {}
    for number, event in events:
        try:
            outage = str(event["id"])
            if event["ev"] == "gone":
                gone[outage] = datetime.fromtimestamp(event["t"], UTC)
            else:
                latest[outage] = latest.get(outage, {}) | event | {"line": number}
        except (KeyError, ValueError, TypeError) as error:
            raise RecordsRefused(f"{source}:{number}: {_said(error)}") from error
    for outage, state in latest.items():
        try:
            yield _from_state(outage, state, gone.get(outage))
        except (KeyError, ValueError, TypeError) as error:
            raise RecordsRefused(f"{source}:{state['line']}: {_said(error)}") from error


def _from_state(outage: str, state: dict[str, Any], gone: datetime | None) -> RecordedOutage:
    off = datetime.fromtimestamp(state["dateOff"] / 1000, UTC)
    estimate = state.get("dateOn")
    on = gone or (datetime.fromtimestamp(estimate / 1000, UTC) if estimate else None)
    return RecordedOutage(
        id=outage,
        municipality=str(state["muni"]),
        cause=str(state.get("cause") or ""),
        customers=max(1, int(state.get("numCustomersOut") or 1)),
        off=off,
        on=on if on is not None and on > off else off + UNKNOWN_LENGTH,
        lon=float(state["lon"]),
        lat=float(state["lat"]),
    )


def _said(error: Exception) -> str:
    return f"missing {error}" if isinstance(error, KeyError) else str(error)


def busiest_day(records: Iterable[RecordedOutage], zone: ZoneInfo) -> date:
    """Return the local day on which most outages began; the earliest among equals."""
    days = Counter(record.off.astimezone(zone).date() for record in records)
    return min(days, key=lambda day: (-days[day], day))


def of_day(
    records: Iterable[RecordedOutage], day: date, zone: ZoneInfo, span: timedelta
) -> list[RecordedOutage]:
    """Return the outages that began within a span after local midnight of a day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return [record for record in records if midnight <= record.off < midnight + span]
