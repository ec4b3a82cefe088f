"""A discrepancy is what a customer tells otherwise than the crew's statements prove."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.discrepancy import Differing, Told, differing
from domain.field import Verdict

PROMISED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
EARLY, LATE = PROMISED - timedelta(minutes=5), PROMISED + timedelta(minutes=5)


def proven(arrived_at: datetime | None, **more: Any) -> Verdict:
    on_time = None if arrived_at is None else arrived_at <= PROMISED
    arrival = "none" if arrived_at is None else "proven"
    return Verdict(
        promised_by=PROMISED, arrived_at=arrived_at, arrival=arrival, on_time=on_time, **more
    )


@pytest.mark.parametrize(
    ("told", "verdict", "found"),
    [
        ({"commitment_kept": False}, proven(EARLY), Differing.LATE_SAID),
        ({"commitment_kept": True}, proven(LATE), Differing.ON_TIME_SAID),
        (
            {"contacted_on_arrival": False},
            proven(EARLY, contacted_at=EARLY),
            Differing.CONTACT_DENIED,
        ),
        ({"still_off": True}, proven(EARLY, restored_at=LATE), Differing.STILL_OFF),
    ],
)
def test_each_thing_told_otherwise_is_named(
    told: dict[str, bool], verdict: Verdict, found: Differing
) -> None:
    assert differing(Told(**told), verdict) == (found,)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"commitment_kept": True, "satisfied": False}, proven(EARLY)),
        ({"commitment_kept": False}, proven(None)),
        ({"contacted_on_arrival": True}, proven(EARLY)),
        ({"contacted_on_arrival": False}, proven(EARLY)),
        ({"still_off": True}, proven(EARLY)),
    ],
)
def test_where_one_side_says_nothing_else_nothing_differs(
    told: dict[str, bool], verdict: Verdict
) -> None:
    assert differing(Told(**told), verdict) == ()
