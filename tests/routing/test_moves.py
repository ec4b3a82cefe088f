"""From a plan to changes: only what may start soon, by whom is on shift, nearest first."""

from datetime import datetime
from typing import Any

import pytest

from domain.board import Placing
from domain.outage import TaskState
from routing.moves import Move, Standing, moves
from routing.plan_input import open_tasks
from routing.receipt import Code, Plan, Route, StopCause, Unassigned, Visit
from tests.domain.builders import policy_named
from tests.routing.builders import AT, minutes
from tests.routing.hands import an_order


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
    as_told = [
        stands("late", "a", told=AT + minutes(40)),
        stands("soon", "b", told=AT + minutes(10)),
    ]
    assert moves(plan, as_told, ON_SHIFT, AT) == ()


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


def a_route(*stops: tuple[str, float], crew: str = "a") -> Plan:
    visits = tuple(a_visit(task, minute) for task, minute in stops)
    plan = a_plan()
    return plan.model_copy(update={"routes": (Route(crew=crew, visits=visits),)})


def test_a_crew_whose_stops_are_planned_in_another_order_is_told_so_after_all_else() -> None:
    plan = a_route(("second", 8), ("new", 30), ("first", 55))
    tasks = [
        stands("first", "a", told=AT + minutes(20)),
        stands("second", "a", told=AT + minutes(50)),
        stands("new"),
    ]

    found = moves(plan, tasks, ON_SHIFT, AT)

    assert [(move.task, move.holder, move.stays) for move in found] == [
        ("new", None, False),
        ("second", "a", True),
        ("first", "a", True),
    ]
    assert [move.eta for move in found] == [AT + minutes(minute) for minute in (30, 8, 55)]


@pytest.mark.parametrize(
    "said",
    [
        {"under_way": True, "holder": "a"},
        {"holder": "b", "until": AT},
        {"holder": "a", "told": AT + minutes(8)},
    ],
)
def test_who_is_under_way_or_has_another_crews_stop_or_knows_the_time_is_told_nothing(
    said: dict[str, Any],
) -> None:
    plan = a_plan(("a", a_visit("t", 8).model_copy(update={"depart_at": AT + minutes(2)})))

    assert moves(plan, [stands("t", **said)], ON_SHIFT, AT) == ()


def test_an_order_that_waits_for_other_work_keeps_its_crew_and_hears_the_other_time() -> None:
    late = [stands("t", "a", ready=False, told=AT + minutes(10))]

    (move,) = moves(a_route(("t", 90)), late, ON_SHIFT, AT)

    assert (move.crew, move.holder, move.eta) == ("a", "a", AT + minutes(90))


def test_what_a_board_told_a_moment_ago_counts_before_the_rows_know_it() -> None:
    policy = policy_named()
    known = an_order("o", 0, policy, crew="a", eta=AT + minutes(20), state=TaskState.ACKNOWLEDGED)
    told = Placing(task="o/1", crew="a", epoch=2, outage_seq=9, eta=AT + minutes(50))
    behind = open_tasks([known.outage], [told])
    caught_up = open_tasks([known.outage], [told.model_copy(update={"outage_seq": 0})])

    assert [item.told for item in behind] == [AT + minutes(50)]
    assert [item.told for item in caught_up] == [AT + minutes(20)]
