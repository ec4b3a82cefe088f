"""The inspection finds every kind of fault a plan can have, wherever it is put."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Fault
from routing.snapshot import Licence
from tests.routing.builders import AT, a_lock, minutes
from tests.routing.spoiling import (
    Change,
    a_town,
    also_left_out,
    break_cut_into,
    break_cut_short,
    break_left_out,
    break_made_up,
    break_put_off,
    break_too_soon,
    danger_left,
    doubled,
    dropped,
    for_crew,
    for_task,
    for_visit,
    frozen_behind,
    given_away,
    late,
    met_by_itself,
    met_by_nobody,
    minute_of,
    not_met,
    renamed_crew,
    swapped,
    too_few,
)

CHANGES: dict[str, tuple[Fault, Change]] = {
    "another snapshot": (
        Fault.SNAPSHOT_MISMATCH,
        lambda s, p, _: (s.model_copy(update={"district": "other"}), p),
    ),
    "an unknown crew": (Fault.UNKNOWN_CREW, renamed_crew),
    "an unknown task": (Fault.UNKNOWN_TASK, lambda s, p, _: (s, for_visit(p, 0, task="ghost"))),
    "a lost task": (Fault.LOST_TASK, dropped),
    "a task twice": (Fault.DOUBLE_ASSIGNMENT, doubled),
    "a task planned and left out": (Fault.DOUBLE_ASSIGNMENT, also_left_out),
    "two visits swapped": (Fault.WRONG_ORDER, swapped),
    "a follower first": (
        Fault.WRONG_ORDER,
        lambda s, p, _: for_task(s, p, 0, after=(p.routes[0].visits[1].task,)),
    ),
    "leaving too soon": (
        Fault.OVERLAP,
        lambda s, p, _: (s, for_visit(p, 1, **late(p.routes[0].visits[1], minutes=-9))),
    ),
    "an arrival too good": (
        Fault.WRONG_ETA,
        lambda s, p, _: (
            s,
            for_visit(p, 0, eta=p.routes[0].visits[0].eta - timedelta(seconds=90)),
        ),
    ),
    "dawdling": (
        Fault.WRONG_ETA,
        lambda s, p, _: (s, for_visit(p, -1, **late(p.routes[0].visits[-1], minutes=30))),
    ),
    "a drive told short": (Fault.WRONG_ETA, lambda s, p, _: (s, for_visit(p, 0, travel_s=0))),
    "before its release": (
        Fault.WRONG_ETA,
        lambda s, p, _: for_task(s, p, 0, released_at=AT + minutes(300)),
    ),
    "work cut short": (
        Fault.WRONG_ARITHMETIC,
        lambda s, p, _: (
            s,
            for_visit(p, -1, finish_at=p.routes[0].visits[-1].finish_at - timedelta(seconds=61)),
        ),
    ),
    "lateness hidden": (
        Fault.WRONG_ARITHMETIC,
        lambda s, p, _: for_task(s, p, 0, deadline=AT - minutes(60)),
    ),
    "a price too low": (
        Fault.WRONG_COST,
        lambda s, p, _: (
            s,
            p.model_copy(update={"cost": p.cost.model_copy(update={"travel": 0.0})}),
        ),
    ),
    "a sum too low": (
        Fault.WRONG_COST,
        lambda s, p, _: (
            s,
            p.model_copy(update={"cost": p.cost.model_copy(update={"total": 0.0})}),
        ),
    ),
    "no skill": (Fault.SKILL, lambda s, p, _: for_crew(s, p, skills=())),
    "no parts": (Fault.PARTS, lambda s, p, _: for_crew(s, p, parts={})),
    "parts for all but the last": (Fault.PARTS, too_few),
    "a part nobody carries": (Fault.PARTS, lambda s, p, _: for_task(s, p, -1, parts={"pole": 2})),
    "no kit": (Fault.KIT, lambda s, p, _: for_crew(s, p, kit=("tree_saw",))),
    "no licence": (Fault.LICENCE, lambda s, p, _: for_crew(s, p, licences=())),
    "a licence run out": (
        Fault.LICENCE,
        lambda s, p, _: for_crew(s, p, licences=(Licence(name="high", expires_at=AT),)),
    ),
    "a small crew": (Fault.CREW_SIZE, lambda s, p, _: for_crew(s, p, size=1)),
    "no leader": (Fault.LEADER, lambda s, p, _: for_crew(s, p, has_leader=False)),
    "no safety officer": (
        Fault.SAFETY_OFFICER,
        lambda s, p, _: for_crew(s, p, has_safety_officer=False),
    ),
    "a crew that refused": (
        Fault.REFUSED,
        lambda s, p, _: for_task(s, p, 0, refused_by=(p.routes[0].crew,)),
    ),
    "work in a closed area": (Fault.AREA_CLOSED, lambda s, p, _: for_task(s, p, 0, shut=True)),
    "before an area opens": (
        Fault.WRONG_ETA,
        lambda s, p, _: for_task(s, p, 0, not_before=AT + minutes(300)),
    ),
    "after the shift": (
        Fault.SHIFT,
        lambda s, p, _: for_crew(s, p, shift_end=AT + timedelta(seconds=1)),
    ),
    "before the shift": (
        Fault.SHIFT,
        lambda s, p, _: for_crew(s, p, shift_start=AT + minutes(400)),
    ),
    "beyond duty": (Fault.DUTY, lambda s, p, _: for_crew(s, p, duty_left_s=1)),
    "out of its rest": (
        Fault.NOT_RESTED,
        lambda s, p, _: for_crew(s, p, recall=True, rested_at=AT + minutes(400)),
    ),
    "a crew kept for something else": (
        Fault.RESERVED,
        lambda s, p, _: for_crew(s, p, reserved_from=AT - minutes(1)),
    ),
    "a break left out": (Fault.BREAK_MISSED, break_left_out),
    "a break nobody was owed": (Fault.BREAK_HOURS, break_made_up),
    "a break with work in it": (Fault.BREAK_CUT, break_cut_into),
    "a break cut short": (Fault.BREAK_CUT, break_cut_short),
    "a break put off for plain work": (Fault.BREAK_HOURS, break_put_off),
    "a break before its hour": (Fault.BREAK_HOURS, break_too_soon),
    "frozen work moved": (Fault.FROZEN_MOVED, frozen_behind),
    "another crew than chosen": (Fault.LOCK_CREW, given_away),
    "another time than chosen": (
        Fault.LOCK_TIME,
        lambda s, p, _: for_task(s, p, 0, lock=a_lock(None, 300)),
    ),
    "too late for the chosen time": (
        Fault.LOCK_TIME,
        lambda s, p, _: for_task(s, p, -1, lock=a_lock(None, 0, minute_of(p) - 1)),
    ),
    "crews that do not meet": (Fault.MEETING, not_met),
    "a crew that meets itself": (Fault.MEETING, met_by_itself),
    "a crew that meets nobody": (Fault.MEETING, met_by_nobody),
    "danger left out": (Fault.DANGER_LEFT, danger_left),
    "danger behind plain work": (
        Fault.DANGER_WAITS,
        lambda s, p, _: for_task(s, p, -1, danger=True),
    ),
    "no reason for a crew": (Fault.NO_REASON, also_left_out),
}


@pytest.mark.parametrize("name", CHANGES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_plan_with_a_fault_built_in_is_found_out(name: str, seed: int) -> None:
    fault, change = CHANGES[name]
    snapshot = a_town(seed)
    made = plan(snapshot)
    busiest = sorted(made.routes, key=lambda route: -len(route.visits))
    made = made.model_copy(update={"routes": tuple(busiest)})
    spoilt_snapshot, spoilt = change(snapshot, made, Random(seed))

    assert check(snapshot, made) == ()
    assert fault in {each.fault for each in broken(check(spoilt_snapshot, spoilt))}


def test_every_kind_of_fault_has_a_plan_that_shows_it() -> None:
    assert {fault for fault, _ in CHANGES.values()} == set(Fault)


def test_the_price_of_change_is_judged_against_the_plan_before() -> None:
    snapshot = a_town(1)
    before = plan(snapshot)
    made = plan(snapshot, before)
    dearer = made.cost.model_copy(
        update={"changes": made.cost.changes + 5, "total": made.cost.total + 5}
    )
    spoilt = made.model_copy(update={"cost": dearer})

    assert check(snapshot, made, previous=before) == ()
    assert {each.fault for each in check(snapshot, spoilt, previous=before)} == {Fault.WRONG_COST}
