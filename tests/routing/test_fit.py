"""How crews rank for one task."""

import pytest

from domain.errors import Refused
from routing.explain import rank_crews
from routing.planner import plan
from routing.receipt import Code
from routing.snapshot import FrozenStop
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_task, minutes


def test_the_nearest_free_crew_is_first_and_the_others_say_by_how_much() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("far", 20), a_crew("near", 2), a_crew("mid", 9))
    fits = rank_crews(snapshot, "t1")
    differences = [fit.difference or 0.0 for fit in fits]

    assert [fit.crew for fit in fits] == ["near", "mid", "far"]
    assert differences[0] == 0.0
    assert differences == sorted(differences)


def test_a_crew_that_may_not_go_is_last_with_its_reason() -> None:
    snapshot = a_snapshot(
        a_task("t1", skills=("cable",)), a_crew("near"), a_crew("able", 20, skills=("cable",))
    )
    fits = rank_crews(snapshot, "t1")

    assert [fit.crew for fit in fits] == ["able", "near"]
    assert fits[1].reason is not None
    assert fits[1].reason.code is Code.SKILL


def test_a_crew_without_the_kit_says_what_its_vehicles_lack() -> None:
    snapshot = a_snapshot(
        a_task("t1", kit=("bucket_truck", "tree_saw")),
        a_crew("bare"),
        a_crew("half", kit=("tree_saw",)),
        a_crew("equipped", 20, kit=("tree_saw", "bucket_truck", "generator_truck")),
    )
    fits = {fit.crew: fit.reason for fit in rank_crews(snapshot, "t1")}
    lacks = {crew: (why.code, why.params["missing"]) for crew, why in fits.items() if why}

    assert next(iter(fits)) == "equipped"
    assert lacks == dict.fromkeys(("bare", "half"), (Code.KIT, "bucket_truck"))


def test_a_crew_whose_day_is_full_says_which_rule_ends_it() -> None:
    snapshot = a_snapshot(
        a_task("t1", 30), a_crew("c1", duty_left_s=600), a_crew("c2", shift_end=AT + minutes(9))
    )
    codes = {fit.crew: fit.reason.code for fit in rank_crews(snapshot, "t1") if fit.reason}

    assert codes == {"c1": Code.DUTY_HOURS, "c2": Code.SHIFT_END}


def test_with_a_plan_the_crew_that_has_the_task_is_marked() -> None:
    snapshot = a_snapshot(
        *(a_task(f"t{number}", number) for number in range(5)), a_crew("c1"), a_crew("c2", 6)
    )
    made = plan(snapshot)
    owner = next(r.crew for r in made.routes if "t2" in {visit.task for visit in r.visits})
    fits = {fit.crew: fit for fit in rank_crews(snapshot, "t2", made)}

    assert fits[owner].has_it_now
    assert sum(fit.has_it_now for fit in fits.values()) == 1


def test_work_under_way_stays_before_the_task() -> None:
    snapshot = a_snapshot(
        a_task("t1"), a_task("t2", 1), a_crew("c1"), frozen={"c1": (FrozenStop(task="t2"),)}
    )

    assert rank_crews(snapshot, "t1")[0].sequence == 2


def test_a_crew_chosen_by_a_human_is_ranked_although_a_rule_says_no() -> None:
    snapshot = a_snapshot(a_task("t1", skills=("cable",), lock=a_lock("c1")), a_crew("c1"))

    assert rank_crews(snapshot, "t1")[0].extra is not None


def test_the_home_grid_is_told() -> None:
    snapshot = a_snapshot(a_task("t1", grid="g1"), a_crew("c1", home_grid="g1"), a_crew("c2"))
    fits = {fit.crew: fit.home_grid for fit in rank_crews(snapshot, "t1")}

    assert fits == {"c1": True, "c2": False}


def test_a_task_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="task_unknown"):
        rank_crews(a_snapshot(), "t1")
