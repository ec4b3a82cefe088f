"""What makes a board look again."""

import pytest

from domain.events import BOARD_MATTERS
from domain.kinds import Hazard
from domain.stirs import stirs
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
