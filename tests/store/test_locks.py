"""Any two reports that could be one outage by distance wait for each other."""

from math import cos, radians

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.place import Point, metres_between
from store.places import METRES_PER_DEGREE, lock_names

DISTANCE_M = 400.0
CENTRE = Point(lon=106.55, lat=29.56)
metres = st.floats(-3000, 3000)
places = st.tuples(metres, metres)


def at(east_m: float, north_m: float) -> Point:
    lat = CENTRE.lat + north_m / METRES_PER_DEGREE
    lon = CENTRE.lon + east_m / (METRES_PER_DEGREE * cos(radians(CENTRE.lat)))
    return Point(lon=lon, lat=lat)


def names_at(point: Point, transformers: dict[str, Point]) -> set[str]:
    far = {name: metres_between(point, where) for name, where in transformers.items()}
    near = [name for name, metres in far.items() if metres <= 2 * DISTANCE_M]
    inside = any(metres <= DISTANCE_M for metres in far.values())
    return set(lock_names(near, None, inside, point, DISTANCE_M))


@settings(max_examples=400, deadline=None)
@given(
    first=places,
    angle=places,
    transformers=st.lists(places, max_size=6),
)
def test_two_places_within_the_distance_share_a_lock(
    first: tuple[float, float],
    angle: tuple[float, float],
    transformers: list[tuple[float, float]],
) -> None:
    second = (first[0] + angle[0] / 10, first[1] + angle[1] / 10)
    a, b = at(*first), at(*second)
    assume(metres_between(a, b) <= DISTANCE_M)
    feeders = {f"f{i}": at(*where) for i, where in enumerate(transformers)}

    assert names_at(a, feeders) & names_at(b, feeders)


def test_calls_under_two_transformers_of_one_feeder_share_its_lock() -> None:
    a = lock_names(["f1", "f2"], "f1", True, CENTRE, DISTANCE_M)
    b = lock_names(["f1"], "f1", True, at(5000, 0), DISTANCE_M)

    assert set(a) & set(b) == {"feeder/f1"}
    assert not any(name.startswith("cell/") for name in a)
