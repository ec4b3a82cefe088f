"""Ruin and recreate: its prices are those of plain code, and it never makes a plan worse."""

import hashlib
from pathlib import Path

import pytest

from routing import dispatch_rule, kernel, ruin
from routing.arena import Arena
from routing.budget import Budget
from routing.danger import commit
from routing.planner import plan
from routing.problem import Problem, Routes, build
from routing.receipt import Plan
from routing.recreate import Cooling, improve
from routing.snapshot import Snapshot, Stop
from routing.start import start_routes
from routing.travel import travel_of
from routing.walk import walk_all
from tests.routing.builders import a_crew, a_lock, a_snapshot, a_storm, a_task


def a_start(snapshot: Snapshot, previous: Plan | None = None) -> tuple[Problem, Routes]:
    travel = travel_of(snapshot)
    problem = build(snapshot, previous, commit(snapshot, previous, travel), travel)
    return problem, start_routes(problem, previous, Budget(Stop()))


def recreated(problem: Problem, routes: Routes, steps: int = 1500) -> Routes:
    walked = walk_all(problem, routes)
    assert walked is not None
    budget = Budget(Stop(wall_s=60))
    return improve(problem, routes, walked, Cooling(steps, 60, False, budget, 0.0), 7)[0]


def test_the_steps_were_compiled_with_this_kernel() -> None:
    """On red: put the new digest into both `KERNEL`s, so that caches of what inlines it notice."""
    text = Path(kernel.__file__).read_bytes()

    assert hashlib.sha256(text).hexdigest()[:12] == ruin.KERNEL == dispatch_rule.KERNEL


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_prices_routes_as_plain_code_does(seed: int) -> None:
    before = plan(a_storm(seed + 1, 25, 5), stop=Stop(solutions=100))
    problem, routes = a_start(a_storm(seed, 25, 5), before)
    walked = walk_all(problem, routes)
    assert walked is not None
    assert problem.tolls.any()
    arena = Arena(problem, routes)
    arena.hold_apart(walked, early=True)

    assert arena.price() == walked.price


@pytest.mark.parametrize("seed", range(12))
def test_routes_get_no_dearer_and_can_be_walked(seed: int) -> None:
    problem, routes = a_start(a_storm(seed, 25, 5))
    before = walk_all(problem, routes)
    after = walk_all(problem, recreated(problem, routes))

    assert before is not None
    assert after is not None
    assert after.price <= before.price


def test_neighbouring_work_changes_crews_where_that_is_cheaper() -> None:
    tasks = [a_task(f"t{number}", number % 4 * 8, number // 4) for number in range(16)]
    problem, _ = a_start(a_snapshot(*tasks, *(a_crew(f"c{n}", n * 8) for n in range(4))))
    crossed: Routes = [list(range(4 * crew, 4 * crew + 4)) for crew in range(4)]
    before, after = walk_all(problem, crossed), walk_all(problem, recreated(problem, crossed))

    assert before is not None
    assert after is not None
    assert after.price < 0.5 * before.price


def test_what_a_human_fixed_and_what_waits_stays_in_the_plan() -> None:
    problem, routes = a_start(
        a_snapshot(
            *(a_task(f"t{number}", number, weight=10) for number in range(12)),
            a_task("first", 20, weight=0.1),
            a_task("second", 21, weight=0.1, after=("first",)),
            a_task("given", 30, weight=0.1, lock=a_lock("c1")),
            a_task("fixed", 5, lock=a_lock("c2", 60)),
            a_crew("c1"),
            a_crew("c2", 6),
        )
    )
    found = recreated(problem, routes)
    walked = walk_all(problem, found)
    number = {task.id: index for index, task in enumerate(problem.tasks)}

    assert walked is not None
    assert number["given"] in found[0]
    assert walked.starts[number["fixed"]] == 3600
    assert walked.starts[number["second"]] >= walked.finishes[number["first"]]
    assert sorted(task for route in found for task in route) == list(range(len(problem.tasks)))
