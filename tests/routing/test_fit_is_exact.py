"""The quick ranking of crews says the same as really moving the task everywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.explain import rank_crews
from routing.planner import plan
from routing.receipt import Plan
from routing.snapshot import Snapshot, Stop
from tests.routing.builders import AT, a_crew, a_snapshot, a_storm, a_task, minutes
from tests.routing.slow_ranking import PlainRanking

FEW = Stop(solutions=3, wall_s=20)


def same_as_moving(snapshot: Snapshot, made: Plan, previous: Plan | None, task: str) -> None:
    plain = PlainRanking(snapshot, made, previous, task)
    crews = {crew.id: crew for crew in snapshot.crews}
    for fit in rank_crews(snapshot, task, made, previous=previous):
        best = plain.best(crews[fit.crew])
        if best is None:
            assert fit.reason is not None, fit
        else:
            assert fit.reason is None, (fit, best)
            assert fit.extra == pytest.approx(best.extra, abs=0.003), (fit, best)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
def test_a_task_costs_at_every_crew_what_moving_it_there_costs(
    seed: int, which: int, again: bool
) -> None:
    snapshot = a_storm(seed, tasks=14, crews=4)
    previous = plan(a_storm(seed + 1, tasks=14, crews=4), stop=FEW) if again else None
    made = plan(snapshot, previous, stop=FEW)

    same_as_moving(snapshot, made, previous, f"t{which % 14}")


def test_a_task_that_others_wait_for_is_moved_with_what_waits() -> None:
    snapshot = a_snapshot(
        a_task("safe", 1, work_s=3600),
        a_task("mend", 2, after=("safe",)),
        a_task("last", 9, after=("mend",), deadline=AT + minutes(300)),
        *(a_task(f"t{number}", number) for number in range(4)),
        a_crew("c1"),
        a_crew("c2", 6),
        a_crew("c3", -9),
    )
    made = plan(snapshot, stop=FEW)

    for task in snapshot.tasks:
        same_as_moving(snapshot, made, None, task.id)
