"""Road travel: tables by OSRM and by the graph beside straight lines, and one place more."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from relight.bench.findings import Finding, Number
from roads import osrm_programs
from roads.cache import Pairs
from roads.conditions import USUAL, Conditions
from roads.data import RoadData, hub, keep
from roads.engine import Engine
from roads.graph import GraphRoads
from roads.osrm import OsrmRoads
from roads.travel import RoadTravel
from roads.ways import Ways
from routing.travel import GeodesicTravel, Place, Travel
from routing.travel_model import RoadModel, TravelModel
from territory.generate import generate

Made = TypeVar("Made")
PLACES, LEGS, ROUNDS, SEED = 200, 200, 5, 1


def measure() -> Finding:
    """Measure every engine there is on an invented land."""
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "land.osm.pbf"
        generate(SEED, file)
        return Finding("roads", rows_of(file, Path(temporary) / "roads"))


def rows_of(file: Path, roads_dir: Path) -> list[dict[str, Number]]:
    """Measure every engine there is on one map file, straight lines first."""
    data, _ = _timed(lambda: keep(file, roads_dir))
    ways = data.ways()
    places = _places(ways)
    straight = GeodesicTravel(TravelModel())
    base_s = _best(lambda: straight.matrix(places, places))
    rows = [_row("geodesic", straight, places, base_s, made_s=0.0, changed_s=0.0)]
    closed = Conditions(closed=(int(ways.way[len(ways.way) // 2]),))
    for name in ("osrm", "graph"):
        if name == "osrm" and osrm_programs.why_not() is not None:
            continue
        engine, made_s = _timed(partial(_engine, name, data, ways, USUAL))
        _, changed_s = _timed(partial(_engine, name, data, ways, closed))
        model = RoadModel(engine=name, version=engine.version, data=data.digest)
        travel = RoadTravel(TravelModel(kind="roads", roads=model), model, Pairs(engine))
        row = _row(name, travel, places, base_s, made_s=made_s, changed_s=changed_s)
        rows.append(row | _asked(engine, places))
    return rows


def _engine(name: str, data: RoadData, ways: Ways, conditions: Conditions) -> Engine:
    if name == "graph":
        return GraphRoads(ways, data.digest[:12], conditions)
    return OsrmRoads(data.osrm(ways, conditions), data.digest[:12], hub(ways))


def _places(ways: Ways) -> list[Place]:
    chance = Random(SEED)  # noqa: S311 - scenery, not secrets
    rows = [chance.randrange(len(ways.node)) for _ in range(PLACES + 1)]
    return [Place(float(ways.lon[row]), float(ways.lat[row])) for row in rows]


def _row(
    name: str,
    travel: Travel,
    places: list[Place],
    base_s: float,
    *,
    made_s: float,
    changed_s: float,
) -> dict[str, Number]:
    chance = Random(SEED)  # noqa: S311 - scenery, not secrets
    ends = [chance.sample(places, 2) for _ in range(LEGS)]
    _, legs_s = _timed(lambda: [travel.leg(*each) for each in ends])
    row: dict[str, Number] = {
        "engine": name,
        "made_s": made_s,
        "closed_s": changed_s,
        "matrix_ms": base_s * 1000,
        "matrix_ratio": 1.0,
        "new_task_ms": 0.0,
        "leg_ms": legs_s / LEGS * 1000,
        "minutes_median": _median_minutes(travel, places),
    }
    return row


def _asked(engine: Engine, places: list[Place]) -> dict[str, Number]:
    """Return how long a table takes anew, and with one place more than before."""
    before, after = places[:PLACES], places
    straight = GeodesicTravel(TravelModel())
    base_s = _best(lambda: straight.matrix(before, before))
    whole_s = _best(lambda: engine.table(before, before))
    grown = []
    for _ in range(ROUNDS):
        pairs = Pairs(engine)
        pairs.table(before, before)
        grown.append(_timed(partial(pairs.table, after, after))[1])
    return {
        "matrix_ms": whole_s * 1000,
        "matrix_ratio": whole_s / base_s,
        "new_task_ms": min(grown) * 1000,
    }


def _median_minutes(travel: Travel, places: list[Place]) -> float:
    seconds, _ = travel.matrix(places, places)
    return float(np.median(seconds)) / 60


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work)[1] for _ in range(ROUNDS))


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began
