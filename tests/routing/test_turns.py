"""Crews on their way: turned around for danger, or for a gain above its price, and else never."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.danger import nearest_qualified
from routing.inspection import broken, check
from routing.moves import Standing, moves
from routing.planner import plan
from routing.prices import Prices
from routing.receipt import Code, Fault, Plan
from routing.snapshot import Crew, FrozenStop, Snapshot, Stop, Task
from tests.routing.builders import AT, a_crew, a_snapshot, a_storm, a_task, minutes

DEAR = Prices(turn=120)
FEW = Stop(solutions=300, wall_s=20)


def on_the_way(*things: Task | Crew, **more: Any) -> Snapshot:
    """The first crew is on its way to the first task."""
    given: dict[str, Any] = {"turnable": True} | more
    crew = next(each for each in things if isinstance(each, Crew))
    task = next(each for each in things if isinstance(each, Task))
    stop = FrozenStop(task=task.id, **given)
    return a_snapshot(*things, frozen={crew.id: (stop,)}, prices=DEAR)


def routes_of(made: Plan) -> dict[str, list[str]]:
    return {route.crew: [visit.task for visit in route.visits] for route in made.routes}


def planned(snapshot: Snapshot) -> dict[str, list[str]]:
    made = plan(snapshot)
    assert broken(check(snapshot, made)) == ()
    return routes_of(made)


GOING, FAR = a_task("going", 20), a_crew("far", 60)


def test_danger_turns_a_crew_around_that_is_clearly_sooner() -> None:
    fire = a_task("fire", 1, danger=True)
    snapshot = on_the_way(GOING, fire, a_crew("near"), FAR)
    made = plan(snapshot)

    assert routes_of(made)["near"][0] == "fire"
    assert made.cost.turns == 120.0
    assert made.turned == ("going",)
    untold = made.model_copy(update={"turned": ()})
    assert {each.fault for each in check(snapshot, untold)} == {Fault.FROZEN_MOVED}
    assert broken(check(snapshot, made)) == ()
    assert routes_of(nearest_qualified(snapshot)) == {"near": ["fire"]}


def test_danger_turns_nobody_around_where_another_is_about_as_soon() -> None:
    fire = a_task("fire", 1, danger=True)

    assert planned(on_the_way(GOING, fire, a_crew("near"), a_crew("idle", 1.5)))["idle"] == ["fire"]


@pytest.mark.parametrize("weight", [1, 100])
def test_an_ordinary_order_turns_a_crew_around_only_for_more_than_the_price(weight: int) -> None:
    long = a_task("going", 20, work_s=1800)
    wanted = a_task("wanted", 1, weight=weight, deadline=AT + minutes(10))
    routes = planned(on_the_way(long, wanted, a_crew("near")))

    assert routes["near"][0] == ("going" if weight == 1 else "wanted")


@pytest.mark.parametrize(
    "more",
    [{"turnable": False}, {"arrived_at": AT - minutes(5), "turnable": False}],
)
def test_a_firm_stop_stays_first_whatever_is_gained(more: dict[str, Any]) -> None:
    fire = a_task("fire", 1, danger=True)

    assert planned(on_the_way(GOING, fire, a_crew("near"), **more))["near"] == ["going", "fire"]


def test_a_crew_whose_work_others_wait_for_is_not_turned_around() -> None:
    waits = a_task("waits", 21, after=("going",))
    fire = a_task("fire", 1, danger=True)

    assert planned(on_the_way(GOING, waits, fire, a_crew("near")))["near"][0] == "going"


def test_what_a_crew_is_turned_around_from_goes_to_another() -> None:
    fire = a_task("fire", 1, danger=True)
    snapshot = on_the_way(GOING, fire, a_crew("near"), a_crew("other", 22))
    snapshot = snapshot.model_copy(
        update={"tasks": (snapshot.tasks[0], fire.model_copy(update={"skills": ("x",)})),
                "crews": (a_crew("near", skills=("x",)), snapshot.crews[1])}
    )  # fmt: skip
    made = plan(snapshot)
    standing = [
        Standing("going", "near", ready=True, under_way=True, until=AT + timedelta(hours=1)),
        Standing("fire", None, ready=True, under_way=False, until=AT + timedelta(hours=1)),
    ]
    told = moves(made, standing, ("near", "other"), AT)

    assert broken(check(snapshot, made)) == ()
    assert {(move.task, move.crew, move.holder) for move in told} == {
        ("fire", "near", None),
        ("going", "other", "near"),
    }


def test_a_crew_that_goes_there_later_itself_is_called_off_first() -> None:
    snapshot = on_the_way(GOING, a_task("fire", 1, danger=True), a_crew("near"))
    made = plan(snapshot)
    standing = [Standing("going", "near", ready=True, under_way=True, until=AT)]

    assert [(m.task, m.crew, m.left) for m in moves(made, standing, ("near",), AT)] == [
        ("going", None, Code.TURNED_AROUND)
    ]


def test_the_inspection_finds_a_turn_that_is_not_paid_for() -> None:
    snapshot = on_the_way(GOING, a_task("fire", 1, danger=True), a_crew("near"))
    made = plan(snapshot)
    less = made.cost.model_copy(update={"turns": 0.0, "total": made.cost.total - 120})

    found = check(snapshot, made.model_copy(update={"cost": less}))
    assert {each.fault for each in found} == {Fault.WRONG_COST}


def test_the_inspection_finds_a_crew_that_goes_nowhere_instead() -> None:
    snapshot = on_the_way(GOING, a_crew("near"))
    made = plan(snapshot)
    gone = made.model_copy(update={"routes": ()})

    assert Fault.FROZEN_MOVED in {each.fault for each in check(snapshot, gone)}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_plans_with_crews_that_may_be_turned_are_sound(seed: int) -> None:
    storm = a_storm(seed)
    frozen = {
        crew: tuple(stop.model_copy(update={"turnable": stop.arrived_at is None}) for stop in stops)
        for crew, stops in storm.frozen.items()
    }
    prices = storm.prices.model_copy(update={"turn": 5.0})
    snapshot = storm.model_copy(update={"frozen": frozen, "prices": prices})
    before = plan(a_storm(seed + 1), stop=FEW)
    made = plan(snapshot, before, stop=FEW)

    assert broken(check(snapshot, made, previous=before)) == ()


def test_a_stop_that_is_firm_has_the_digest_it_had() -> None:
    firm = on_the_way(GOING, a_crew("near"), turnable=False)

    assert "turnable" not in firm.canonical()
    with pytest.raises(ValueError, match="not turned around"):
        FrozenStop(task="t", arrived_at=AT, turnable=True)


def test_a_plan_from_before_a_crew_set_out_does_not_call_it_off() -> None:
    snapshot = a_snapshot(GOING, a_crew("near"))
    made = plan(snapshot)
    under_way = [Standing("going", "near", ready=True, under_way=True, until=AT)]

    assert made.turned == ()
    assert moves(made, under_way, ("near",), AT) == ()
