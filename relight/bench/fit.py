"""The best crews for one order in a plan of 200 orders and 30 crews, beside the plain way."""

import time
from collections.abc import Callable

from relight.bench.findings import Finding, Number, share
from relight.bench.planner import invent
from routing.arrangement import Ground
from routing.explain import rank_crews
from routing.planner import plan
from routing.pricing import price
from routing.receipt import Hold, Plan, Route
from routing.snapshot import Snapshot, Stop
from routing.travel import travel_of

SIZE = (200, 30)
SEEDS = (11, 12, 13)
TRIES = 40
PLAIN_TRIES = 2
BEST = 5
QUICKLY = Stop(solutions=20, wall_s=10)


def measure() -> Finding:
    """Ask for many orders of a few districts; the plain way answers a few of the same."""
    quick: list[float] = []
    plain: list[float] = []
    for seed in SEEDS:
        snapshot = invent(*SIZE, seed)
        made = plan(snapshot, stop=QUICKLY)
        names = [task.id for task in snapshot.tasks if not task.danger]
        quick.extend(_seconds(_quick, snapshot, made, name) for name in names[:TRIES])
        plain.extend(_seconds(_plain, snapshot, made, name) for name in names[:PLAIN_TRIES])
    return Finding("fit", [_row("quick", quick), _row("plain", plain)])


def _row(way: str, took: list[float]) -> dict[str, Number]:
    return {
        "tasks": SIZE[0],
        "crews": SIZE[1],
        "way": way,
        "asked": len(took),
        "p50_ms": share(took, 50) * 1000,
        "p95_ms": share(took, 95) * 1000,
    }


def _seconds(
    work: Callable[[Snapshot, Plan, str], object], snapshot: Snapshot, made: Plan, name: str
) -> float:
    began = time.perf_counter()
    work(snapshot, made, name)
    return time.perf_counter() - began


def _quick(snapshot: Snapshot, made: Plan, name: str) -> object:
    return rank_crews(snapshot, name, made, detailed=BEST)


def _plain(snapshot: Snapshot, made: Plan, name: str) -> float:
    """Really move the order to every place of every crew; time and price everything each time."""
    rest = Ground(snapshot, made, None, travel_of(snapshot)).arrangement(made).without(name)
    orders = {crew: rest.order(crew) for crew in rest.routes}
    best = float("inf")
    for crew, order in orders.items():
        for place in range(len(order) + 1):
            trial = {**orders, crew: [*order[:place], (name, Hold.PLANNED), *order[place:]]}
            visits, _ = rest.ground.table.timed(trial, {})
            routes = [Route(crew=each, visits=mine) for each, mine in visits.items()]
            best = min(best, price(snapshot, routes, (), None).total)
    return best
