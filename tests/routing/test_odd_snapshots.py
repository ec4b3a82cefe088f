"""Whatever stands in a snapshot, the answer is a plan or a clear refusal, never a crash."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from routing.plan_input import build
from routing.planner import plan
from routing.snapshot import FrozenStop, Licence, Snapshot, Stop, read_snapshot
from tests.domain.builders import policy_named
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_task, minutes
from tests.routing.hands import AnAsk, a_hand, an_order

FEW = Stop(solutions=20, wall_s=10)
Path = tuple[str | int, ...]


def full() -> dict[str, Any]:
    """A small district in which every field that can hold a number or a time does."""
    tasks = [
        a_task("t1", 1, crew_size=2, lock=a_lock("c1", 10, 60), not_before=AT + minutes(5)),
        a_task("t2", 2, after=("t1",), meeting="m", licences=("high",)),
        a_task("t3", 3, meeting="m"),
        a_task("t4", 4),
    ]
    crew = {
        "free_at": AT,
        "licences": (Licence(name="high", expires_at=AT + minutes(900)),),
        "duty_left_s": 7 * 3600,
        "reserved_from": AT + minutes(300),
        "recall": True,
        "rested_at": AT,
    }
    stop = FrozenStop(task="t4", arrived_at=AT - minutes(9), finish_at=AT + minutes(9))
    prices = {"freeze_s": 60, "change_near": 2.0, "away": 1.0, "call_out": 3.0, "reserve": 4.0}
    snapshot = a_snapshot(*tasks, a_crew("c1", **crew), a_crew("c2", 5), frozen={"c2": (stop,)})
    told: dict[str, Any] = json.loads(snapshot.model_dump_json())
    told["prices"] |= prices
    return told


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))
    else:
        yield path, value


def changed(path: Path, text: str) -> str:
    """The text of the district with one leaf replaced by this bare text."""
    told = full()
    here: Any = told
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = "@@"
    return json.dumps(told).replace('"@@"', text)


NUMBERS = [path for path, value in leaves(full()) if type(value) in (int, float)]
TIMES = [path for path, value in leaves(full()) if isinstance(value, str) and value[:3] == "202"]


def planned_or_refused(text: str) -> Refused | None:
    try:
        snapshot = read_snapshot(text)
    except Refused as refusal:
        return refusal
    made = plan(snapshot, stop=FEW)
    visits = sum(len(route.visits) for route in made.routes)
    assert visits + len(made.unassigned) == len(snapshot.tasks)
    return None


def test_the_district_itself_is_planned() -> None:
    assert planned_or_refused(json.dumps(full())) is None
    assert len(NUMBERS) > 40
    assert len(TIMES) > 15


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", '"x"', "null"]
)
@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(NUMBERS))
def test_what_is_no_number_is_refused_by_name(number: str, path: Path) -> None:
    optional = number == "null" and path[-1] in ("duty_left_s", "crew_size")
    refusal = planned_or_refused(changed(path, number))

    if not optional:
        assert refusal is not None
        assert refusal.code == "snapshot_invalid"
        assert refusal.pointer is not None
        assert refusal.pointer.startswith("".join(f"/{part}" for part in path))


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(NUMBERS),
    number=st.one_of(
        st.sampled_from([-1, -0.5, -(10**9), 10**18, -(10**18), 1e300, 5e-324]),
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
)
def test_any_number_anywhere_gives_a_plan_or_a_refusal_by_name(path: Path, number: float) -> None:
    refusal = planned_or_refused(changed(path, json.dumps(number)))

    if path[-1] not in ("lon", "lat") and number < 0:
        assert refusal is not None
    if refusal is not None:
        assert refusal.code == "snapshot_invalid"
        assert refusal.pointer is not None
        assert refusal.pointer.startswith("".join(f"/{part}" for part in path))


ODD_TIMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
    "1969-12-31T23:59:59Z",
    "2026-03-02T01:00:00",
    "yesterday",
    "",
]


@pytest.mark.parametrize("moment", ODD_TIMES)
@settings(max_examples=25, deadline=None)
@given(path=st.sampled_from(TIMES))
def test_any_time_anywhere_gives_a_plan_or_a_refusal_by_name(moment: str, path: Path) -> None:
    refusal = planned_or_refused(changed(path, json.dumps(moment)))

    if refusal is not None:
        assert refusal.code == "snapshot_invalid"
        assert refusal.pointer is not None


def test_nobody_and_nothing_is_a_plan() -> None:
    nothing = a_snapshot()
    assert plan(nothing).routes == ()
    assert len(plan(a_snapshot(a_task("t1"), a_task("t2"))).unassigned) == 2
    assert plan(a_snapshot(a_crew("c1"))).unassigned == ()


def test_a_moment_far_from_every_shift_leaves_all_work_with_reasons() -> None:
    day = timedelta(days=400)
    snapshot: Snapshot = a_snapshot(a_task("t1"), a_crew("c1"), at=AT + day)
    (left,) = plan(snapshot).unassigned

    assert [each.crew for each in left.crews] == ["c1"]


def test_a_licence_that_never_runs_out_may_say_so_by_the_last_day_there_is() -> None:
    hand = replace(a_hand("c1", 0), licences={"high_voltage": "9999-12-31"})
    policy = policy_named("state_grid_ceiling")
    order = an_order("new", 0, policy, licences=("high_voltage",))
    snapshot = build(AnAsk(), [order], [hand], {policy.digest(): policy})

    assert plan(read_snapshot(snapshot.canonical())).unassigned == ()
