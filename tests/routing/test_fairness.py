"""Work past a crew's share has a price: so it is evened out where that costs less than driving."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.board import Spell
from domain.words import say
from routing.arena import Arena
from routing.budget import Budget
from routing.danger import commit
from routing.inspection import broken, check
from routing.plan_input import build as build_snapshot
from routing.planner import plan
from routing.prices import Prices
from routing.problem import build
from routing.receipt import Fault, Plan
from routing.recreate import Cooling, improve
from routing.snapshot import Snapshot, Stop
from routing.start import start_routes
from routing.travel import travel_of
from routing.walk import walk_all
from routing.why import Explainer
from tests.routing.builders import AT, a_crew, a_snapshot, a_storm, a_task, minutes, with_breaks
from tests.routing.hands import AnAsk, a_hand, an_order
from tests.routing.test_fit_is_exact import same_as_moving
from tests.routing.test_on_call import with_prices

FEW = Stop(solutions=600, wall_s=20)
FAIR = Prices(fair_minute=2.0)


def a_fair_storm(seed: int, tasks: int = 14, crews: int = 5, price: float = 1.7) -> Snapshot:
    """A storm in which crews have worked, where some owe themselves a break too."""
    snapshot = a_storm(seed, tasks, crews)
    snapshot = with_breaks(snapshot, seed) if seed % 2 else snapshot
    worked = [
        crew.model_copy(update={"worked_s": (seed * 977 + number * 3571) % 9000})
        for number, crew in enumerate(snapshot.crews)
    ]
    prices = snapshot.prices.model_copy(update={"fair_minute": price})
    return snapshot.model_copy(update={"crews": tuple(worked), "prices": prices})


def two_crews(prices: Prices, **worked: int) -> tuple[Snapshot, Plan]:
    """Four orders beside one crew, and another one some kilometres away."""
    tasks = [a_task(f"t{n}", 0.1 * n, deadline=AT + minutes(400), work_s=1800) for n in range(4)]
    crews = [
        a_crew(name, east, worked_s=worked.get(name, 0)) for name, east in (("c1", 0), ("c2", 12))
    ]
    snapshot = a_snapshot(*tasks, *crews, prices=prices)
    made = plan(snapshot)
    assert check(snapshot, made) == ()
    return snapshot, made


def loads(made: Plan) -> dict[str, int]:
    return {route.crew: len(route.visits) for route in made.routes}


UNHURRIED = {"wait_minute": 0.0, "customer_minute": 0.0, "travel_minute": 1.0}


def test_without_a_price_the_near_crew_does_it_all_and_with_one_each_does_its_share() -> None:
    _, one = two_crews(Prices(**UNHURRIED))
    _, both = two_crews(Prices(fair_minute=2.0, **UNHURRIED))

    assert loads(one) == {"c1": 4}
    assert loads(both) == {"c1": 2, "c2": 2}
    assert one.cost.fair == both.cost.fair == 0.0


def test_what_a_crew_worked_before_counts_in_its_share() -> None:
    _, made = two_crews(Prices(fair_minute=2.0, **UNHURRIED), c1=3600)

    assert loads(made) == {"c1": 1, "c2": 3}


def test_the_price_is_that_of_the_minutes_past_the_share() -> None:
    snapshot, made = two_crews(Prices(fair_minute=0.01, **UNHURRIED))

    assert loads(made) == {"c1": 4}
    assert made.cost.fair == 0.6  # an hour past two half hours each
    why = Explainer(snapshot, made).why("t0")
    assert why.chosen is not None
    assert why.chosen.terms.fair == 0.3


def test_driving_far_for_a_little_fairness_does_not_pay() -> None:
    _, made = two_crews(Prices(fair_minute=0.05, **UNHURRIED))

    assert loads(made) == {"c1": 4}


def test_the_inspection_counts_what_the_price_leaves_out() -> None:
    snapshot, made = two_crews(Prices(fair_minute=0.01, **UNHURRIED))
    less = made.cost.model_copy(update={"fair": 0.0, "total": made.cost.total - made.cost.fair})

    found = check(snapshot, made.model_copy(update={"cost": less}))
    assert [each.params["term"] for each in found] == ["fair"]
    assert {each.fault for each in found} == {Fault.WRONG_COST}


def test_a_snapshot_without_a_price_of_fairness_is_written_as_before() -> None:
    told = a_snapshot(a_task("t1"), a_crew("c1")).canonical()
    priced = a_snapshot(a_task("t1"), a_crew("c1", worked_s=60), prices=FAIR)

    assert "fair_minute" not in told
    assert "worked_s" not in told
    assert Snapshot.model_validate_json(priced.canonical()).digest() == priced.digest()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), again=st.booleans())
def test_any_district_is_priced_alike_by_planner_and_inspection(seed: int, again: bool) -> None:
    snapshot, before = a_fair_storm(seed), plan(a_storm(seed, 14, 5), stop=FEW) if again else None
    made = plan(snapshot, before, stop=FEW)

    assert broken(check(snapshot, made, previous=before)) == ()
    assert plan(snapshot, before, stop=FEW).digest() == made.digest()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), which=st.integers(0, 13))
def test_a_task_costs_at_every_crew_what_its_load_makes_of_it(seed: int, which: int) -> None:
    snapshot = a_fair_storm(seed)

    same_as_moving(snapshot, plan(snapshot, stop=FEW), None, f"t{which}")


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_prices_load_as_plain_code_does(seed: int) -> None:
    snapshot = a_fair_storm(seed, 25, 5)
    travel = travel_of(snapshot)
    problem = build(snapshot, None, commit(snapshot, None, travel), travel)
    routes = start_routes(problem, None, Budget(FEW))
    walked = walk_all(problem, routes)
    assert walked is not None
    arena = Arena(problem, routes)
    arena.hold_apart(walked, early=True)

    assert arena.price() == walked.price


def test_the_price_of_the_search_is_the_price_of_what_it_found() -> None:
    tasks = [a_task(f"t{n}", n % 7, n % 5, deadline=None, work_s=300 + 30 * n) for n in range(16)]
    crews = [a_crew(f"c{n}", 3 * n, worked_s=1200 * n) for n in range(4)]
    snapshot = a_snapshot(*tasks, *crews, prices=Prices(fair_minute=3.0))
    travel = travel_of(snapshot)
    problem = build(snapshot, None, commit(snapshot, None, travel), travel)
    routes: list[list[int]] = [list(range(16)), [], [], []]
    walked = walk_all(problem, routes)
    assert walked is not None
    cooling = Cooling(1500, 60, False, Budget(Stop(wall_s=60)), 0.0)
    better, after = improve(problem, routes, walked, cooling, 7)
    again = walk_all(problem, better)

    assert again is not None
    assert again.price == after.price == Arena(problem, better).price()
    assert after.price < walked.price


def test_work_of_the_turn_reaches_the_planner_where_it_has_a_price() -> None:
    fair, free = with_prices(fair_minute=0.1), with_prices()
    spells = (
        Spell(AT - minutes(50), AT - minutes(20), AT - minutes(40)),
        Spell(AT - minutes(120), AT - minutes(50), AT - minutes(100)),
        Spell(AT - minutes(10), None, AT - minutes(5)),
    )
    hand = replace(a_hand("c1", 0), spells=spells)
    seen = [
        build_snapshot(AnAsk(), [an_order("o1", 0, each)], [hand], {each.digest(): each})
        for each in (fair, free)
    ]

    assert [snapshot.crews[0].worked_s for snapshot in seen] == [(20 + 10) * 60, 0]
    assert [snapshot.prices.fair_minute for snapshot in seen] == [0.1, 0.0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_fair_load_has_a_word(lang: str) -> None:
    assert say("why.term.fair", lang)
