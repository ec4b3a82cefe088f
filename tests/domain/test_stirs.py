"""What makes a board look again, and whom it frees."""

import pytest

from domain.events import (
    BOARD_MATTERS,
    MadeSafe,
    TaskCancelled,
    TaskDone,
    TaskRefused,
    TaskReleased,
)
from domain.kinds import Hazard
from domain.stirs import freed, stirs
from tests.domain.builders import Story


@pytest.mark.parametrize(
    "changes",
    [
        {"customers_off": 40},
        {"life_support": True},
        {"hazards": frozenset({Hazard.WIRE_DOWN})},
    ],
)
def test_reports_stir_by_what_they_change(changes) -> None:
    before = Story().outage

    assert stirs(before, before.model_copy(update=changes), "reports_taken")


def test_one_caller_more_changes_no_plan() -> None:
    before = Story().outage
    after = before.model_copy(update={"reports": before.reports + 1, "watermark": 99})

    assert not stirs(before, after, "reports_taken")


def test_other_kinds_stir_by_what_they_are() -> None:
    outage = Story().outage

    looked_at_closer = {"reports_taken", "rung_climbed"}
    assert all(stirs(outage, outage, kind) for kind in BOARD_MATTERS - looked_at_closer)
    assert not stirs(outage, outage, "estimate_given")


def test_a_rung_says_that_time_has_passed_and_a_board_looks_by_the_clock_anyway() -> None:
    outage = Story().outage

    assert not stirs(outage, outage, "rung_climbed")


def test_a_crew_is_freed_by_what_ends_its_work_or_takes_it_away() -> None:
    outage = Story().outage
    (task,) = outage.tasks
    held = outage.model_copy(update={"tasks": (task.model_copy(update={"crew": "c1"}),)})

    assert freed(held, [TaskDone(task=task.id)]) == {"c1"}
    assert freed(held, [TaskCancelled(task=task.id, reason="work_done")]) == {"c1"}
    assert freed(outage, [TaskCancelled(task=task.id, reason="work_done")]) == set()
    assert freed(outage, [TaskRefused(task=task.id, crew="c2", reason="too_far")]) == {"c2"}
    assert freed(outage, [TaskReleased(task=task.id, crew="c3", epoch=1, reason="other")]) == {"c3"}
    assert freed(held, [MadeSafe(task=task.id, hazards=frozenset())]) == set()
