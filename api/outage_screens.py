"""How an outage looks from outside: its row, its tasks, its deadlines, and what may be done."""

from datetime import datetime
from typing import Any

from api.places import geojson
from api.sign_in import Caller
from domain.agenda import agenda, deadlines
from domain.moves import allowed
from domain.outage import Outage, Task
from domain.place import Point
from domain.told import expected_by
from store.reading.outage_detail import OutageDetail
from store.reading.outages import OutageSeen

_PLAIN = (
    "id", "number", "area_class", "stage", "status", "seq", "opened_at", "clock_start",
    "hazards", "life_support", "key_class", "arrival_deadline", "arrived_at", "etr",
    "restoration_no", "restored_at", "closed_at", "known_at", "place", "tasks", "next_rung",
)  # fmt: skip


def brief(seen: OutageSeen) -> dict[str, Any]:
    """Return an outage as a list shows it."""
    return {
        **{name: getattr(seen, name) for name in _PLAIN},
        "district": seen.district_id,
        "grid": seen.grid_id,
        "at": geojson(Point(lon=seen.lon, lat=seen.lat)),
        "reports": seen.report_count,
        "customers": seen.customers_affected,
        "transformer": seen.transformer_id,
        "section": seen.section_id,
        "feeder": seen.feeder_id,
        "parent": seen.parent_outage_id,
        "merged_into": seen.merged_into,
        "device": seen.device_id,
    }


def whole(seen: OutageSeen, detail: OutageDetail, caller: Caller, now: datetime) -> dict[str, Any]:
    """Return an outage with everything that belongs to it, for one caller."""
    state = detail.state
    verdict = detail.verdict
    return {
        **brief(seen),
        "customers_off": None if state is None else state.customers_off,
        "open_hazards": sorted(state.open_hazards) if state else seen.hazards,
        "etr_source": state and state.etr_source,
        "temporary": bool(state and state.temporary),
        "resolution": state and state.resolution,
        "reopened": state.reopened if state else 0,
        "tasks": [_task(task, detail) for task in state.tasks] if state else [],
        "promise": {
            "arrival_by": seen.arrival_deadline,
            "expected_by": state and expected_by(state, detail.policy),
            "policy": f"{detail.policy.name} {detail.policy.version}",
            "policy_hash": seen.policy_hash,
        },
        "deadlines": _deadlines(state, detail, now),
        "verdict": verdict and {**verdict.model_dump(mode="json"), "amended": detail.amended},
        "restoration_steps": detail.steps,
        "callbacks": {"open": detail.callbacks_open, "without_outcome": detail.without_outcome},
        "allowed": allowed_to(state, caller),
    }


def allowed_to(state: Outage | None, caller: Caller) -> list[dict[str, Any]]:
    """List what a caller may do now, straight from the domain's table."""
    if state is None:
        return []
    found = allowed(state, caller.role, caller.crew)
    return [item.model_dump(mode="json") for item in found]


def _task(task: Task, detail: OutageDetail) -> dict[str, Any]:
    told = task.model_dump(mode="json")
    return {**told, "crew_name": detail.crew_names.get(task.crew or "")}


def _deadlines(state: Outage | None, detail: OutageDetail, now: datetime) -> list[dict[str, Any]]:
    """List what is promised now, how late it is, and which rung comes next."""
    if state is None:
        return []
    rungs = agenda(state, detail.policy)
    found = []
    for deadline in deadlines(state, detail.policy):
        rung = next((due for due in rungs if due.deadline.key == deadline.key), None)
        found.append(
            {
                "ladder": deadline.ladder.value,
                "key": deadline.key,
                "starts": deadline.starts,
                "due": deadline.due,
                "late_s": int((now - deadline.due).total_seconds()),
                "next_rung": rung and {"at": rung.at, "percent": rung.percent, "to": rung.to.value},
            }
        )
    return found
