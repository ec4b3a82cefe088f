"""What the crews of a drill did, from their own statements in its journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sim.drill.journal import Entry, only


def first_by_outage(entries: Sequence[Entry], kind: str) -> dict[str, datetime]:
    """Return when each outage first heard a statement of this kind, by the field's own time."""
    found: dict[str, datetime] = {}
    for entry in only(entries, "action.done"):
        if entry["kind"] == kind:
            at = datetime.fromisoformat(entry["occurred_at"])
            found[entry["outage"]] = min(found.get(entry["outage"], at), at)
    return found


def crews(entries: Sequence[Entry], begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Return of each crew how long it drove and was on site, and its busy share of the drill."""
    span = max(1.0, (ends - begins).total_seconds() / 60)
    driving: dict[str, float] = {}
    on_site: dict[str, float] = {}
    tasks: dict[str, int] = {}
    metres: dict[str, int] = {}
    begun: dict[str, tuple[str, datetime]] = {}
    for entry in only(entries, "action.done", "crew.drives", "drill.crew"):
        crew = entry["crew"]
        for counts in (driving, on_site, tasks, metres):
            counts.setdefault(crew, 0)
        if entry.what == "crew.drives":
            metres[crew] += entry["metres"]
        if entry.what != "action.done":
            continue
        at = datetime.fromisoformat(entry["occurred_at"])
        if entry["kind"] in ("depart", "arrive", "complete"):
            what, since = begun.pop(crew, ("", at))
            minutes = max(0.0, (at - since).total_seconds() / 60)
            if what == "depart" and entry["kind"] == "arrive":
                driving[crew] += minutes
            elif what == "arrive" and entry["kind"] == "complete":
                on_site[crew] += minutes
        if entry["kind"] == "complete":
            tasks[crew] += 1
        elif entry["kind"] in ("depart", "arrive"):
            begun[crew] = (entry["kind"], at)
    return [
        {
            "crew": crew,
            "tasks": tasks[crew],
            "driving_min": round(driving[crew]),
            "on_site_min": round(on_site[crew]),
            "km": round(metres[crew] / 1000, 1),
            "busy_percent": round(min(100.0, (driving[crew] + on_site[crew]) / span * 100), 1),
        }
        for crew in sorted(driving)
    ]
