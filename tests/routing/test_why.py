"""Why a task goes to its crew or to none: the differences are those of really moving it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from routing.inspection_clock import clock_faults
from routing.inspection_price import price_faults
from routing.planner import plan
from routing.pricing import price
from routing.receipt import Code, Cost, Hold, Plan, Reason, StopCause, Unassigned
from routing.snapshot import FrozenStop, Snapshot, Stop
from routing.travel import travel_of
from routing.why import Explainer, RunnerUp, Why
from tests.routing.builders import AT, a_crew, a_snapshot, a_storm, a_task, minutes
from tests.routing.moved_plans import moved

FEW = Stop(solutions=3, wall_s=20)


def why(snapshot: Snapshot, made: Plan, task: str, previous: Plan | None = None) -> Why:
    return Explainer(snapshot, made, previous=previous).why(task, runners_up=9)


def is_what_moving_costs(
    snapshot: Snapshot, made: Plan, previous: Plan | None, task: str, runner: RunnerUp
) -> None:
    changed = moved(snapshot, made, task, runner.crew, runner.sequence - 1, runner.terms)
    left = [each.task for each in changed.unassigned]
    again = price(snapshot, changed.routes, left, previous)
    visits = {v.task: v for route in changed.routes for v in route.visits}
    was = {v.task: v for route in made.routes for v in route.visits}
    clock = clock_faults(snapshot, list(changed.routes), travel_of(snapshot))
    later = {t for t in was if t != task and visits[t].late_s > was[t].late_s}

    assert list(price_faults(snapshot, changed, previous)) == []
    assert [each for each in clock if not each.kept] == []
    for term in Cost.model_fields:
        assert getattr(changed.cost, term) == pytest.approx(getattr(again, term), abs=0.01), term
    assert visits[task].eta == runner.eta
    assert {each.task for each in runner.promises if each.late_s > each.late_before_s} == later
    assert all(was[e.task].late_s == 0 for e in runner.promises if e.broken)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
def test_the_difference_of_a_runner_up_is_the_price_of_really_moving_the_task(
    seed: int, which: int, again: bool
) -> None:
    snapshot = a_storm(seed, tasks=12, crews=4)
    previous = plan(a_storm(seed + 1, tasks=12, crews=4), stop=FEW) if again else None
    made = plan(snapshot, previous, stop=FEW)
    told = why(snapshot, made, f"t{which % 12}", previous)
    crews = {each.crew for each in (*told.runners_up, *told.cannot)}

    for runner in (*told.runners_up, *((told.overlooked,) if told.overlooked else ())):
        is_what_moving_costs(snapshot, made, previous, told.task, runner)
    if told.chosen is None:
        assert crews == {crew.id for crew in snapshot.crews}
        assert told.reason is not None
    elif told.chosen.hold is not Hold.FROZEN:
        assert crews | {told.chosen.crew} == {crew.id for crew in snapshot.crews}


def test_the_chosen_crew_tells_its_price_and_the_others_what_they_would_cost_more() -> None:
    snapshot = a_snapshot(
        a_task("t1", 3),
        a_crew("near", 2),
        a_crew("far", 20),
        a_crew("unable", skills=("x",)),
        a_task("hard", 3, skills=("x",)),
    )
    made = plan(snapshot, stop=FEW)
    told = why(snapshot, made, "t1")

    assert told.chosen is not None
    assert told.chosen.crew == "near"
    assert told.chosen.terms.travel > 0
    assert told.chosen.terms.total == pytest.approx(
        sum(v for k, v in told.chosen.terms.model_dump().items() if k != "total"), abs=0.01
    )
    assert [runner.crew for runner in told.runners_up] == ["unable", "far"]
    assert all(runner.terms.total > 0 for runner in told.runners_up)
    assert [each.code for each in why(snapshot, made, "hard").cannot] == [Code.SKILL, Code.SKILL]


def test_a_task_nobody_can_take_says_the_rule_of_every_crew() -> None:
    snapshot = a_snapshot(a_task("t1", skills=("cable",)), a_crew("c1"), a_crew("c2"))
    told = why(snapshot, plan(snapshot, stop=FEW), "t1")

    assert told.chosen is None
    assert told.reason == Reason(code=Code.SKILL, params={"missing": "cable"})
    assert {each.crew: each.code for each in told.cannot} == {"c1": Code.SKILL, "c2": Code.SKILL}
    assert told.leaving is not None
    assert told.leaving > 0
    assert told.overlooked is None


def not_tried(small: Snapshot, whole: Snapshot, task: str) -> Plan:
    """The plan of a snapshot with one task more, which the search did not come to."""
    made = plan(small, stop=FEW)
    left = (*made.unassigned, Unassigned(task=task, code=Code.NOT_FOUND_IN_TIME))
    cost = price(whole, made.routes, [each.task for each in left], None)
    more = {"snapshot": whole.digest(), "unassigned": left, "cost": cost}
    return made.model_copy(update=more | {"stop_cause": StopCause.WALL_CAP})


def test_a_place_the_search_did_not_find_is_told_with_what_it_would_save() -> None:
    crews = (a_crew("c1"), a_crew("c2", 9))
    snapshot = a_snapshot(a_task("t1"), *crews)
    told = why(snapshot, not_tried(a_snapshot(*crews), snapshot, "t1"), "t1")

    assert told.overlooked is not None
    assert (told.overlooked.crew, told.overlooked.sequence) == ("c1", 1)
    assert told.overlooked.terms.total < 0
    assert told.overlooked.terms.unassigned == pytest.approx(-(told.leaving or 0), abs=0.01)
    assert told.stop_cause is StopCause.WALL_CAP


def test_the_promise_that_would_break_is_named_with_its_minutes() -> None:
    small = a_snapshot(
        a_task("urgent", 1, deadline=AT + minutes(20), work_s=600),
        a_task("other", -1, deadline=AT + minutes(60), work_s=600),
        a_crew("c1"),
    )
    big = a_task("big", deadline=AT + minutes(30), work_s=7200, weight=100)
    snapshot = a_snapshot(big, *small.tasks, *small.crews)
    told = why(snapshot, not_tried(small, snapshot, "big"), "big")
    first = told.runners_up[0]
    broken = {each.task: each.late_s for each in first.promises if each.broken}

    assert first.sequence == 2
    assert broken.keys() == {"other"}
    assert broken["other"] > 60 * 60


def test_work_under_way_has_no_runners_up() -> None:
    snapshot = a_snapshot(
        a_task("t1"), a_crew("c1"), a_crew("c2"), frozen={"c1": (FrozenStop(task="t1"),)}
    )
    told = why(snapshot, plan(snapshot, stop=FEW), "t1")

    assert told.chosen is not None
    assert told.chosen.hold is Hold.FROZEN
    assert told.runners_up == ()


def test_only_the_plan_of_this_snapshot_is_explained() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"))
    made = plan(snapshot, stop=FEW)

    with pytest.raises(Refused, match="plan_of_another_snapshot"):
        Explainer(a_snapshot(a_task("t2"), a_crew("c1")), made)
    with pytest.raises(Refused, match="task_unknown"):
        Explainer(snapshot, made).why("t9")


def test_without_the_plan_before_it_is_said_that_changes_are_not_counted() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"))
    before = plan(snapshot, stop=FEW)
    made = plan(snapshot, before, stop=FEW)

    assert not why(snapshot, made, "t1").changes_known
    assert why(snapshot, made, "t1", before).changes_known
