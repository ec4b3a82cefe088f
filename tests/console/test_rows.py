"""On the timeline no bar of a crew covers another."""

from itertools import combinations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.console.plain import call

bars = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60), st.integers(0, 90)).map(
        lambda drawn: {
            "departs": drawn[0],
            "begins": drawn[0] + drawn[1],
            "ends": drawn[0] + drawn[1] + drawn[2],
        }
    ),
    max_size=12,
)
days = st.lists(bars, min_size=30, max_size=60)


def at_once(one: dict[str, int], other: dict[str, int]) -> bool:
    """Tell whether two bars are on the screen at the same place of the clock."""
    return one["departs"] < other["ends"] and other["departs"] < one["ends"]


@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # Node is slow to start
@given(days)
def test_bars_at_the_same_time_lie_in_rows_of_their_own(drawn: list[list[dict[str, int]]]) -> None:
    for lane, laid in zip(drawn, call("gantt/rows.ts", "apart", [[e] for e in drawn]), strict=True):
        assert len(laid) == len(lane)
        for one, other in combinations(laid, 2):
            assert one["row"] != other["row"] or not at_once(one, other)
        assert all(0 <= bar["row"] < bar["rows"] for bar in laid)


def test_bars_one_after_another_share_a_row() -> None:
    lane = [{"departs": n * 100, "begins": n * 100 + 20, "ends": n * 100 + 90} for n in range(5)]
    (laid,) = call("gantt/rows.ts", "apart", [[lane]])
    assert {(bar["row"], bar["rows"]) for bar in laid} == {(0, 1)}
