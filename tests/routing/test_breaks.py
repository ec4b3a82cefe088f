"""A crew has its break between two tasks, in its hours, and danger does not wait for it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.words import say
from routing.arena import Arena
from routing.breaks import Break
from routing.budget import Budget
from routing.danger import commit
from routing.explain import rank_crews
from routing.inspection import broken, check
from routing.kernel import HUGE, extra_by_break
from routing.planner import plan
from routing.problem import Problem, build
from routing.receipt import Code, Plan, Visit
from routing.snapshot import Crew, FrozenStop, Snapshot, Stop, Task, read_snapshot
from routing.start import start_routes
from routing.travel import travel_of
from routing.walk import walk_all
from tests.routing.builders import (
    AT,
    a_break,
    a_crew,
    a_lock,
    a_snapshot,
    a_storm,
    a_task,
    minutes,
    with_breaks,
    with_meetings,
)
from tests.routing.test_fit_is_exact import same_as_moving

FEW = Stop(solutions=600, wall_s=20)


def planned(*things: Task | Crew, **more: object) -> tuple[Snapshot, Plan]:
    snapshot = a_snapshot(*things, **more)
    made = plan(snapshot)
    assert broken(check(snapshot, made)) == ()
    return snapshot, made


def visits(made: Plan) -> dict[str, Visit]:
    return {visit.task: visit for route in made.routes for visit in route.visits}


def break_of(made: Plan) -> tuple[float, float]:
    """When the only crew has its break, in minutes from the snapshot."""
    (route,) = made.routes
    assert route.taken is not None
    spans = route.taken.start_at - AT, route.taken.end_at - AT
    return spans[0] / minutes(1), spans[1] / minutes(1)


def repairs(*deadlines: float, **more: object) -> list[Task]:
    """Repairs of half an hour where the crew stands."""
    return [
        a_task(f"t{number}", deadline=AT + minutes(due), **more)
        for number, due in enumerate(deadlines)
    ]


def test_a_break_is_put_off_while_work_is_done_in_time_for_it() -> None:
    crew = a_crew("c1", due_break=a_break(0, 60))
    _, made = planned(*repairs(10, 30, 60, 90), crew)

    assert break_of(made) == (60, 90)
    assert [visit.start_at for visit in visits(made).values()] == [
        AT + minutes(each) for each in (0, 30, 90, 120)
    ]


def test_a_crew_that_waits_long_enough_has_its_break_meanwhile() -> None:
    crew = a_crew("c1", due_break=a_break(0, 400))
    first, second = repairs(10, 90)
    later = second.model_copy(update={"not_before": AT + minutes(70)})
    _, made = planned(first, later, crew)

    assert break_of(made) == (30, 60)
    assert visits(made)["t1"].start_at == AT + minutes(70)


def test_no_work_runs_into_the_hours_of_a_break() -> None:
    crew = a_crew("c1", due_break=a_break(40, 50))
    _, made = planned(*repairs(10, 30), crew)

    assert break_of(made) == (40, 70)
    assert visits(made)["t1"].start_at == AT + minutes(70)


def test_where_all_is_done_the_break_is_told_behind_the_work() -> None:
    _, made = planned(*repairs(10), a_crew("c1", due_break=a_break(90, 120)))

    assert break_of(made) == (90, 120)


def test_a_break_after_the_shift_is_nobodys() -> None:
    crew = a_crew("c1", shift_end=AT + minutes(60), due_break=a_break(70, 120))
    _, made = planned(*repairs(10), crew)

    assert made.routes[0].taken is None


def test_work_under_way_that_runs_over_is_followed_by_the_break() -> None:
    stop = FrozenStop(task="t0", arrived_at=AT - minutes(30), finish_at=AT + minutes(45))
    crew = a_crew("c1", due_break=a_break(0, 20))
    _, made = planned(*repairs(10, 60), crew, frozen={"c1": (stop,)})

    assert break_of(made) == (45, 75)
    assert visits(made)["t1"].start_at == AT + minutes(75)


def test_danger_does_not_wait_for_a_break() -> None:
    crew = a_crew("c1", due_break=a_break(-20, -10))
    fire = a_task("fire", danger=True, deadline=AT)
    _, made = planned(fire, *repairs(60), crew)

    assert visits(made)["fire"].start_at == AT
    assert break_of(made) == (30, 60)


def test_a_break_waits_for_the_hour_a_dispatcher_chose() -> None:
    crew = a_crew("c1", due_break=a_break(0, 15))
    fixed = a_task("fixed", lock=a_lock("c1", 0, 10))
    _, made = planned(fixed, crew)

    assert visits(made)["fixed"].start_at == AT
    assert break_of(made) == (30, 60)


def test_the_other_crew_goes_where_one_has_its_break() -> None:
    _, made = planned(*repairs(10), a_crew("c1", due_break=a_break(0, 5)), a_crew("c2", 3))

    assert [route.crew for route in made.routes] == ["c2"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_said_that_a_break_is_what_forbids(lang: str) -> None:
    hours = {"shift_end": AT + minutes(20), "duty_left_s": 40 * 60}
    crew = a_crew("c1", due_break=a_break(0, 10), **hours)
    snapshot, made = planned(*repairs(10), crew)
    (left,) = made.unassigned
    (fit,) = rank_crews(snapshot, "t0", made)

    assert left.code is left.crews[0].code is Code.BREAK
    assert fit.reason == left.crews[0]
    assert "30" in say("plan.reason.break", lang, **left.params)


def test_what_would_be_too_late_without_the_break_too_is_not_blamed_on_it() -> None:
    hours = {"shift_end": AT + minutes(20), "duty_left_s": 20 * 60}
    _, made = planned(*repairs(10), a_crew("c1", due_break=a_break(0, 10), **hours))

    assert made.unassigned[0].code is Code.SHIFT_END


def test_a_snapshot_without_breaks_is_written_as_before() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"))
    owed = a_snapshot(a_task("t1"), a_crew("c1", due_break=a_break(0, 60)))

    assert "due_break" not in snapshot.canonical()
    assert "taken" not in plan(snapshot).model_dump_json()
    assert read_snapshot(owed.canonical()).digest() == owed.digest()


def test_a_break_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="latest lies before earliest"):
        Break(earliest=AT, latest=AT - timedelta(seconds=1), length_s=60)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10_000), again=st.booleans(), meetings=st.booleans())
@example(seed=108, again=False, meetings=True)  # who is to be met has its break first
def test_any_district_with_breaks_has_a_sound_plan(seed: int, again: bool, meetings: bool) -> None:
    snapshot = with_breaks(a_storm(seed, tasks=14, crews=5), seed)
    snapshot = with_meetings(snapshot, seed) if meetings else snapshot
    before = plan(a_storm(seed, 14, 5), stop=FEW) if again else None
    made = plan(snapshot, before, stop=FEW)

    assert broken(check(snapshot, made, previous=before)) == ()
    assert plan(snapshot, before, stop=FEW).digest() == made.digest()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), which=st.integers(0, 13), meetings=st.booleans())
def test_beside_a_break_work_costs_what_moving_it_there_costs(
    seed: int, which: int, meetings: bool
) -> None:
    snapshot = with_breaks(a_storm(seed, tasks=14, crews=4), seed)
    snapshot = with_meetings(snapshot, seed) if meetings else snapshot

    same_as_moving(snapshot, plan(snapshot, stop=FEW), None, f"t{which}")


def a_problem(seed: int) -> tuple[Problem, Sequence[Sequence[int]]]:
    snapshot = with_breaks(a_storm(seed, 25, 5), seed)
    travel = travel_of(snapshot)
    problem = build(snapshot, None, commit(snapshot, None, travel), travel)
    return problem, start_routes(problem, None, Budget(FEW))


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_has_breaks_where_plain_code_has_them(seed: int) -> None:
    problem, routes = a_problem(seed)
    walked = walk_all(problem, [list(route) for route in routes])
    assert walked is not None
    arena = Arena(problem, [list(route) for route in routes])
    arena.hold_apart(walked, early=True)

    assert arena.price() == walked.price


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_knows_what_an_insertion_beside_a_break_costs(seed: int) -> None:
    problem, routes = a_problem(seed)
    tried = 0
    for crew, route in enumerate(routes):
        for task in route if problem.due[crew] else ():
            rest = [[each for each in mine if each != task] for mine in routes]
            arena = Arena(problem, rest)
            _, into, latest, toll, _, _ = arena.ground
            for place in range(len(rest[crew]) + 1):
                arrays = into, latest, toll, arena.tasks, arena.crews, arena.route
                extra = extra_by_break(*arrays, crew, place, task)
                if extra < HUGE:
                    trial = [list(mine) for mine in rest]
                    trial[crew].insert(place, task)
                    saved = problem.tariffs[task].skip
                    assert Arena(problem, trial).price() == arena.price() - saved + extra
                    tried += 1
    assert tried or not any(route for k, route in enumerate(routes) if problem.due[k])
