"""Plain work steps back where it alone would make an hour be missed that a human fixed."""

from datetime import timedelta

import pytest

from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Plan
from routing.snapshot import Crew, Task
from tests.routing.builders import (
    AT,
    SHORT,
    a_crew,
    a_lock,
    a_snapshot,
    a_storm,
    a_task,
)


def routes_of(made: Plan) -> dict[str, list[str]]:
    return {route.crew: [visit.task for visit in route.visits] for route in made.routes}


def a_choice(start: float, end: float) -> list[Task | Crew]:
    """A task of a fixed hour that waits for one whose crew is off duty by then.

    The search sees neither of them: both are kept because a human gave them.
    """
    return [
        a_task("first", work_s=0, lock=a_lock("c2", 60)),
        a_task("fixed", after=("first",), lock=a_lock("c1", start, end)),
        a_crew("c1"),
        a_crew("c2", duty_left_s=600),
    ]


def test_no_more_plain_work_steps_back_than_must_and_it_is_told_why() -> None:
    snapshot = a_snapshot(
        *a_choice(70, 90), a_task("long", 1, work_s=7200), a_task("short", 1, work_s=600)
    )
    made = plan(snapshot)

    assert routes_of(made) == {"c1": ["short", "fixed"], "c2": ["first"]}
    assert {each.task: each.code.value for each in made.unassigned} == {"long": "too_expensive"}
    assert broken(check(snapshot, made)) == ()


def test_what_waits_for_work_that_steps_back_steps_back_too() -> None:
    snapshot = a_snapshot(
        *a_choice(70, 90),
        a_task("long", 1, work_s=7200),
        a_task("waits", 1, after=("long",), work_s=60),
    )
    made = plan(snapshot)

    assert routes_of(made) == {"c1": ["fixed"], "c2": ["first"]}
    assert {each.task for each in made.unassigned} == {"long", "waits"}
    assert broken(check(snapshot, made)) == ()


def test_plain_work_stays_where_the_hour_is_missed_all_the_same() -> None:
    snapshot = a_snapshot(*a_choice(20, 40), a_task("plain", 1))
    made = plan(snapshot)

    assert routes_of(made) == {"c1": ["plain", "fixed"], "c2": ["first"]}
    assert broken(check(snapshot, made)) == ()


@pytest.mark.parametrize(("seed", "tasks", "crews"), [(11751, 12, 4), (628918, 8, 1)])
def test_a_plan_that_once_missed_a_fixed_hour_keeps_it(seed: int, tasks: int, crews: int) -> None:
    snapshot = a_storm(seed, tasks, crews)
    made = plan(snapshot, stop=SHORT)
    later = snapshot.model_copy(update={"at": AT + timedelta(minutes=7)})

    assert broken(check(later, plan(later, made, stop=SHORT), previous=made)) == ()
