"""How crews look from outside, and what a crew's phone shows of its route."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.outage_screens import allowed_to
from api.places import geojson
from api.sign_in import Caller
from domain.kinds import AreaClass
from domain.outage import Task
from domain.place import Point
from roads.way import Way
from routing.travel import Place
from store.reading import outages
from store.reading.crews import CrewPlaced, CrewSeen, Stop


def shown(seen: CrewSeen, now: datetime) -> dict[str, Any]:
    """Return a crew as lists and maps show it; the age of its place is told."""
    names = ("skills", "licences", "kit", "parts", "active", "members", "bookings")
    own = {name: getattr(seen, name) for name in names}
    return placed(seen, now) | own | {"planned_by": seen.holder_district_id}


def placed(seen: CrewPlaced, at: datetime) -> dict[str, Any]:
    """Return a crew with its place, shift and work as they were at a time."""
    age = None if seen.position_at is None else int((at - seen.position_at).total_seconds())
    return {
        "id": seen.id,
        "name": {"en": seen.name_en, "zh": seen.name_zh},
        "district": seen.district_id,
        "depot": seen.depot_id,
        "grid": seen.grid_id,
        "position": {
            "at": geojson(Point(lon=seen.lon, lat=seen.lat)),
            "occurred_at": seen.position_at,
            "age_s": age,
        },
        "shift": seen.shift_start
        and {"starts_at": seen.shift_start, "ends_at": seen.shift_end, "on_duty": seen.on_duty},
        "load": seen.open_tasks,
        "task": seen.task_id
        and {"id": seen.task_id, "state": seen.task_state, "outage": seen.outage_id},
    }


def stop(item: Stop, session: Session, caller: Caller) -> dict[str, Any]:
    """Return one task of a route with its outage and the caller's next moves on it."""
    state = outages.state_of(session, item.outage_id)
    task: Task | None = None if state is None else state.task(item.task_id)
    moves = [move for move in allowed_to(state, caller) if move["task"] in (None, item.task_id)]
    return {
        "task": item.task_id,
        "kind": item.kind,
        "state": item.state,
        "eta": item.eta,
        "assigned_at": item.assigned_at,
        "arrived_at": item.arrived_at,
        "ready": bool(state and task and state.ready(task)),
        "work_s": task and task.work_s,
        "skills": item.skills,
        "licences": item.licences,
        "parts": item.parts,
        "outage": {
            "id": item.outage_id,
            "number": item.outage_number,
            "seq": item.outage_seq,
            "stage": item.stage,
            "status": state and state.status,
            "customers_off": state and state.customers_off,
        },
        "place": {
            "at": geojson(Point(lon=item.lon, lat=item.lat)),
            "address": item.address,
            "address_en": item.address_en,
            "area_class": item.area_class,
        },
        "promise": {"arrival_by": item.arrival_deadline},
        "hazards": sorted(state.open_hazards) if state else item.hazards,
        "life_support": item.life_support,
        "key_class": item.key_class,
        "allowed": moves,
    }


def places(crew: CrewSeen, stops: Sequence[Stop]) -> list[Place]:
    """Return where a crew is and then where it is to go."""
    there = (Place(each.lon, each.lat, AreaClass(each.area_class)) for each in stops)
    return [Place(crew.lon, crew.lat), *there]


def way(driven: Way, tasks: Sequence[str]) -> dict[str, Any]:
    """Return the way to some tasks, a line for each."""
    return {
        "by": driven.by,
        "reason": driven.reason,
        "legs": [
            {
                "task": task,
                "seconds": leg.seconds,
                "metres": leg.metres,
                "straight": leg.straight,
                "line": {"type": "LineString", "coordinates": leg.line},
            }
            for task, leg in zip(tasks, driven.legs, strict=True)
        ],
    }


def shift(row: Any) -> dict[str, Any]:
    """Return a shift."""
    names = ("id", "starts_at", "ends_at", "max_duty_s")
    return {"crew": row.crew_id, **{name: getattr(row, name) for name in names}}
