"""Parts are used up: no crew is given more work than its vehicles carry parts for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from domain.words import say
from routing.choice import Choice, price_choice
from routing.danger import nearest_qualified
from routing.explain import rank_crews
from routing.inspection import broken, check
from routing.planner import plan
from routing.prices import Prices
from routing.receipt import Code, Fault, Plan
from routing.snapshot import Crew, FrozenStop, Snapshot, Stop, Task, read_snapshot
from routing.telling import reason_told
from routing.why import Explainer
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_storm, a_task, minutes

FUSE = {"fuse": 1}


def routes_of(made: Plan) -> dict[str, set[str]]:
    return {route.crew: {visit.task for visit in route.visits} for route in made.routes}


def five_fuses(*crews: Crew, **more: object) -> Snapshot:
    """Five blown fuses in a row, with all day to mend them."""
    day = AT + minutes(400)
    tasks = [a_task(f"t{n}", n, parts=FUSE, work_s=600, deadline=day) for n in range(5)]
    return a_snapshot(*tasks, *crews, **more)


def test_a_crew_gets_no_more_work_than_it_carries_parts_for() -> None:
    snapshot = five_fuses(a_crew("near", parts={"fuse": 2}), a_crew("far", 40, parts={"fuse": 9}))
    made = plan(snapshot)

    assert {crew: len(tasks) for crew, tasks in routes_of(made).items()} == {"near": 2, "far": 3}
    assert made.unassigned == ()
    assert check(snapshot, made) == ()


def test_what_nobody_has_parts_for_is_left_out_and_each_crew_says_what_it_lacks() -> None:
    snapshot = five_fuses(
        a_crew("two", parts={"fuse": 2}),
        a_crew("one", parts={"fuse": 1, "pole": 3}),
        a_crew("no", parts={}),
    )
    made = plan(snapshot)
    left = made.unassigned[0]

    assert len(made.unassigned) == 2
    assert left.code is Code.PARTS
    nothing = dict.fromkeys(("two", "one", "no"), (Code.PARTS, 0))
    assert {each.crew: (each.code, each.params["left"]) for each in left.crews} == nothing
    told = {reason_told(left, lang) for lang in ("en", "zh")}
    assert told == {
        "Too few of fuse: 1 needed, 0 left on its vehicles.",
        "fuse 不足：需要 1，车上还剩 0。",
    }
    assert check(snapshot, made) == ()


def test_a_crew_whose_parts_nobody_counts_lacks_none() -> None:
    snapshot = five_fuses(a_crew("uncounted"), a_crew("none", parts={}))
    made = plan(snapshot)

    assert len(routes_of(made)["uncounted"]) == 5
    assert check(snapshot, made) == ()


def test_work_under_way_uses_its_parts_first() -> None:
    snapshot = five_fuses(
        a_crew("c1", parts={"fuse": 2}),
        frozen={"c1": (FrozenStop(task="t4", arrived_at=AT, finish_at=AT + minutes(10)),)},
    )
    made = plan(snapshot)

    assert len(routes_of(made)["c1"]) == 2
    assert "t4" in routes_of(made)["c1"]
    assert check(snapshot, made) == ()


def test_danger_goes_to_the_nearest_crew_that_still_has_the_parts() -> None:
    urgent = {"danger": True, "parts": {"clamp": 2}}
    snapshot = a_snapshot(
        a_task("d1", 1, **urgent),
        a_task("d2", 2, **urgent),
        a_crew("near", parts={"clamp": 3}),
        a_crew("far", 30, parts={"clamp": 2}),
    )

    for made in (plan(snapshot), nearest_qualified(snapshot)):
        assert sorted(map(len, routes_of(made).values())) == [1, 1]
        assert broken(check(snapshot, made)) == ()


def test_what_a_human_gave_is_loaded_first_and_never_refused() -> None:
    snapshot = five_fuses(a_crew("c1", parts={"fuse": 2}))
    chosen = {"t3": a_lock("c1"), "t4": a_lock("c1")}
    locked = snapshot.model_copy(
        update={
            "tasks": tuple(t.model_copy(update={"lock": chosen.get(t.id)}) for t in snapshot.tasks)
        }
    )
    made = plan(locked)
    assert routes_of(made)["c1"] == {"t3", "t4"}
    assert check(locked, made) == ()

    third = price_choice(
        snapshot, plan(snapshot), Choice(task=plan(snapshot).unassigned[0].task, crew="c1")
    )
    assert Fault.PARTS in {each.fault for each in third.rules}


def test_a_human_may_give_more_than_is_carried_and_is_told() -> None:
    snapshot = a_snapshot(
        a_task("t1", parts=FUSE, lock=a_lock("c1")),
        a_task("t2", parts=FUSE),
        a_crew("c1", parts={}),
    )
    made = plan(snapshot)
    found = check(snapshot, made)

    assert routes_of(made)["c1"] == {"t1"}
    assert [(each.fault, each.task, each.kept) for each in found] == [(Fault.PARTS, "t1", True)]
    assert found[0].params == {"missing": "fuse"}
    assert broken(found) == ()


def test_ranking_counts_what_the_route_already_uses() -> None:
    snapshot = five_fuses(a_crew("near", parts={"fuse": 2}), a_crew("far", 40, parts={"fuse": 9}))
    made = plan(snapshot)
    theirs = min(routes_of(made)["far"])
    fits = {fit.crew: fit for fit in rank_crews(snapshot, theirs, made)}

    assert fits["far"].extra is not None
    assert fits["near"].reason is not None
    assert fits["near"].reason.params == {"missing": "fuse", "needed": 1, "left": 0}
    why = Explainer(snapshot, made).why(theirs)
    assert [(each.crew, each.code) for each in why.cannot] == [("near", Code.PARTS)]


def test_the_plan_before_is_carried_over_as_far_as_parts_go() -> None:
    full = five_fuses(a_crew("c1", parts={"fuse": 5}))
    previous = plan(full)
    fewer = five_fuses(a_crew("c1", parts={"fuse": 3}))
    made = plan(fewer, previous)

    assert len(routes_of(previous)["c1"]) == 5
    assert len(routes_of(made)["c1"]) == 3
    assert check(fewer, made, previous=previous) == ()


def test_crews_that_meet_bring_the_parts_between_them() -> None:
    snapshot = a_snapshot(
        a_task("pole1", meeting="pole", parts={"pole": 1}),
        a_task("pole2", meeting="pole"),
        a_crew("bare", parts={}),
        a_crew("laden", 20, parts={"pole": 1}),
        a_crew("empty", 1, parts={"pole": 0}),
    )
    made = plan(snapshot)

    assert routes_of(made)["laden"] == {"pole1"}
    assert check(snapshot, made) == ()


def test_nobody_is_turned_around_to_work_without_parts() -> None:
    on_the_way = FrozenStop(task="first", turnable=True)
    for parts, turned in (({"fuse": 1}, 1), ({}, 0)):
        snapshot = a_snapshot(
            a_task("first", 9, deadline=AT + minutes(500)),
            a_task("late", 1, deadline=AT + minutes(2), weight=50, customers=9000, parts=FUSE),
            a_crew("c1", parts=parts),
            a_crew("c2", 90, parts={"fuse": 4}),
            frozen={"c1": (on_the_way,)},
            prices=Prices(turn=1.0),
        )
        made = plan(snapshot)
        assert len(made.turned) == turned
        assert broken(check(snapshot, made)) == ()


def test_a_snapshot_that_counts_no_parts_reads_as_before() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"))
    told = snapshot.model_dump(mode="json")

    assert "parts" not in told["tasks"][0]
    assert "parts" not in told["crews"][0]
    counted = a_snapshot(a_task("t1", parts=FUSE), a_crew("c1", parts={}))
    assert read_snapshot(counted.canonical()) == counted
    assert counted.digest() != snapshot.digest()


@pytest.mark.parametrize("count", [-1, 1.5, "many", 10_000_000])
def test_parts_are_counted_in_whole_numbers(count: object) -> None:
    told = a_snapshot(a_task("t1"), a_crew("c1")).model_dump(mode="json")
    told["crews"][0]["parts"] = {"fuse": count}
    with pytest.raises(Refused, match="snapshot_invalid") as refusal:
        read_snapshot(told)
    assert refusal.value.pointer == "/crews/0/parts/fuse"


def scarce(seed: int, tasks: int, crews: int) -> Snapshot:
    """A storm in which every task needs parts and no crew has enough for its day."""
    storm = a_storm(seed, tasks, crews)

    def needs(place: int, task: Task) -> Task:
        return task.model_copy(
            update={"parts": {"fuse": 1 + place % 2, "conductor_m": 10 * place + 5}}
        )

    def has(place: int, crew: Crew) -> Crew:
        return crew.model_copy(
            update={"parts": {"fuse": 1 + place, "conductor_m": 60 + 10 * place}}
        )

    return storm.model_copy(
        update={
            "tasks": tuple(needs(place, task) for place, task in enumerate(storm.tasks)),
            "crews": tuple(has(place, crew) for place, crew in enumerate(storm.crews)),
        }
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 16), st.integers(1, 6))
def test_whatever_comes_no_plan_uses_up_more_than_there_is(
    seed: int, tasks: int, crews: int
) -> None:
    snapshot = scarce(seed, tasks, crews)
    made = plan(snapshot, stop=Stop(solutions=1500, wall_s=20))
    again = plan(snapshot, made, stop=Stop(solutions=1500, wall_s=20))

    assert broken(check(snapshot, made)) == ()
    assert broken(check(snapshot, again, previous=made)) == ()


def test_the_inspection_tells_its_finding_in_words() -> None:
    assert say("plan.fault.parts", "en") != say("plan.fault.parts", "zh")
