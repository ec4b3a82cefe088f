"""A rolling day counts everybody: who came late, and whom nobody reached in the turn."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sim.chance.faults import faults_of
from sim.rolling import ENDS, Load, live, rolling
from tests.domain.builders import policy_named
from tests.sim.towns import FIRST, a_town

POLICY = policy_named("state_grid_ceiling")
CALM = Load("calm", 6, 9, 2.0)
TOO_MUCH = Load("too much", 40, 2, 6.0, "heavy")


def test_all_faults_fall_in_the_hours_of_the_load_and_all_crews_are_on_its_turn() -> None:
    rehearsal = rolling(a_town(), POLICY, CALM, 1, FIRST)
    zone = ZoneInfo(rehearsal.ground.time_zone)
    hours = [
        fault.off.astimezone(zone).hour
        for fault in faults_of(rehearsal.days, rehearsal.ground, rehearsal.seed)
    ]

    assert len(hours) == 6
    assert set(hours) <= {8, 9}
    assert [team.turn for team in rehearsal.ground.teams] == [1] * 9


@pytest.mark.parametrize("strategy", ["first_come", "planner"])
def test_with_crews_enough_nobody_is_left_and_the_price_is_lateness_and_driving(
    strategy: str,
) -> None:
    day = live(rolling(a_town(), POLICY, CALM, 1, FIRST), strategy)

    assert day.unserved == 0
    assert day.on_time == day.orders
    assert day.late_min == 0
    assert day.cost == pytest.approx(0.1 * day.travel_min)


def test_whom_nobody_reached_costs_an_arrival_two_hours_after_the_turn() -> None:
    rehearsal = rolling(a_town(2), POLICY, TOO_MUCH, 1, FIRST)
    day = live(rehearsal, "first_come")

    assert day.unserved > 0
    assert day.on_time + day.unserved <= day.orders
    ends = datetime.combine(FIRST, ENDS, ZoneInfo(rehearsal.ground.time_zone))
    last = datetime.combine(FIRST, ENDS, ZoneInfo(rehearsal.ground.time_zone)).replace(hour=14)
    least = ends + timedelta(hours=2) - (last + timedelta(minutes=120))
    assert day.late_min >= day.unserved * least.total_seconds() / 60


def test_the_same_day_is_lived_twice_alike() -> None:
    rehearsal = rolling(a_town(), POLICY, replace(CALM, faults=4), 3, FIRST)

    assert live(rehearsal, "priority") == live(rehearsal, "priority")
