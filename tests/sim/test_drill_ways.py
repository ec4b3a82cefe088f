"""Ways: crews pass the points of a way evenly, and take a time of their own on it."""

from itertools import pairwise

import pytest

from sim.drill.chance import stream
from sim.drill.ways import Way, delayed, metres_apart, spots_along, straight_way

CORNER = Way(((10.0, 50.0), (10.0, 50.01), (10.02, 50.01)), 100.0, 0.0, "test")


def test_places_passed_lie_on_the_way_evenly_and_end_at_its_end():
    spots = spots_along(CORNER, 20)
    gaps = [metres_apart(a, b) for a, b in pairwise(spots)]

    assert spots[-1] == (10.02, 50.01)
    assert all(lon == 10.0 or lat == 50.01 for lon, lat in spots)
    assert max(gaps) == pytest.approx(min(gaps), rel=0.35)


def test_a_way_of_no_length_ends_where_it_began():
    assert spots_along(straight_way((10.0, 50.0), (10.0, 50.0), "urban"), 3) == [(10.0, 50.0)] * 3


def test_a_straight_way_is_slower_in_town_and_has_a_detour():
    town = straight_way((10.0, 50.0), (10.0, 50.09), "urban")
    country = straight_way((10.0, 50.0), (10.0, 50.09), "rural")

    assert town.metres == pytest.approx(1.3 * 10_018.8, rel=1e-3)
    assert town.seconds > country.seconds


def test_real_drives_scatter_around_the_told_time_by_seed():
    drives = [delayed(CORNER, stream(1, "road", number)) for number in range(400)]

    assert drives == [delayed(CORNER, stream(1, "road", number)) for number in range(400)]
    assert 90 < sorted(drives)[200] < 110
    assert max(drives) > 120
    assert min(drives) < 80
