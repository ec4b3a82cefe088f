"""What a plan must be: danger first, every rule kept, nothing lost, the same each time."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.danger import nearest_qualified
from routing.inspection import broken, check
from routing.planner import plan
from routing.prices import Prices
from routing.receipt import Code, Fault, Hold, Plan, StopCause
from routing.snapshot import FrozenStop, Licence, Snapshot
from tests.routing import builders
from tests.routing.builders import AT, SHORT, a_crew, a_lock, a_snapshot, a_storm, a_task


def routes_of(made: Plan) -> dict[str, list[str]]:
    return {route.crew: [visit.task for visit in route.visits] for route in made.routes}


def why(made: Plan, task: str) -> Code:
    return next(each.code for each in made.unassigned if each.task == task)


def test_nothing_to_do_is_an_empty_plan() -> None:
    made = plan(a_snapshot(a_crew("c1")))

    assert made.stop_cause is StopCause.EMPTY
    assert made.routes == ()
    assert check(a_snapshot(a_crew("c1")), made) == ()


def test_without_a_crew_every_task_is_told_so() -> None:
    snapshot = a_snapshot(a_task("t1"), a_task("t2", danger=True))
    made = plan(snapshot)

    assert {each.code for each in made.unassigned} == {Code.NO_CREW}
    assert check(snapshot, made) == ()


def test_danger_is_first_and_goes_to_the_nearest_qualified_crew() -> None:
    snapshot = a_snapshot(
        a_task("fire", 10, danger=True, skills=("live_line",)),
        *(a_task(f"t{number}", number, weight=10) for number in range(8)),
        a_crew("near", 9),
        a_crew("able", 4, skills=("live_line",)),
        a_crew("far", -30, skills=("live_line",)),
    )
    made = plan(snapshot)

    assert routes_of(made)["able"][0] == "fire"
    assert made.routes[1].visits[0].hold is Hold.DANGER
    assert check(snapshot, made) == ()


def test_the_fast_plan_places_danger_and_leaves_the_rest() -> None:
    snapshot = a_snapshot(a_task("fire", danger=True), a_task("t1"), a_crew("c1"))
    made = nearest_qualified(snapshot)

    assert routes_of(made) == {"c1": ["fire"]}
    assert why(made, "t1") is Code.LEFT_FOR_PLANNING
    assert check(snapshot, made) == ()


def test_a_danger_stays_with_its_crew_unless_another_is_clearly_sooner() -> None:
    fire = a_task("fire", danger=True)
    first = plan(a_snapshot(fire, a_crew("c1", 3), a_crew("c2", 4)))
    moved = a_snapshot(fire, a_crew("c1", 3), a_crew("c2", 2.8))
    clearly = a_snapshot(fire, a_crew("c1", 3), a_crew("c2", 0.5))

    assert routes_of(plan(moved, first)) == {"c1": ["fire"]}
    assert routes_of(plan(clearly, first)) == {"c2": ["fire"]}


def test_a_late_order_is_planned_all_the_same() -> None:
    snapshot = a_snapshot(a_task("t1", deadline=AT - builders.minutes(300)), a_crew("c1"))
    made = plan(snapshot)

    assert routes_of(made) == {"c1": ["t1"]}
    assert made.routes[0].visits[0].late_s > 300 * 60 - 1


def test_being_late_at_all_has_its_price_beside_the_minutes() -> None:
    tasks = [
        a_task("hopeless", deadline=AT - builders.minutes(90), work_s=900),
        a_task("in_time", 1, deadline=AT + builders.minutes(12), work_s=3600),
    ]
    by_minutes = a_snapshot(*tasks, a_crew("c1"))
    by_count = by_minutes.model_copy(update={"prices": Prices(late_order=100)})
    made = plan(by_count)

    assert routes_of(plan(by_minutes)) == {"c1": ["hopeless", "in_time"]}
    assert routes_of(made) == {"c1": ["in_time", "hopeless"]}
    assert check(by_count, made) == ()
    cheaper = made.cost.model_copy(update={"lateness": made.cost.lateness - 100})
    assert Fault.WRONG_COST in {
        each.fault for each in check(by_count, made.model_copy(update={"cost": cheaper}))
    }


def test_idle_crews_share_the_work_even_while_no_promise_is_at_risk() -> None:
    later = {"deadline": AT + builders.minutes(400)}
    snapshot = a_snapshot(
        *(a_task(f"t{number}", number, **later) for number in range(4)),
        a_crew("c1"),
        a_crew("c2", 3),
    )

    assert {len(tasks) for tasks in routes_of(plan(snapshot)).values()} == {2}


@pytest.mark.parametrize(
    ("needs", "crew", "code"),
    [
        ({"skills": ("cable",)}, {}, Code.SKILL),
        ({"licences": ("high",)}, {}, Code.LICENCE),
        ({"crew_size": 4}, {}, Code.CREW_SIZE),
        ({"needs_leader": True}, {"has_leader": False}, Code.LEADER),
        ({"needs_safety_officer": True}, {}, Code.SAFETY_OFFICER),
        ({"refused_by": ("c1",)}, {}, Code.REFUSED),
        ({}, {"shift_end": AT - builders.minutes(1)}, Code.NO_SHIFT),
        ({"work_s": 9 * 3600}, {}, Code.DUTY_HOURS),
        ({}, {"shift_end": AT + builders.minutes(1), "duty_left_s": 9000}, Code.SHIFT_END),
        ({"work_s": 3600}, {"duty_left_s": 3000}, Code.DUTY_HOURS),
        ({"lock": a_lock("c9")}, {}, Code.LOCKED_CREW_ABSENT),
        (
            {"licences": ("high",)},
            {"licences": (Licence(name="high", expires_at=AT + builders.minutes(20)),)},
            Code.LICENCE_EXPIRED,
        ),
    ],
)
def test_a_crew_that_may_not_go_is_not_sent_and_the_reason_says_why(
    needs: dict[str, object], crew: dict[str, object], code: Code
) -> None:
    snapshot = a_snapshot(a_task("t1", 1, **needs), a_crew("c1", **crew))
    made = plan(snapshot)

    assert why(made, "t1") is code
    assert [each.crew for each in made.unassigned[0].crews] == ["c1"]
    assert check(snapshot, made) == ()


def test_a_licence_is_good_until_the_moment_it_runs_out() -> None:
    licence = Licence(name="high", expires_at=AT + builders.minutes(60))
    high = {"licences": ("high",), "deadline": AT + builders.minutes(400)}
    snapshot = a_snapshot(
        a_task("low", 0, weight=10),
        a_task("high", 0, **high),
        a_crew("c1", licences=(licence,)),
    )
    made = plan(snapshot)

    assert sorted(routes_of(made)["c1"]) == ["high", "low"]
    assert check(snapshot, made) == ()


def test_work_under_way_stays_first() -> None:
    frozen = {
        "c1": (FrozenStop(task="t2", arrived_at=AT - builders.minutes(10)), FrozenStop(task="t3"))
    }
    snapshot = a_snapshot(
        *(a_task(f"t{number}", number, danger=number == 1) for number in range(4)),
        a_crew("c1"),
        frozen=frozen,
    )
    made = plan(snapshot)
    visits = made.routes[0].visits

    assert [visit.task for visit in visits][:3] == ["t2", "t3", "t1"]
    assert visits[0].finish_at == AT + builders.minutes(20)
    assert check(snapshot, made) == ()


def test_a_task_waits_for_its_forerunner_on_another_crew() -> None:
    snapshot = a_snapshot(
        a_task("assess", 0, skills=("cable",)),
        a_task("repair", 0, after=("assess",), skills=("live_line",)),
        a_crew("c1", skills=("cable",)),
        a_crew("c2", skills=("live_line",)),
    )
    made = plan(snapshot)
    finish = made.routes[0].visits[0].finish_at

    assert made.routes[1].visits[0].start_at == finish
    assert check(snapshot, made) == ()


def test_a_task_whose_forerunner_has_no_crew_says_so() -> None:
    snapshot = a_snapshot(
        a_task("assess", skills=("cable",)), a_task("repair", after=("assess",)), a_crew("c1")
    )
    made = plan(snapshot)

    assert why(made, "repair") is Code.WAITS_FOR_TASK
    assert check(snapshot, made) == ()


@pytest.mark.parametrize(
    "lock", [a_lock("c2"), a_lock("c2", 120), a_lock(None, 120), a_lock("c2", 120, 150)]
)
def test_a_lock_that_can_be_kept_is_kept(lock: object) -> None:
    snapshot = a_snapshot(
        *(a_task(f"t{number}", number, weight=10) for number in range(6)),
        a_task("locked", 0, lock=lock),
        a_crew("c1"),
        a_crew("c2", 20),
    )
    made = plan(snapshot)

    assert why_not_planned(made) == []
    assert check(snapshot, made) == ()


def why_not_planned(made: Plan) -> list[str]:
    return [each.task for each in made.unassigned]


def test_a_choice_of_a_human_that_breaks_a_rule_is_kept_and_told() -> None:
    snapshot = a_snapshot(
        a_task("t1", skills=("cable",), lock=a_lock("c1")),
        a_task("t2", work_s=9 * 3600, lock=a_lock("c1")),
        a_task("t3", lock=a_lock("c1", -60)),
        a_task("t4", lock=a_lock("c1", -60)),
        a_crew("c1"),
    )
    made = plan(snapshot)
    found = check(snapshot, made)

    assert sorted(routes_of(made)["c1"]) == ["t1", "t2", "t3", "t4"]
    assert {each.fault.value for each in found} == {"skill", "duty", "lock_time"}
    assert broken(found) == ()


def test_a_plan_changes_little_when_little_has_changed() -> None:
    snapshot = a_storm(7, 14, 4)
    first = plan(snapshot)
    again = plan(snapshot, first)

    assert again.cost.changes == 0
    assert again.previous == first.digest()


@pytest.mark.parametrize("holder", ["c0", "c4", None])
def test_a_single_task_goes_where_it_costs_least_without_a_search(holder: str | None) -> None:
    crews = [a_crew(f"c{n}", 4 * n, home_grid=f"g{n % 2}") for n in range(5)]
    task = a_task("t", 7, 3, grid="g1", deadline=AT + timedelta(minutes=20))
    snapshot = a_snapshot(task, *crews)
    before = holder and plan(given_to(snapshot, holder))
    made = plan(snapshot, before or None)

    assert made.stop_cause is StopCause.OPTIMAL
    assert made.solutions == 0
    assert made.cost.total == min(
        plan(given_to(snapshot, crew.id), before or None).cost.total for crew in crews
    )


def given_to(snapshot: Snapshot, crew: str) -> Snapshot:
    task = snapshot.tasks[0].model_copy(update={"lock": a_lock(crew)})
    return snapshot.model_copy(update={"tasks": (task,)})


def test_a_plan_reads_back_from_its_json() -> None:
    made = plan(a_storm(5))

    assert Plan.model_validate_json(made.model_dump_json()).digest() == made.digest()
    assert made.model_copy(update={"wall_s": 9.0}).digest() == made.digest()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), tasks=st.integers(0, 16), crews=st.integers(0, 5))
def test_whatever_comes_in_the_plan_breaks_no_rule_of_its_own(
    seed: int, tasks: int, crews: int
) -> None:
    snapshot = a_storm(seed, tasks, crews)
    made = plan(snapshot, stop=SHORT)
    fast = nearest_qualified(snapshot)
    later = snapshot.model_copy(update={"at": AT + timedelta(minutes=7)})

    assert broken(check(snapshot, made)) == ()
    assert broken(check(snapshot, fast)) == ()
    assert broken(check(later, plan(later, made, stop=SHORT), previous=made)) == ()
