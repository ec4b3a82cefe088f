"""What a proposal shows as told another time is what the board would tell."""

from datetime import timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from routing.arrivals import Arrivals
from tests.conftest import DEMO_NOW
from tests.console.plain import call

minutes = st.integers(0, 120)
stops = st.lists(st.tuples(minutes, st.none() | minutes), min_size=1, max_size=7)
routes = st.lists(stops, min_size=40, max_size=80)
Route = list[tuple[int, int | None]]


def by_the_board(route: Route) -> set[str]:
    arrivals = Arrivals()
    for number, (planned, told) in enumerate(route):
        arrivals.keep(
            str(number),
            DEMO_NOW + timedelta(minutes=planned),
            None if told is None else DEMO_NOW + timedelta(minutes=told),
        )
    return {task for task, _ in arrivals.other_times()}


def as_shown(route: Route) -> list[dict[str, Any]]:
    return [
        {"task": str(number), "planned": planned * 60_000, "told": told and told * 60_000}
        for number, (planned, told) in enumerate(route)
    ]


@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # Node is slow to start
@given(routes)
def test_the_page_and_the_board_name_the_same_orders(drawn: list[Route]) -> None:
    in_order = [sorted(route, key=lambda stop: stop[0]) for route in drawn]
    shown = call("plan/times.ts", "otherTimes", [[as_shown(route)] for route in in_order])
    assert [set(each) for each in shown] == [by_the_board(route) for route in in_order]
