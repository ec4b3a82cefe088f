"""Where a mean is promised a minute costs something before the deadline, as the month stands."""

import pytest

from domain.kinds import AreaClass
from domain.month import pressure
from routing.inspection import check
from routing.planner import plan
from routing.price_list import prices_of
from routing.prices import Prices
from tests.domain.builders import policy_named
from tests.routing.builders import AT, a_crew, a_snapshot, a_task, minutes


def test_a_month_that_stands_badly_makes_minutes_dearer_within_bounds() -> None:
    stands = [pressure(so_far, 45) for so_far in (None, 45.0, 60.0, 500.0, 3.0)]

    assert stands == [1.0, 1.0, pytest.approx(60 / 45), 2.0, 0.5]
    assert pressure(60.0, None) == 0.0


def test_only_a_profile_that_promises_a_mean_has_the_price() -> None:
    mean, ceiling = policy_named("state_grid_average"), policy_named("state_grid_ceiling")
    prices = prices_of(mean, {AreaClass.URBAN: 90.0})

    assert prices.mean_minute == {
        AreaClass.URBAN: 0.25, AreaClass.RURAL: 0.125, AreaClass.REMOTE: 0.125
    }  # fmt: skip
    assert prices_of(ceiling, {AreaClass.URBAN: 90.0}).mean_minute == {}
    assert "mean_minute" not in a_snapshot(a_task("t"), a_crew("c")).canonical()


def test_a_minute_costs_before_the_deadline_and_says_so() -> None:
    prices = Prices(mean_minute={AreaClass.URBAN: 0.5})
    job = a_task("t1", 5, deadline=AT + minutes(300))
    snapshot = a_snapshot(job, a_crew("c1"), prices=prices)
    made = plan(snapshot)
    takes = (made.routes[0].visits[0].eta - AT).total_seconds() / 60

    assert made.cost.mean == pytest.approx(0.5 * takes, abs=0.01)
    assert made.cost.lateness == 0
    assert check(snapshot, made) == ()


def test_danger_and_what_nobody_waits_for_have_no_mean() -> None:
    prices = Prices(mean_minute={AreaClass.URBAN: 0.5})
    things = a_task("fire", danger=True), a_task("later", deadline=None), a_crew("c1")

    assert plan(a_snapshot(*things, prices=prices)).cost.mean == 0
