"""A shift bounds when work begins, duty hours when it ends."""

from routing.inspection import check
from routing.planner import plan
from tests.routing import builders
from tests.routing.builders import AT, a_crew, a_snapshot, a_task


def test_work_begun_in_a_shift_may_run_over_its_end_while_duty_hours_last() -> None:
    ending = a_crew("c1", shift_end=AT + builders.minutes(20), duty_left_s=4 * 3600)
    next_turn = a_crew(
        "c2", 2, shift_start=AT + builders.minutes(10), shift_end=AT + builders.minutes(500)
    )
    snapshot = a_snapshot(
        a_task("t1", 1, work_s=3600, deadline=AT + builders.minutes(9)), ending, next_turn
    )
    made = plan(snapshot)

    assert [route.crew for route in made.routes if route.visits] == ["c1"]
    assert made.routes[0].visits[0].finish_at > AT + builders.minutes(20)
    assert check(snapshot, made) == ()
