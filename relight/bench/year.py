"""A rehearsal without servers: a week at the year's rate, Relight beside two simpler ways."""

import time
from datetime import date

from domain.measures import share
from relight.bench.findings import Finding, Number
from relight.packs import read_policy
from relight.settings import CODE
from relight.sim_ground import lay
from relight.sim_report import Ran
from sim.chance import rates
from sim.chance.faults import Days
from sim.house.strategies import STRATEGIES
from sim.world import Rehearsal, World

FIRST, DAYS = date(2007, 7, 2), 7
SEED = 1


def measure() -> Finding:
    """Play a week with a mean day's faults on each day, on the small territory."""
    ground = lay("small", rates.REPAIRS_A_YEAR, None, FIRST.year)
    policy = read_policy(CODE / "policies" / "state_grid_ceiling.toml")
    days = Days(FIRST, (round(rates.REPAIRS_A_YEAR / 365),) * DAYS, {})
    rehearsal = Rehearsal(ground, policy, days, SEED)
    played: dict[str, tuple[Ran, float]] = {}
    for name in STRATEGIES:
        began = time.perf_counter()
        told = World(rehearsal, name).run()
        took = time.perf_counter() - began
        played[name] = (Ran.of(told, policy, took), took)
    baseline = played["first_come"][1]
    return Finding("year", [_row(name, *each, baseline) for name, each in played.items()])


def _row(name: str, ran: Ran, took: float, baseline: float) -> dict[str, Number]:
    return {
        "strategy": name,
        "faults": ran.faults,
        "plans": ran.plans,
        "on_time": share(ran.on_time, ran.cases),
        "restored_min": ran.restored_mean_min or 0.0,
        "seconds": took,
        "year_s": took * rates.REPAIRS_A_YEAR / ran.faults,
        "ratio_to_first_come": took / baseline,
    }
