"""When people may be called back, and what their answers mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.callback import (
    Answers,
    Outcome,
    discrepancies,
    first_try,
    into_window,
    next_try,
    outcome_of,
)
from domain.field import Verdict
from tests.domain.builders import START, policy_named

POLICY = policy_named()
SHANGHAI = "Asia/Shanghai"
ZONES = [SHANGHAI, "Asia/Urumqi", "UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu"]
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def in_shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(SHANGHAI))


@pytest.mark.parametrize(
    ("restored", "called"),
    [
        (in_shanghai(2, 9), in_shanghai(2, 9, 30)),
        (in_shanghai(2, 3), in_shanghai(2, 8)),
        (in_shanghai(2, 7, 29), in_shanghai(2, 8)),
        (in_shanghai(2, 20, 29), in_shanghai(2, 20, 59)),
        (in_shanghai(2, 20, 30), in_shanghai(3, 8)),
        (in_shanghai(2, 23, 50), in_shanghai(3, 8)),
    ],
)
def test_the_first_call_is_half_an_hour_later_but_never_at_night(
    restored: datetime, called: datetime
) -> None:
    assert first_try(restored.astimezone(UTC), SHANGHAI, POLICY) == called


def test_a_second_try_falls_into_the_hours_of_the_next_day() -> None:
    evening = in_shanghai(31, 19, 30).astimezone(UTC)

    again = next_try(evening, SHANGHAI, POLICY)

    assert again == datetime(2026, 4, 1, 8, 0, tzinfo=ZoneInfo(SHANGHAI))


def test_it_is_night_by_the_clock_of_the_place_and_not_by_ours() -> None:
    noon_utc = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)

    assert into_window(noon_utc, SHANGHAI, POLICY) == noon_utc
    assert into_window(noon_utc + timedelta(minutes=30), SHANGHAI, POLICY) == datetime(
        2026, 3, 3, 0, 0, tzinfo=UTC
    )
    assert into_window(noon_utc, "America/New_York", POLICY) == datetime(
        2026, 3, 2, 13, 0, tzinfo=UTC
    )


def test_calling_hours_follow_the_change_of_clocks() -> None:
    before = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)

    assert into_window(before, "Europe/Berlin", POLICY) == datetime(2026, 3, 29, 6, tzinfo=UTC)


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_window_moves_forward_only_less_than_a_day_and_once(
    moment: datetime, zone: str
) -> None:
    moved = into_window(moment, zone, POLICY)
    local = moved.astimezone(ZoneInfo(zone))

    assert moment <= moved < moment + timedelta(hours=16)
    assert 8 <= local.hour < 21
    assert into_window(moved, zone, POLICY) == moved
    assert moved.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (Answers(satisfied=True), Outcome.SATISFIED),
        (Answers(satisfied=False), Outcome.UNSATISFIED),
        (Answers(satisfied=True, still_off=True), None),
    ],
)
def test_an_answer_is_an_outcome_only_when_the_light_is_on(
    answers: Answers, outcome: Outcome | None
) -> None:
    assert outcome_of(answers) is outcome


def test_a_customer_who_contradicts_the_crews_log_is_noted() -> None:
    verdict = Verdict(promised_by=START, arrived_at=START, on_time=True, contacted_at=START)
    answers = Answers(contacted_on_arrival=False, commitment_kept=False, satisfied=False)

    assert discrepancies(answers, verdict) == ("crew_logged_contact", "crew_logged_on_time")
    assert discrepancies(answers, None) == ()
    assert discrepancies(Answers(satisfied=True), verdict) == ()
