"""The planner holds: the same plan each time, and an answer to every odd district."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from domain.errors import Refused
from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Code, StopCause
from routing.snapshot import FrozenStop, Snapshot, Stop, read_snapshot
from routing.travel import Place, Real, Whole, travel_of
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_storm, a_task


def test_one_crew_with_three_hundred_tasks_is_planned() -> None:
    tasks = [a_task(f"t{number}", number % 17, number % 13) for number in range(300)]
    snapshot = a_snapshot(*tasks, a_crew("c1"), stop=Stop(solutions=5, wall_s=30))
    made = plan(snapshot)

    assert len(made.unassigned) + len(made.routes[0].visits) == 300
    assert made.routes[0].visits
    assert check(snapshot, made) == ()


def test_the_wall_cap_ends_the_search_and_is_recorded() -> None:
    snapshot = a_storm(3, 80, 10)
    made = plan(snapshot, stop=Stop(solutions=1_000_000, wall_s=0.001))

    assert made.stop_cause is StopCause.WALL_CAP
    assert broken(check(snapshot, made)) == ()


def test_the_same_snapshot_gives_the_same_plan_five_times() -> None:
    snapshot = a_storm(11, 70, 14)

    assert len({plan(snapshot).digest() for _ in range(5)}) == 1


def test_another_process_gives_the_same_plan() -> None:
    code = (
        "import sys; from routing.planner import plan; from routing.snapshot import read_snapshot;"
        "print(plan(read_snapshot(sys.stdin.read())).digest())"
    )
    snapshot = a_storm(12, 30, 6)
    other = subprocess.run(
        [sys.executable, "-c", code],
        input=snapshot.model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert other.stdout.strip() == plan(snapshot).digest()


PLAN_IT = (
    "import sys; from routing.planner import plan; from routing.snapshot import read_snapshot;"
    "print(plan(read_snapshot(sys.stdin.read())).digest())"
)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_twenty_processes_at_once_make_the_same_plan() -> None:
    snapshot = a_storm(13, 60, 12).model_dump_json()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PLAN_IT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(20)
    ]
    said = [each.communicate(snapshot)[0].strip() for each in running]

    assert len(set(said)) == 1
    assert said[0]


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_orders_come_back_as_a_plan() -> None:
    tasks = [a_task(f"t{n}", n % 101, n // 101) for n in range(10_000)]
    crews = [a_crew(f"c{n}", n, n) for n in range(40)]
    made = plan(a_snapshot(*tasks, *crews, stop=Stop(solutions=1_000_000, wall_s=5)))

    assert sum(len(route.visits) for route in made.routes) + len(made.unassigned) == 10_000
    assert len(made.routes) == 40
    assert made.stop_cause is StopCause.WALL_CAP


def test_with_all_promises_broken_everything_is_planned() -> None:
    late = {"deadline": AT - timedelta(days=2)}
    snapshot = a_snapshot(*(a_task(f"t{n}", n, **late) for n in range(9)), a_crew("c1"))
    made = plan(snapshot)

    assert made.unassigned == ()
    assert check(snapshot, made) == ()


def test_locks_that_cannot_all_be_kept_are_kept_as_far_as_can_be_and_told() -> None:
    snapshot = a_snapshot(
        *(a_task(f"t{n}", 9 * n, lock=a_lock("c1", 60)) for n in range(4)),
        a_task("waits", lock=a_lock("c1", -30), after=("t3",)),
        a_task("under_way", lock=a_lock("c2", 0)),
        a_task("nobody", lock=a_lock("gone", 30)),
        a_crew("c1"),
        a_crew("c2"),
        frozen={"c1": (FrozenStop(task="under_way"),)},
    )
    made = plan(snapshot)
    found = check(snapshot, made)

    assert {each.task: each.code for each in made.unassigned} == {"nobody": Code.LOCKED_CREW_ABSENT}
    assert {each.fault.value for each in found} == {"lock_crew", "lock_time"}
    assert broken(found) == ()


class FarAway:
    """Travel on which one place cannot be reached within anybody's shift."""

    version = "far/1"

    def __init__(self, snapshot: Snapshot, lon: float) -> None:
        self._near, self._lon = travel_of(snapshot), lon

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        away = self._lon in (origin.lon, target.lon) and origin != target
        seconds, metres = self._near.leg(origin, target)
        return (10**9, metres) if away else (seconds, metres)

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        seconds, metres = self._near.matrix(origins, targets)
        away = [[self._lon in (a.lon, b.lon) and a != b for b in targets] for a in origins]
        far = np.array(away, dtype=np.bool_).reshape(seconds.shape)
        return np.where(far, 10**9, seconds), metres


def test_a_place_nobody_can_reach_is_left_with_a_reason_and_the_rest_is_planned() -> None:
    snapshot = a_snapshot(
        *(a_task(f"t{n}", n) for n in range(6)), a_task("island", 50), a_crew("c1"), a_crew("c2", 3)
    )
    travel = FarAway(snapshot, snapshot.tasks[-1].lon)
    made = plan(snapshot, travel=travel)

    assert [(each.task, each.code) for each in made.unassigned] == [("island", Code.SHIFT_END)]
    assert check(snapshot, made, travel=travel) == ()


def test_tasks_at_one_place_without_work_are_planned() -> None:
    snapshot = a_snapshot(*(a_task(f"t{n}", work_s=0) for n in range(40)), a_crew("c1"))
    made = plan(snapshot)

    assert len(made.routes[0].visits) == 40
    assert check(snapshot, made) == ()


def test_the_heaviest_prices_do_not_overflow() -> None:
    heavy = {"weight": 1000.0, "danger": False, "deadline": AT - timedelta(days=30)}
    snapshot = a_snapshot(*(a_task(f"t{n}", n, **heavy) for n in range(30)), a_crew("c1"))
    dear = snapshot.prices.model_copy(
        update={"late_minute": dict.fromkeys(snapshot.prices.late_minute, 1000.0)}
    )
    snapshot = snapshot.model_copy(update={"prices": dear})
    made = plan(snapshot)

    assert made.cost.total > 0
    assert broken(check(snapshot, made)) == ()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1e999", "-5"])
@pytest.mark.parametrize("field", ["lon", "work_s", "weight"])
def test_numbers_that_are_none_are_refused(field: str, number: str) -> None:
    text = a_snapshot(a_task("t1", work_s=77, weight=78.5), a_crew("c1")).model_dump_json()
    was = {"lon": '"lon":106.5', "work_s": '"work_s":77', "weight": '"weight":78.5'}[field]
    if field == "lon" and number == "-5":
        number = "-181"

    with pytest.raises(Refused, match="snapshot_invalid"):
        read_snapshot(text.replace(was, f'"{field}":{number}', 1))
