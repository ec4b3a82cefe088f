"""Invented storms: the same by seed, and of the shape that a recorded year had."""

from itertools import pairwise
from statistics import median

import pytest

from sim.drill.storms import DAY, STORMS, invented, storm_events


def hours_of(kind: str) -> list[float]:
    return sorted((each.on - each.off).total_seconds() / 3600 for each in invented(kind, 1))


@pytest.mark.parametrize("kind", STORMS)
def test_a_storm_is_the_same_by_seed_and_has_its_outages_within_its_day(kind):
    records = invented(kind, 1)

    assert storm_events(kind, 1) == storm_events(kind, 1)
    assert storm_events(kind, 1) != storm_events(kind, 2)
    assert len(records) == STORMS[kind].outages
    assert all(each.off.date() == DAY.date() and each.on > each.off for each in records)


def test_durations_have_the_spread_of_the_year_and_grow_with_the_storm():
    light = hours_of("light")

    assert 2.2 < median(light) < 4.5
    assert 6 < light[len(light) * 9 // 10] < 18
    assert median(light) < median(hours_of("heavy")) < median(hours_of("extreme"))


def test_a_front_takes_many_within_minutes_in_one_town():
    records = invented("heavy", 1)
    close = [(a, b) for a, b in pairwise(records) if (b.off - a.off).seconds < 60]
    peak = [each for each in records if 16 <= each.off.hour < 21]

    assert len(peak) > len(records) / 2
    assert len(close) > len(records) / 3
