"""From a plan to changes: only what may start soon, by whom is on shift, nearest first."""

from datetime import datetime
from typing import Any

import pytest

from routing.moves import Move, Standing, moves
from routing.receipt import Code, Plan, Route, StopCause, Unassigned, Visit
from tests.routing.builders import AT, minutes


def a_visit(task: str, minute: float, start: float | None = None) -> Visit:
    eta = AT + minutes(minute)
    begins = eta if start is None else AT + minutes(start)
    return Visit(
        sequence=1, task=task, depart_at=AT, eta=eta, start_at=begins,
        finish_at=begins + minutes(30), travel_s=60, travel_m=500,
    )  # fmt: skip


def a_plan(*visits: tuple[str, Visit], left: tuple[str, ...] = ()) -> Plan:
    return Plan(
        snapshot="s",
        routes=tuple(Route(crew=crew, visits=(visit,)) for crew, visit in visits),
        unassigned=tuple(Unassigned(task=task, code=Code.NO_CREW) for task in left),
        stop_cause=StopCause.LOCAL_OPTIMUM,
        solver="x",
        travel="y",
    )


def stands(task: str, holder: str | None = None, until: datetime | None = None, **said: Any):
    given = {"ready": True, "under_way": False, **said}
    return Standing(task, holder, until=until or AT + minutes(90), **given)


ON_SHIFT = {"a", "b"}


def test_the_nearest_change_comes_first_and_what_stands_is_none() -> None:
    plan = a_plan(("a", a_visit("late", 40)), ("b", a_visit("soon", 10)))
    tasks = [stands("late"), stands("soon", holder="a")]

    found = moves(plan, tasks, ON_SHIFT, AT)

    assert [(move.task, move.crew, move.holder) for move in found] == [
        ("soon", "b", "a"),
        ("late", "a", None),
    ]
    assert moves(plan, [stands("late", "a"), stands("soon", "b")], ON_SHIFT, AT) == ()


@pytest.mark.parametrize(("start", "sent"), [(89, True), (90, True), (91, False)])
def test_work_is_sent_only_within_the_time_the_policy_sends_ahead(start: float, sent: bool) -> None:
    plan = a_plan(("a", a_visit("t", 10, start)))

    assert bool(moves(plan, [stands("t")], ON_SHIFT, AT)) is sent


def test_a_crew_with_a_long_way_is_sent_when_it_must_set_out_not_when_it_is_near() -> None:
    plan = a_plan(("a", a_visit("t", 200)))

    assert [move.crew for move in moves(plan, [stands("t")], ON_SHIFT, AT)] == ["a"]
    assert moves(plan, [stands("t")], ON_SHIFT, AT - minutes(1)) == ()


@pytest.mark.parametrize("said", [{"ready": False}, {"under_way": True}])
def test_work_that_may_not_start_or_that_somebody_drives_to_stays(said: dict[str, bool]) -> None:
    plan = a_plan(("a", a_visit("t", 10)))

    assert moves(plan, [stands("t", "b", **said)], ON_SHIFT, AT) == ()


def test_a_crew_off_shift_is_not_sent() -> None:
    plan = a_plan(("a", a_visit("t", 10)))

    assert moves(plan, [stands("t")], {"b"}, AT) == ()


def test_a_task_that_fits_nobody_is_taken_from_its_crew_with_the_reason() -> None:
    plan = a_plan(left=("t", "free"))

    assert moves(plan, [stands("t", "a"), stands("free")], ON_SHIFT, AT) == (
        Move("t", None, "a", left=Code.NO_CREW),
    )
