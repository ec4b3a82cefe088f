"""`relight plan --bench`: a neutral instance in, bare routes out, to be raced against others.

An instance is JSON in whole seconds from now: `jobs` (id, deadline_s, service_s, weight, skill),
`crews` (id, ready_s, end_s, skills) and `travel_s`, whose rows and columns are the jobs in order
and then the crews' starts. Prices are those of its objective: weighted minutes late, a tenth of
the minutes driven, and for what is left out the lateness of two hours after the last shift.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from domain.kinds import AreaClass, TaskKind
from routing.budget import Budget
from routing.danger import commit
from routing.given_travel import GivenTravel, place_number
from routing.planner import warm_up
from routing.prices import Prices
from routing.problem import build
from routing.search import search
from routing.snapshot import Crew, Snapshot, Stop, Task
from routing.start import start_routes
from routing.travel import Whole

AT = datetime(2026, 1, 1, tzinfo=UTC)
PRICES = Prices(wait_minute=0, customer_minute=0, unassigned=0, change=0, travel_minute=0.1)


class NotAnInstance(ValueError):  # noqa: N818 - the file is not one; the program is not in error
    """A file is not an instance; the text says why."""


def read_instance(text: str | bytes) -> tuple[Snapshot, GivenTravel]:
    """Return an instance as a snapshot; raises NotAnInstance with what is wrong."""
    try:
        data = json.loads(text)
        jobs, crews = data["jobs"], data["crews"]
        travel = _matrix(data["travel_s"], len(jobs) + len(crews))
        snapshot = Snapshot(
            at=AT,
            district="instance",
            tasks=tuple(_task(job, number) for number, job in enumerate(jobs)),
            crews=tuple(_crew(crew, len(jobs) + number) for number, crew in enumerate(crews)),
            prices=PRICES,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotAnInstance(f"{type(error).__name__}: {error}") from error
    return snapshot, GivenTravel(travel)


def _matrix(rows: list[list[int]], size: int) -> Whole:
    travel = np.array(rows, dtype=np.int64).reshape(len(rows), -1)
    if travel.shape != (size, size) or (travel < 0).any():
        raise ValueError(f"travel_s is not {size} x {size} seconds")
    return travel


def _task(job: Mapping[str, Any], number: int) -> Task:
    lon, lat = place_number(number)
    return Task(
        id=job["id"],
        outage_id=job["id"],
        kind=TaskKind.REPAIR,
        lon=lon,
        lat=lat,
        area_class=AreaClass.URBAN,
        released_at=AT,
        deadline=AT + timedelta(seconds=job["deadline_s"]),
        weight=job["weight"],
        skills=(job["skill"],),
        work_s=job["service_s"],
    )


def _crew(crew: Mapping[str, Any], number: int) -> Crew:
    lon, lat = place_number(number)
    return Crew(
        id=crew["id"],
        lon=lon,
        lat=lat,
        position_at=AT,
        free_at=AT + timedelta(seconds=crew["ready_s"]),
        skills=tuple(crew["skills"]),
        shift_start=AT,
        shift_end=AT + timedelta(seconds=crew["end_s"]),
    )


def plan_instance(snapshot: Snapshot, travel: GivenTravel, stop: Stop) -> dict[str, Any]:
    """Return the routes of an instance and the seconds it took, the compiler's not counted."""
    warm_up()
    began, budget = time.perf_counter(), Budget(stop)
    problem = build(snapshot, None, commit(snapshot, None, travel), travel)
    start = start_routes(problem, None, budget)
    first_s = time.perf_counter() - began
    routes, cause = search(problem, start, budget)
    return {
        "routes": {
            crew.id: [problem.tasks[task].id for task in route]
            for crew, route in zip(problem.crews, routes, strict=True)
        },
        "solve_s": round(time.perf_counter() - began, 3),
        "first_plan_s": round(first_s, 4),
        "stop_cause": cause.value,
    }
