"""A crew drives by the times it was told: it is told anew what is off, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from routing.arrivals import NEWS, Arrivals
from tests.routing.builders import AT, minutes


def told_anew(*stops: tuple[float, float | None], new: frozenset[int] = frozenset()) -> list[int]:
    """The places of stops that are told anew; each is planned and told for a minute."""
    arrivals = Arrivals()
    for place, (planned, told) in enumerate(stops):
        if place in new:
            arrivals.give(str(place), AT + minutes(planned))
        else:
            arrivals.keep(
                str(place), AT + minutes(planned), None if told is None else AT + minutes(told)
            )
    found = dict(arrivals.other_times())
    assert found == {task: AT + minutes(stops[int(task)][0]) for task in found}
    return sorted(int(task) for task in found)


def test_times_that_are_right_within_ten_minutes_and_in_order_are_not_told_again() -> None:
    assert told_anew((10, 10), (40, 49), (70, 61)) == []
    assert told_anew() == []


def test_a_time_that_is_off_by_more_is_told_and_the_others_are_not() -> None:
    assert told_anew((10, 10), (40, 51), (70, 69)) == [1]
    assert told_anew((10, None), (40, 40)) == [0]


def test_stops_in_another_order_are_told_although_each_is_off_by_little() -> None:
    assert told_anew((10, 14), (16, 11)) == [1]
    assert told_anew((10, 15), (16, 13)) == [0]


def test_a_new_stop_between_two_moves_only_what_it_comes_before() -> None:
    assert told_anew((10, 10), (40, None), (46, 38), new=frozenset({1})) == [2]
    assert told_anew((10, 10), (30, None), (46, 38), new=frozenset({1})) == []


minute = st.integers(0, 120)


@given(
    st.lists(st.tuples(minute, st.none() | minute), max_size=8), st.frozensets(st.integers(0, 7))
)
def test_after_it_the_crew_goes_as_it_is_planned_and_knows_every_time_within_ten_minutes(
    drawn: list[tuple[int, int | None]], new: frozenset[int]
) -> None:
    planned = sorted({when for when, _ in drawn})
    stops = [(when, told) for when, (_, told) in zip(planned, drawn, strict=False)]
    anew = told_anew(*stops, new=new)
    knows = [
        when if place in new or place in anew or told is None else told
        for place, (when, told) in enumerate(stops)
    ]

    assert knows == sorted(set(knows))
    assert all(
        abs(when - known) <= NEWS / minutes(1)
        for (when, _), known in zip(stops, knows, strict=True)
    )
    assert not set(anew) & new
