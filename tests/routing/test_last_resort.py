"""Crews of last resort: off shift and called out at a price, or reserved for something else."""

import pytest

from routing.explain import rank_crews
from routing.inspection import broken, check
from routing.planner import plan
from routing.prices import Prices
from routing.receipt import Code, Fault, Plan
from routing.rules import crew_ready
from routing.snapshot import Crew, Snapshot, Task
from routing.telling import sentences
from routing.why import Explainer
from tests.routing.builders import AT, a_crew, a_snapshot, a_task, minutes

PRICES = Prices(call_out=120, reserve=60)
RESTED = AT + minutes(30)


def crew_of(made: Plan, task: str) -> str | None:
    found = [route.crew for route in made.routes for v in route.visits if v.task == task]
    return found[0] if found else None


def a_recall(name: str, east: float = 0, **more: object) -> Crew:
    return a_crew(name, east, **{"recall": True, "rested_at": RESTED} | more)


def planned(*things: Task | Crew) -> tuple[Snapshot, Plan]:
    snapshot = a_snapshot(*things, prices=PRICES)
    made = plan(snapshot)
    assert broken(check(snapshot, made)) == ()
    return snapshot, made


def why(made: Plan, task: str) -> dict[str, Code]:
    left = next(each for each in made.unassigned if each.task == task)
    return {each.crew: each.code for each in left.crews}


@pytest.mark.parametrize(("orders", "called"), [(2, False), (9, True)])
def test_a_crew_is_called_out_only_where_it_saves_more_than_that(orders: int, called: bool) -> None:
    tasks = [a_task(f"t{number}", number) for number in range(orders)]
    _, made = planned(*tasks, a_crew("shift"), a_recall("rest"))

    assert ("rest" in {route.crew for route in made.routes}) is called
    assert made.cost.callouts == (120.0 if called else 0.0)


def test_calling_out_costs_once_however_much_the_crew_does_then() -> None:
    tasks = [a_task(f"t{number}", number, deadline=AT - minutes(600)) for number in range(3)]
    _, made = planned(*tasks, a_recall("rest"))

    assert len(made.routes[0].visits) == 3
    assert made.cost.callouts == 120.0


def test_a_crew_that_is_called_out_sets_out_when_it_is_rested() -> None:
    snapshot, made = planned(a_task("t1", deadline=AT - minutes(600)), a_recall("rest"))

    assert made.routes[0].visits[0].depart_at == RESTED
    assert crew_ready(snapshot.crews[0], snapshot) == RESTED


def test_who_is_not_rested_in_time_is_told_so() -> None:
    _, made = planned(a_task("t1"), a_recall("rest", rested_at=AT + minutes(600)))

    assert why(made, "t1") == {"rest": Code.NOT_RESTED}


def test_danger_calls_nobody_out_while_another_crew_comes_in_time() -> None:
    fire = a_task("fire", danger=True)
    near = a_recall("rest", 0.1, rested_at=AT)

    assert crew_of(planned(fire, a_crew("shift", 8), near)[1], "fire") == "shift"
    assert crew_of(planned(fire, a_crew("shift", 40), near)[1], "fire") == "rest"


def test_a_reserved_crew_is_not_planned_for_ordinary_work() -> None:
    _, made = planned(a_task("t1"), a_crew("kept", reserved_from=AT - minutes(5)))

    assert why(made, "t1") == {"kept": Code.RESERVED}


def test_work_is_finished_when_a_reservation_begins() -> None:
    soon, later = AT + minutes(20), AT + minutes(90)

    assert why(planned(a_task("t1"), a_crew("kept", reserved_from=soon))[1], "t1") == {
        "kept": Code.RESERVED
    }
    assert crew_of(planned(a_task("t1"), a_crew("kept", reserved_from=later))[1], "t1") == "kept"


@pytest.mark.parametrize(("away", "goes", "price"), [(8, "other", 0.0), (40, "kept", 60.0)])
def test_danger_takes_a_reserved_crew_at_a_price_and_only_where_no_other_is_in_time(
    away: float, goes: str, price: float
) -> None:
    kept = a_crew("kept", 0.1, reserved_from=AT - minutes(5))
    _, made = planned(a_task("fire", danger=True), kept, a_crew("other", away))

    assert crew_of(made, "fire") == goes
    assert made.cost.reserve == price


def test_danger_without_any_other_crew_takes_the_reserved_one() -> None:
    kept = a_crew("kept", skills=("live_line",), reserved_from=AT)
    fire = a_task("fire", danger=True, skills=("live_line",), deadline=None)

    assert crew_of(planned(fire, kept, a_crew("other"))[1], "fire") == "kept"


def test_the_inspection_counts_a_call_out_that_the_price_leaves_out() -> None:
    snapshot, made = planned(a_task("t1", deadline=AT - minutes(600)), a_recall("rest"))
    less = made.cost.model_copy(
        update={"callouts": 0.0, "total": made.cost.total - made.cost.callouts}
    )

    found = check(snapshot, made.model_copy(update={"cost": less}))
    assert {each.fault for each in found} == {Fault.WRONG_COST}


def test_a_snapshot_without_such_crews_has_the_digest_it_had() -> None:
    told = a_snapshot(a_task("t1"), a_crew("c1")).canonical()

    assert not any(name in told for name in ("recall", "rested_at", "reserved_from", "call_out"))
    kept = a_snapshot(a_task("t1"), a_recall("c1", reserved_from=AT), prices=PRICES)
    assert Snapshot.model_validate_json(kept.canonical()) == kept


def test_why_says_that_a_crew_is_called_out_and_what_that_costs() -> None:
    snapshot, made = planned(a_task("t1", deadline=AT - minutes(600)), a_recall("rest"))
    why = Explainer(snapshot, made).why("t1")
    said = sentences(why, "en")

    assert why.chosen is not None
    assert why.chosen.recall
    assert why.chosen.terms.callouts == 120.0
    assert "calling out 120.0" in said[0]
    assert said[1] == "rest is off its shift and is called out for it."
    assert rank_crews(snapshot, "t1", made)[0].recall
