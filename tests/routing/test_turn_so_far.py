"""A crew's break and rest follow from its turn so far and from the policy."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.board import CrewOnHand, Spell
from domain.outage import TaskState
from routing.breaks import Break
from routing.inspection import check
from routing.plan_input import build, moves_of, standing
from routing.planner import plan
from routing.receipt import Code
from routing.snapshot import Crew
from tests.routing.builders import AT, minutes
from tests.routing.hands import AnAsk, a_hand, an_order
from tests.routing.test_on_call import on_call, with_prices

MEAL = with_prices(break_min=30, break_after_hours=0.5, break_window_hours=1.5)
REST = with_prices(turn_rest_hours=11.0)
BEGUN = AT - minutes(60)  # of the shift; so a break may begin from half an hour ago on


def on_shift(*spells: tuple[float, float | None], **more: Any) -> CrewOnHand:
    """A crew that worked between these minutes from the moment of the plan."""
    worked = tuple(
        Spell(AT + minutes(out), None if done is None else AT + minutes(done))
        for out, done in spells
    )
    return replace(a_hand("c1", 0), spells=worked, **more)


def seen(hand: CrewOnHand, policy: Any = MEAL, **task: Any) -> Crew:
    order = an_order("new", 0, policy, **task)
    (crew,) = build(AnAsk(), [order], [hand], {policy.digest(): policy}).crews
    return crew


def owed_min(hand: CrewOnHand) -> float:
    due = seen(hand).due_break
    return 0 if due is None else due.length_s / 60


def test_a_break_is_owed_from_its_hour_on_and_in_its_window() -> None:
    hand = on_shift((-50, -5))

    assert seen(hand).due_break == Break(
        earliest=AT - minutes(30), latest=AT + minutes(60), length_s=25 * 60
    )
    assert seen(hand, with_prices(break_min=0)).due_break is None


@pytest.mark.parametrize(
    ("spells", "owed"),
    [
        ([], 0),
        ([(-50, -28)], 2),
        ([(-50, -30)], 0),
        ([(-50, -31)], 0),
        ([(-60, -29), (-1, None)], 30),
        ([(-60, -40), (0, None)], 0),
        ([(-60, -45), (-45, None)], 30),
        ([(-60, None), (-20, -10)], 30),
    ],
)
def test_who_had_nothing_to_do_for_long_enough_has_had_its_break(
    spells: list[tuple[float, float | None]], owed: float
) -> None:
    assert owed_min(on_shift(*spells)) == owed


def test_before_its_hour_all_of_the_break_is_owed() -> None:
    hand = on_shift(shift_start=AT)

    assert owed_min(hand) == 30


def test_the_end_of_a_break_does_not_move_while_the_crew_has_it() -> None:
    crew = seen(on_shift((-50, -20)))

    assert crew.due_break is not None
    assert crew.due_break.length_s == 10 * 60


def test_who_is_on_call_has_no_break_of_a_turn() -> None:
    assert seen(on_call("c1", called=AT), MEAL).due_break is None


def test_a_crew_is_sent_behind_its_break_and_not_into_it() -> None:
    long = with_prices(break_min=30, break_after_hours=1.0, break_window_hours=0.1)
    orders = [an_order("o1", 0.001, long)]
    policies = {long.digest(): long}
    snapshot = build(AnAsk(), orders, [on_shift((-60, -1))], policies)
    made = plan(snapshot, standing(snapshot, orders))
    ((visit,),) = (route.visits for route in made.routes)

    assert check(snapshot, made) == ()
    assert visit.depart_at == AT + minutes(30)
    assert [m.crew for m in moves_of(made, orders, [on_shift()], policies, AT)] == ["c1"]


def test_nobody_sets_out_before_the_rest_after_the_last_turn() -> None:
    tired = seen(on_shift(turn_before=BEGUN - timedelta(hours=8)), REST)

    assert tired.rested_at == BEGUN + timedelta(hours=3)
    assert seen(on_shift(turn_before=BEGUN - timedelta(hours=11)), REST).rested_at is None
    assert seen(on_shift(turn_before=BEGUN - timedelta(hours=8)), MEAL).rested_at is None
    assert seen(on_shift(), REST).rested_at is None


def test_work_after_the_last_turn_puts_the_rest_off() -> None:
    out = (-60 - 9 * 60, -60 - 5 * 60)
    tired = seen(on_shift(out, turn_before=BEGUN - timedelta(hours=12)), REST)

    assert tired.rested_at == BEGUN + timedelta(hours=6)


def test_who_is_at_work_already_is_not_held_back() -> None:
    hand = on_shift((-10, None), turn_before=BEGUN - timedelta(hours=8))
    working = {"state": TaskState.WORKING, "crew": "c1", "arrived_at": AT}

    assert seen(hand, REST, **working).rested_at is None


def test_who_is_not_rested_before_its_shift_ends_is_told_so() -> None:
    hand = on_shift(turn_before=BEGUN - timedelta(hours=1))
    orders = [an_order("o1", 0.001, REST)]
    snapshot = build(AnAsk(), orders, [hand], {REST.digest(): REST})
    made = plan(snapshot)

    assert made.routes == ()
    assert [each.code for each in made.unassigned[0].crews] == [Code.NOT_RESTED]
    assert check(snapshot, made) == ()
