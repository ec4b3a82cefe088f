"""A month is judged per case and on the mean, by the promises of the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import AreaClass, KeyClass
from domain.month import Finding, Line, bounds, kept
from tests.domain.builders import START, minutes, policy_named

NOW = START + timedelta(days=3)


def an_order(arrived: float | None = None, restored: float | None = None, **said: Any) -> Finding:
    """An urban order by the State Grid mean, with minutes from its report; closed if restored."""

    def after(minute: float | None) -> datetime | None:
        return None if minute is None else START + minutes(minute)

    given: dict[str, Any] = {
        "area_class": AreaClass.URBAN,
        "key_class": None,
        "policy_hash": "state_grid_average",
        "clock_start": START,
        "by_facts": None,
        "by_events": after(arrived),
        "restored_at": after(restored),
        "closed_at": None if restored is None else START + timedelta(days=1),
    }
    return Finding(**{**given, **said})


def judged(*orders: Finding) -> tuple[Line, ...]:
    return kept(orders, policy_named, NOW)


def test_a_mean_may_be_kept_while_a_case_is_late_and_broken_while_all_are_on_time() -> None:
    (one,) = judged(an_order(10, 100), an_order(70, 100))
    (other,) = judged(an_order(50, 100), an_order(58, 100))

    assert (one.cases, one.on_time, one.late) == (2, 1, 1)
    assert (one.arrival.minutes, one.arrival.promised, one.arrival.kept) == (40, 45, True)
    assert (other.on_time, other.late) == (2, 0)
    assert (other.arrival.minutes, other.arrival.kept) == (54, False)


def test_restoration_counts_from_arrival_and_is_judged_beside_its_promise() -> None:
    (line,) = judged(an_order(20, 200), an_order(20, 201), an_order(30, 20))

    assert (line.cases, line.restoration.cases) == (3, 2)
    assert (line.restoration.minutes, line.restoration.promised) == (180.5, 180)
    assert line.restoration.kept is False


def test_a_fault_on_the_customers_side_counts_as_arrival_and_not_as_repair() -> None:
    (line,) = judged(an_order(20, 40, resolution="customer_side"), an_order(20, 60))

    assert (line.cases, line.on_time, line.customer_side) == (2, 2, 1)
    assert (line.arrival.cases, line.restoration.cases) == (2, 1)


def test_no_rounding_decides_whether_a_mean_was_kept() -> None:
    (exact,) = judged(an_order(45, 60))
    (over,) = judged(an_order(45, 60), an_order(45 + 1 / 60, 60))

    assert exact.arrival.kept is True
    assert (over.arrival.minutes, over.arrival.kept) == (45.01, False)


def test_where_nobody_came_in_time_the_order_is_late_and_else_it_needed_nobody() -> None:
    (line,) = judged(an_order(None, 59), an_order(None, 61))

    assert (line.cases, line.late, line.never_came, line.not_needed) == (1, 1, 1, 1)
    assert (line.arrival.cases, line.arrival.kept) == (0, None)


def test_what_is_open_is_counted_apart() -> None:
    soon = an_order(clock_start=NOW - minutes(59))
    late = an_order(clock_start=NOW - minutes(61))
    (line,) = judged(soon, late, an_order(20), an_order(65), an_order(30, 40))

    assert (line.cases, line.open, line.open_late) == (1, 4, 2)


def test_what_the_facts_prove_counts_before_what_was_entered() -> None:
    (line,) = judged(an_order(10, 100, by_facts=START + minutes(61)))

    assert (line.on_time, line.late, line.arrival.minutes) == (0, 1, 61)


def test_each_order_is_judged_by_the_policy_of_its_day_and_its_own_class() -> None:
    floor = {"policy_hash": "regulatory_floor"}
    lines = judged(
        an_order(40, 50, **floor, area_class=AreaClass.RURAL),
        an_order(40, 50, key_class=KeyClass.TWO),
        an_order(40, 50),
        an_order(40, 50, **floor),
    )

    assert [(line.area_class.value, line.policy_hash, line.ceiling_min) for line in lines] == [
        ("urban", "regulatory_floor", 60),
        ("urban", "state_grid_average", 60),
        ("rural", "regulatory_floor", 120),
    ]
    assert [(line.cases, line.late, line.key_customers) for line in lines] == [
        (1, 0, 0),
        (2, 1, 1),
        (1, 0, 0),
    ]
    assert [line.arrival.promised for line in lines] == [None, 45, None]


@given(
    st.lists(
        st.builds(
            an_order,
            st.none() | st.integers(0, 400),
            st.none() | st.integers(0, 400),
            area_class=st.sampled_from(AreaClass),
            key_class=st.none() | st.sampled_from(KeyClass),
            policy_hash=st.sampled_from(("karamay", "southern_grid")),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_every_order_is_counted_once_in_whatever_order_they_come(
    orders: list[Finding], chance: Any
) -> None:
    lines = judged(*orders)
    shuffled = chance.sample(orders, len(orders))

    assert judged(*shuffled) == lines
    assert len(orders) == sum(line.cases + line.not_needed + line.open for line in lines)
    for line in lines:
        assert line.cases == line.on_time + line.late == line.arrival.cases + line.never_came
        assert line.open_late <= line.open
        assert line.restoration.cases <= line.arrival.cases


@pytest.mark.parametrize(
    ("month", "zone", "begins", "ends"),
    [
        ((2026, 3), "Asia/Shanghai", (2026, 2, 28, 16), (2026, 3, 31, 16)),
        ((2026, 12), "Asia/Shanghai", (2026, 11, 30, 16), (2026, 12, 31, 16)),
        ((2026, 3), "Europe/Berlin", (2026, 2, 28, 23), (2026, 3, 31, 22)),
    ],
)
def test_a_month_begins_and_ends_at_local_midnight(
    month: tuple[int, int], zone: str, begins: tuple[int, ...], ends: tuple[int, ...]
) -> None:
    assert bounds(*month, zone) == (datetime(*begins, tzinfo=UTC), datetime(*ends, tzinfo=UTC))
