"""What a human's choice costs: as the plan's own arithmetic and the inspection say it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from routing.choice import Choice, Priced, price_choice
from routing.inspection import check
from routing.inspection_price import price_faults
from routing.planner import plan
from routing.receipt import Cost, Fault, Plan
from routing.snapshot import FrozenStop, Snapshot, Stop
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_storm, a_task, minutes
from tests.routing.moved_plans import moved

FEW = Stop(solutions=3, wall_s=20)


def locked(snapshot: Snapshot, choice: Choice, crew: str) -> Snapshot:
    tasks = tuple(
        task.model_copy(update={"lock": choice.lock(crew)}) if task.id == choice.task else task
        for task in snapshot.tasks
    )
    return snapshot.model_copy(update={"tasks": tasks})


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(0, 11), st.integers(0, 3), st.integers(1, 9),
    st.one_of(st.none(), st.integers(-60, 400)),
)  # fmt: skip
def test_a_choice_costs_what_the_inspection_counts_when_it_is_done(
    seed: int, which: int, crew: int, sequence: int, start: int | None
) -> None:
    snapshot = a_storm(seed, tasks=12, crews=4)
    made = plan(snapshot, stop=FEW)
    hour = None if start is None else AT + minutes(start)
    choice = Choice(task=f"t{which}", crew=f"c{crew}", sequence=sequence, not_before=hour)
    if any(stop.task == choice.task for mine in snapshot.frozen.values() for stop in mine):
        with pytest.raises(Refused, match="task_under_way"):
            price_choice(snapshot, made, choice)
        return
    told = price_choice(snapshot, made, choice)
    chosen = locked(snapshot, choice, told.crew)
    done = moved(chosen, made, told.task, told.crew, told.sequence - 1, told.terms)
    done = done.model_copy(update={"snapshot": chosen.digest()})
    before = {(each.fault, each.crew, each.task) for each in check(snapshot, made)}
    new = {
        (each.fault, each.crew, each.task)
        for each in check(chosen, done)
        if (each.fault, each.crew, each.task) not in before
    }

    assert {(each.fault, each.crew, each.task) for each in told.rules} == new
    assert list(price_faults(chosen, done, None)) == []


def choose(snapshot: Snapshot, made: Plan, **choice: object) -> Priced:
    return price_choice(snapshot, made, Choice.model_validate(choice))


def test_the_plans_own_place_costs_nothing_more() -> None:
    snapshot = a_snapshot(*(a_task(f"t{n}", n) for n in range(4)), a_crew("c1"), a_crew("c2", 9))
    made = plan(snapshot, stop=FEW)
    for route in made.routes:
        for visit in route.visits:
            told = choose(snapshot, made, task=visit.task, crew=route.crew, sequence=visit.sequence)

            assert told.terms == Cost()
            assert (told.promises, told.rules) == ((), ())
            assert told.eta == told.eta_before == visit.eta


def test_a_crew_that_may_not_is_priced_and_the_rule_is_told_as_kept() -> None:
    snapshot = a_snapshot(
        a_task("t1", 3, skills=("cable",)), a_crew("able", 9, skills=("cable",)), a_crew("near", 2)
    )
    told = choose(snapshot, plan(snapshot, stop=FEW), task="t1", crew="near")

    assert (told.crew_before, told.crew) == ("able", "near")
    assert [(each.fault, each.kept) for each in told.rules] == [(Fault.SKILL, True)]
    assert told.terms.total < 0


def test_a_place_that_is_too_early_in_the_route_breaks_anothers_promise() -> None:
    first = a_task("first", 1, deadline=AT + minutes(20), work_s=600)
    long = a_task("long", 2, deadline=AT + minutes(400), work_s=7200)
    snapshot = a_snapshot(first, long, a_crew("c1"))
    told = choose(snapshot, plan(snapshot, stop=FEW), task="long", crew="c1", sequence=1)

    assert [(each.task, each.broken) for each in told.promises] == [("first", True)]
    assert told.terms.lateness > 0


def test_an_hour_that_cannot_be_kept_costs_what_a_missed_lock_costs() -> None:
    snapshot = a_snapshot(a_task("t1", 20), a_crew("c1"))
    made = plan(snapshot, stop=FEW)
    told = choose(snapshot, made, task="t1", not_before=AT + minutes(1), not_after=AT + minutes(2))

    assert told.crew == "c1"
    assert told.terms.locks > 0
    assert [each.fault for each in told.rules] == [Fault.LOCK_TIME]


def test_nothing_goes_before_work_under_way() -> None:
    snapshot = a_snapshot(
        a_task("t1"), a_task("t2", 1), a_crew("c1"), frozen={"c1": (FrozenStop(task="t2"),)}
    )
    made = plan(snapshot, stop=FEW)

    assert choose(snapshot, made, task="t1", crew="c1", sequence=1).sequence == 2
    with pytest.raises(Refused, match="task_under_way"):
        choose(snapshot, made, task="t2", crew="c1")


def test_what_cannot_be_asked_is_refused() -> None:
    snapshot = a_snapshot(a_task("t1", lock=a_lock("c1")), a_crew("c1"))
    made = plan(snapshot, stop=FEW)

    with pytest.raises(Refused, match="task_unknown"):
        choose(snapshot, made, task="t9", crew="c1")
    with pytest.raises(Refused, match="crew_unknown"):
        choose(snapshot, made, task="t1", crew="c9")
    with pytest.raises(Refused, match="hours_swapped"):
        choose(snapshot, made, task="t1", not_before=AT + minutes(2), not_after=AT)
