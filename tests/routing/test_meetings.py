"""Work that several crews begin together: all of them, on different crews, at one moment."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from domain.words import say
from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Code, Plan, Visit
from routing.snapshot import FrozenStop, Stop, read_snapshot
from routing.telling import reason_told
from tests.routing.builders import (
    AT,
    a_crew,
    a_lock,
    a_snapshot,
    a_storm,
    a_task,
    minutes,
    with_meetings,
)
from tests.routing.test_fit_is_exact import FEW, same_as_moving


def where(made: Plan) -> dict[str, tuple[str, Visit]]:
    return {visit.task: (route.crew, visit) for route in made.routes for visit in route.visits}


def test_two_crews_begin_a_heavy_pole_at_the_same_moment() -> None:
    snapshot = a_snapshot(
        a_task("pole1", 3, meeting="pole"),
        a_task("pole2", 3, meeting="pole"),
        a_crew("near", 2),
        a_crew("far", -9),
    )
    made = plan(snapshot)
    found = where(made)

    assert {crew for crew, _ in found.values()} == {"near", "far"}
    assert found["pole1"][1].start_at == found["pole2"][1].start_at
    assert check(snapshot, made) == ()


def test_the_crew_that_is_near_does_other_work_while_the_other_one_drives() -> None:
    snapshot = a_snapshot(
        a_task("pole1", 3, meeting="pole"),
        a_task("pole2", 3, meeting="pole"),
        a_task("short", 2, work_s=300),
        a_crew("near", 2),
        a_crew("far", -40),
    )
    found = where(plan(snapshot))

    assert found["short"][0] == "near"
    assert found["short"][1].start_at < found["pole1"][1].start_at


def test_three_crews_meet_and_go_on_to_their_own_work() -> None:
    snapshot = a_snapshot(
        *(a_task(f"line{n}", 1, meeting="line") for n in range(3)),
        *(a_task(f"own{n}", 5 * n - 5, 4) for n in range(6)),
        *(a_crew(f"c{n}", 4 * n) for n in range(4)),
    )
    made = plan(snapshot)
    found = where(made)

    assert len({found[f"line{n}"][0] for n in range(3)}) == 3
    assert len({found[f"line{n}"][1].start_at for n in range(3)}) == 1
    assert made.unassigned == ()
    assert check(snapshot, made) == ()


def test_without_a_second_crew_nobody_is_sent_and_it_is_said_in_both_languages() -> None:
    snapshot = a_snapshot(
        a_task("pole1", 3, meeting="pole"), a_task("pole2", 3, meeting="pole"), a_crew("c1")
    )
    made = plan(snapshot)

    assert {each.code for each in made.unassigned} == {Code.NO_SECOND_CREW}
    assert check(snapshot, made) == ()
    assert "pole2" in reason_told(made.unassigned[0], "en")
    assert "pole2" in reason_told(made.unassigned[0], "zh")


def test_a_partner_nobody_can_do_is_named_by_the_other() -> None:
    snapshot = a_snapshot(
        a_task("switch", 3, skills=("switching",), meeting="both"),
        a_task("mend", 3, meeting="both"),
        a_crew("c1"),
        a_crew("c2"),
    )
    left = {each.task: each for each in plan(snapshot).unassigned}

    assert left["switch"].code is Code.SKILL
    assert (left["mend"].code, left["mend"].params) == (Code.NO_SECOND_CREW, {"task": "switch"})


def test_a_second_crew_joins_the_one_that_is_on_site() -> None:
    snapshot = a_snapshot(
        a_task("mend", 1, meeting="mend"),
        a_task("help", 1, meeting="mend"),
        a_crew("c1", 1),
        a_crew("c2", 9),
        frozen={"c1": (FrozenStop(task="mend", arrived_at=AT - minutes(20)),)},
    )
    made = plan(snapshot)

    assert where(made)["help"][0] == "c2"
    assert check(snapshot, made) == ()


def test_the_crew_on_site_is_not_its_own_second_crew() -> None:
    snapshot = a_snapshot(
        a_task("mend", 1, meeting="mend"),
        a_task("help", 1, meeting="mend"),
        a_crew("c1", 1),
        frozen={"c1": (FrozenStop(task="mend", arrived_at=AT - minutes(20)),)},
    )
    (left,) = plan(snapshot).unassigned

    assert (left.task, left.code) == ("help", Code.NO_SECOND_CREW)
    assert [each.code for each in left.crews] == [Code.SAME_CREW]


def test_danger_waits_for_no_second_crew() -> None:
    snapshot = a_snapshot(
        a_task("guard1", 1, danger=True, meeting="wire"),
        a_task("guard2", 1, danger=True, meeting="wire"),
        a_crew("near", 2),
        a_crew("far", -40),
    )
    made = plan(snapshot)
    found = dict(where(made).values())

    assert found["near"].start_at < found["far"].start_at
    assert check(snapshot, made) == ()


def test_a_meeting_given_to_one_crew_by_a_human_is_kept_and_told() -> None:
    snapshot = a_snapshot(
        a_task("pole1", 3, meeting="pole", lock=a_lock("c1")),
        a_task("pole2", 3, meeting="pole", lock=a_lock("c1")),
        a_crew("c1"),
        a_crew("c2"),
    )
    found = check(snapshot, made := plan(snapshot))

    assert {crew for crew, _ in where(made).values()} == {"c1"}
    assert {each.fault.value for each in found} == {"meeting"}
    assert broken(found) == ()


def test_room_is_made_for_a_meeting_a_human_gave_to_a_crew() -> None:
    short = {"shift_end": AT + minutes(90), "duty_left_s": 90 * 60}
    snapshot = a_snapshot(
        a_task("pole1", 3, meeting="pole", lock=a_lock("c1"), work_s=3600),
        a_task("pole2", 3, meeting="pole", work_s=3600),
        *(a_task(f"t{n}", n, weight=9) for n in range(6)),
        a_crew("c1", **short),
        a_crew("c2", 9),
    )
    made = plan(snapshot)
    found = where(made)

    assert found["pole1"][0] == "c1"
    assert found["pole1"][1].start_at == found["pole2"][1].start_at
    assert check(snapshot, made) == ()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), crews=st.integers(2, 3), again=st.booleans())
def test_any_district_with_meetings_has_a_sound_plan(seed: int, crews: int, again: bool) -> None:
    snapshot = with_meetings(a_storm(seed, tasks=14, crews=5), seed, crews)
    stop = Stop(solutions=600, wall_s=20)
    before = plan(with_meetings(a_storm(seed, 14, 5), seed + 1), stop=stop) if again else None
    made = plan(snapshot, before, stop=stop)

    assert broken(check(snapshot, made, previous=before)) == ()
    assert plan(snapshot, before, stop=stop).digest() == made.digest()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), which=st.integers(0, 13))
def test_work_of_a_meeting_costs_at_every_crew_what_moving_it_there_costs(
    seed: int, which: int
) -> None:
    snapshot = with_meetings(a_storm(seed, tasks=14, crews=4), seed)

    same_as_moving(snapshot, plan(snapshot, stop=FEW), None, f"t{which}")


def test_work_that_waits_for_what_it_begins_with_is_refused() -> None:
    tasks = [
        a_task("a1", meeting="a", after=("b1",)),
        a_task("a2", meeting="a"),
        a_task("b1", meeting="b"),
        a_task("b2", meeting="b", after=("a2",)),
    ]
    text = a_snapshot(*tasks[:3]).model_dump(mode="json")
    text["tasks"].append(tasks[3].model_dump(mode="json"))

    with pytest.raises(Refused, match="snapshot_invalid") as refusal:
        read_snapshot(text)
    assert refusal.value.pointer == "/tasks/0/meeting"


def test_a_snapshot_without_meetings_is_written_as_before() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"))

    assert "meeting" not in snapshot.canonical()
    assert read_snapshot(snapshot.canonical()).digest() == snapshot.digest()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_meeting_that_is_missed_has_a_word(lang: str) -> None:
    assert say("plan.fault.meeting", lang) != "plan.fault.meeting"
