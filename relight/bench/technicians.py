"""Published instances of technician routing, planned by our planner: how far from the best known.

Instances and best values: Pillac, Guéret, Medaglia 2013, doi 10.1007/s11590-012-0567-4. A hundred
requests with windows, skills, tools and parts, 25 technicians from their homes; tools and parts may
be fetched at the depot. What counts is the time all technicians are away from home. Our planner
knows neither that aim, nor the way home, nor the depot: the gap is only told.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.kinds import AreaClass, TaskKind
from relight.bench.findings import Finding, Number
from relight.bench.technician_rules import (
    Instance,
    Person,
    Request,
    Straight,
    away_from_home,
    can_bring,
    drive,
    read_best,
    read_instance,
)
from relight.bench.territory import MORNING
from routing.inspection import check
from routing.planner import plan
from routing.prices import Prices
from routing.snapshot import Crew, Snapshot, Stop, Task

PLACE = Path(__file__).parents[3] / "shared" / "bench" / "instances" / "trsp_pillac"
STOP = Stop(solutions=1_000_000_000, wall_s=5.0)
UNIT_S = 360
"""A unit of the instances, so that the longest of their days is shorter than a week."""
DEAR = 1000.0


def measure() -> Finding:
    """Plan each instance that is there; without any there is nothing to tell."""
    best = read_best(PLACE / "pillac.sol") if PLACE.is_dir() else {}
    files = sorted(PLACE.glob("*.txt")) if best else []
    return Finding("technicians", [_row(read_instance(file), best) for file in files])


def _row(instance: Instance, best: dict[str, float]) -> dict[str, Number]:
    began = time.perf_counter()
    tried = [_tried(instance, by_depot=by_depot) for by_depot in (False, True)]
    served, away, faults, by_depot = max(tried, key=lambda each: (each[0], -each[1]))
    known = best[instance.name]
    return {
        "instance": instance.name.partition(".")[0],
        "requests": len(instance.requests),
        "served": served,
        "begins_at": "depot" if by_depot else "home",
        "away": away,
        "best_known": known,
        "gap_percent": 100 * (away / known - 1),
        "faults": faults,
        "seconds": time.perf_counter() - began,
    }


def _tried(instance: Instance, *, by_depot: bool) -> tuple[int, float, int, bool]:
    """Return how many were served, the time away, what the inspection found, and which way."""
    snapshot = as_snapshot(instance, by_depot=by_depot)
    travel = Straight(UNIT_S)
    made = plan(snapshot, stop=STOP, travel=travel)
    requests = {request.name: request for request in instance.requests}
    persons = {person.name: person for person in instance.persons}
    served, away = 0, 0.0
    for route in made.routes:
        order = [requests[visit.task] for visit in route.visits]
        kept, spent = away_from_home(instance.depot, persons[route.crew], order)
        served, away = served + kept, away + spent
    return served, away, len(check(snapshot, made, travel=travel)), by_depot


def as_snapshot(instance: Instance, *, by_depot: bool) -> Snapshot:
    """Return an instance as the planner sees one.

    By the depot everybody fetches everything first; else each brings only what they have at home.
    A window's end is a promise that is dear to break.
    """
    prices = Prices(
        late_minute=dict.fromkeys(AreaClass, DEAR), unassigned=DEAR, travel_minute=1.0,
        wait_minute=0.0, customer_minute=0.0, change=0.0,
    )  # fmt: skip
    return Snapshot(
        at=MORNING,
        district=instance.name,
        tasks=tuple(_task(request, instance.persons, by_depot) for request in instance.requests),
        crews=tuple(_crew(person, instance, by_depot) for person in instance.persons),
        prices=prices,
    )


def _task(request: Request, persons: tuple[Person, ...], by_depot: bool) -> Task:
    unable = () if by_depot else tuple(p.name for p in persons if not can_bring(p, request))
    return Task(
        id=request.name, outage_id=request.name, kind=TaskKind.REPAIR,
        lon=request.x / 1000, lat=request.y / 1000, area_class=AreaClass.URBAN,
        released_at=_at(request.opens), deadline=_at(request.closes),
        skills=tuple(f"skill-{each}" for each in sorted(request.skills)),
        work_s=round(request.service * UNIT_S), refused_by=unable,
    )  # fmt: skip


def _crew(person: Person, instance: Instance, by_depot: bool) -> Crew:
    begins = person
    if by_depot:
        way = drive(person.x, person.y, *instance.depot)
        x, y = instance.depot
        begins = replace(person, x=x, y=y, opens=person.opens + way)
    return Crew(
        id=person.name, lon=begins.x / 1000, lat=begins.y / 1000, position_at=MORNING,
        free_at=_at(begins.opens), skills=tuple(f"skill-{each}" for each in sorted(person.skills)),
        shift_start=MORNING, shift_end=_at(person.closes),
    )  # fmt: skip


def _at(units: float) -> datetime:
    return MORNING + timedelta(seconds=-(-units * UNIT_S // 1))
