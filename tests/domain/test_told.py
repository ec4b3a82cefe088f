"""What a customer is told of an arrival is kept more often than what is planned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import TaskKind
from domain.outage import Outage, Task, TaskState
from domain.place import Point
from domain.policy import Policy
from domain.told import expected_by, margin
from tests.domain.builders import policy_named

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ETA = AT + timedelta(minutes=40)


def telling(**planning: float) -> Policy:
    policy = policy_named("state_grid_ceiling")
    return policy.model_copy(update={"planning": policy.planning.model_copy(update=planning)})


def an_outage(**task: Any) -> Outage:
    given = {"crew": "c1", "eta": ETA, "dispatched_at": AT, "state": TaskState.EN_ROUTE} | task
    return Outage(
        id="o", district="jp", area_class="urban", policy_hash="p", rules_version=1, opened_at=AT,
        clock_start=AT, at=Point(lon=106.5, lat=29.5),
        tasks=(Task(id="o/t1", kind=TaskKind.REPAIR, queued_at=AT, **given),),
    )  # fmt: skip


def test_a_policy_of_before_tells_what_is_planned() -> None:
    assert expected_by(an_outage(), telling(told_quantile=0.5)) == ETA


def test_what_is_told_is_later_by_the_margin_of_what_lies_ahead() -> None:
    told = expected_by(an_outage(), telling(told_quantile=0.8, drive_spread=0.25))

    assert told is not None
    assert told - AT == timedelta(seconds=round(2400 * margin(telling().planning)))
    assert timedelta(minutes=48) < told - AT < timedelta(minutes=50)


@given(st.floats(0.5, 0.95), st.floats(0, 1))
def test_the_surer_the_later(quantile: float, spread: float) -> None:
    less = margin(telling(told_quantile=quantile, drive_spread=spread).planning)
    more = margin(telling(told_quantile=quantile + 0.04, drive_spread=spread).planning)

    assert 1 <= less <= more


@pytest.mark.parametrize(
    "task",
    [
        {"crew": None, "state": TaskState.QUEUED},
        {"eta": None},
        {"arrived_at": ETA, "state": TaskState.WORKING},
        {"finished_at": ETA, "state": TaskState.DONE},
    ],
)
def test_nothing_is_told_where_nobody_is_to_come(task: dict[str, Any]) -> None:
    assert expected_by(an_outage(**task), telling()) is None
