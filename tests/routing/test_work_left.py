"""Unfinished work is seen with care, so that nobody waits behind it in vain."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import TaskKind
from domain.outage import TaskState
from routing.inspection import check
from routing.plan_input import build
from routing.planner import plan
from routing.receipt import Code
from routing.work_left import work_left
from tests.domain.builders import policy_named
from tests.routing.builders import AT
from tests.routing.hands import HOUR, AnAsk, a_hand, an_order


def test_work_just_begun_is_seen_longer_than_its_mean() -> None:
    assert work_left(HOUR, 0, 0.7, 0.8) > 1.2 * HOUR


def test_without_a_spread_work_takes_its_mean() -> None:
    assert [work_left(HOUR, elapsed, 0, 0.8) for elapsed in (0, 600, 4000)] == [3600, 3000, 0]


@given(st.integers(60, 86_400), st.integers(0, 86_400), st.floats(0.1, 1.5), st.floats(0.0, 0.9))
def test_the_surer_the_later(expected: int, elapsed: int, spread: float, sureness: float) -> None:
    less, more = (work_left(expected, elapsed, spread, s) for s in (sureness, sureness + 0.09))

    assert 0 <= less <= more
    assert work_left(0, elapsed, spread, sureness) >= 0


def test_work_overrun_four_times_is_not_about_to_end() -> None:
    assert work_left(HOUR, 4 * HOUR, 0.7, 0.8) > HOUR


@pytest.mark.parametrize(("kit", "goes"), [((), "near"), (("bucket_truck",), "equipped")])
def test_work_that_needs_a_kit_goes_only_to_a_crew_that_has_it(
    kit: tuple[str, ...], goes: str
) -> None:
    given = policy_named("state_grid_ceiling")
    work = given.work[TaskKind.REPAIR].model_copy(update={"kit": kit})
    policy = given.model_copy(update={"work": {**given.work, TaskKind.REPAIR: work}})
    crews = [a_hand("near", 0), replace(a_hand("equipped", 0.05), kit=("bucket_truck",))]
    snapshot = build(AnAsk(), [an_order("new", 0, policy)], crews, {policy.digest(): policy})
    alone = build(AnAsk(), [an_order("new", 0, policy)], crews[:1], {policy.digest(): policy})
    made = plan(snapshot)

    assert [route.crew for route in made.routes if route.visits] == [goes]
    assert check(snapshot, made) == ()
    assert [left.code for left in plan(alone).unassigned] == ([Code.KIT] if kit else [])


@pytest.mark.parametrize(("spread", "goes"), [(0.7, "idle"), (0.0, "near")])
def test_an_order_is_not_left_behind_unfinished_work_while_an_idle_crew_can_come_in_time(
    spread: float, goes: str
) -> None:
    given = policy_named("state_grid_ceiling")
    planning = given.planning.model_copy(update={"work_spread": spread})
    policy = given.model_copy(update={"planning": planning})
    begun = AT - timedelta(minutes=45)
    tasks = [
        an_order("begun", 0, policy, state=TaskState.WORKING, crew="near", arrived_at=begun),
        an_order("new", 0.005, policy),
    ]
    crews = [a_hand("near", 0), a_hand("idle", 0.085)]

    made = plan(build(AnAsk(), tasks, crews, {policy.digest(): policy}))

    sent = {visit.task: route.crew for route in made.routes for visit in route.visits}
    assert sent["new/1"] == goes
