"""Crews take turns around the clock of their place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.turns import shifts_by_turn

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_three_crews_in_a_row_are_on_duty_round_the_clock() -> None:
    shifts = [
        shift
        for place in range(3)
        for _, shift in shifts_by_turn(place, SHANGHAI, NOON - timedelta(days=1), NOON)
    ]
    hours = [NOON - timedelta(hours=number) for number in range(12)]

    assert all(any(each.starts_at <= hour < each.ends_at for each in shifts) for hour in hours)


def test_every_crew_has_the_same_turn_on_every_day_of_its_place() -> None:
    found = dict(shifts_by_turn(4, SHANGHAI, NOON, NOON + timedelta(days=2)))

    assert [str(day) for day in found] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert {shift.starts_at.astimezone(SHANGHAI).hour for shift in found.values()} == {8}
