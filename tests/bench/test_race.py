"""The opponents of the race plan the same problem, and within its rules."""

import pytest

from domain.words import catalogue
from relight.bench.findings import Finding
from relight.bench.opponents import OPPONENTS, price_of
from relight.bench.race import LONG, OURS, _row, problem_of, storm
from routing.budget import Budget
from routing.search import search
from routing.snapshot import Stop
from routing.start import start_routes


@pytest.mark.parametrize("name", OPPONENTS)
def test_an_opponent_breaks_no_rule_and_does_not_beat_a_search(name: str) -> None:
    problem = problem_of(storm(14, 3, 5))
    budget = Budget(Stop(solutions=5000, wall_s=30))
    ours = search(problem, start_routes(problem, None, budget), budget)[0]
    theirs = OPPONENTS[name](problem, 0.3)

    assert sum(len(route) for route in theirs) > 0
    assert price_of(problem, ours) <= price_of(problem, theirs)


def test_a_row_tells_the_mean_and_the_worst_of_the_ratios() -> None:
    row = _row("other", 2.0, {OURS: [1.0, 3.0], LONG: [1.0, 1.0], "other": [2.0, 3.0]})

    assert row["ours_to_it"] == 0.75
    assert row["ours_to_it_worst"] == 1.0


def test_every_column_has_its_words() -> None:
    row = _row(OURS, 2.0, {OURS: [1.0]})
    found = Finding("race", [row])
    keys = {f"bench.{column}" for column in ("tasks", "crews", *found.rows[0])}
    keys |= {f"bench.{name}" for name in ("built_s", "first_plan_s", "growth", "growth_with_build")}
    keys |= {"bench.title_race", "bench.title_first_plan"}

    assert keys <= set(catalogue("en"))
    assert keys <= set(catalogue("zh"))
