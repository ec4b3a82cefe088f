"""When a report joins an outage, whatever the order in which candidates are found."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.grouping import Candidate, Match, ReportPlace, choose, find
from domain.place import Point
from tests.domain.builders import SITE, START, minutes, policy_named

POLICY = policy_named()
NEAR = Point(lon=106.552, lat=29.56)
FAR = Point(lon=106.60, lat=29.56)


def a_candidate(name: str, minute: float = 0, **given_: object) -> Candidate:
    about = {"at": SITE, "last_report_at": START + minutes(minute)}
    return Candidate.model_validate({"outage": name} | about | given_)


def chosen(place: ReportPlace, *found: Candidate, at: datetime = START) -> str | None:
    return choose(place, at, found, POLICY)


CANDIDATES = st.builds(
    a_candidate,
    st.sampled_from(["out_a", "out_b", "out_c", "out_d"]),
    st.integers(-60, 60),
    at=st.sampled_from([SITE, NEAR, FAR]),
    transformer=st.sampled_from([None, "t1", "t2"]),
    section=st.sampled_from([None, "s1", "s2"]),
)
PLACES = st.builds(
    ReportPlace,
    at=st.sampled_from([SITE, NEAR, FAR]),
    transformer=st.sampled_from([None, "t1", "t2"]),
    section=st.sampled_from([None, "s1", "s2"]),
)


@given(place=PLACES, found=st.lists(CANDIDATES, max_size=5), data=st.data())
def test_the_choice_does_not_depend_on_the_order_of_candidates(
    place: ReportPlace, found: list[Candidate], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(found))

    assert chosen(place, *shuffled) == chosen(place, *found)


@given(place=PLACES, found=st.lists(CANDIDATES, max_size=5))
def test_one_more_candidate_never_turns_a_found_outage_into_a_new_one(
    place: ReportPlace, found: list[Candidate]
) -> None:
    if chosen(place, *found[1:]) is not None:
        assert chosen(place, *found) is not None


def test_the_same_transformer_is_one_outage_however_long_it_lasts() -> None:
    place = ReportPlace(at=FAR, transformer="t1")

    assert chosen(place, a_candidate("out_a", transformer="t1"), at=START + minutes(600)) == "out_a"
    assert chosen(place, a_candidate("out_b", transformers={"t1"})) == "out_b"


def test_a_shared_transformer_outranks_a_shared_section_which_outranks_distance() -> None:
    place = ReportPlace(at=SITE, transformer="t1", section="s1")
    by_transformer = a_candidate("out_z", at=FAR, transformer="t1", section="s9")
    by_section = a_candidate("out_y", at=FAR, transformer="t2", section="s1")
    by_distance = a_candidate("out_x")

    assert chosen(place, by_distance, by_section, by_transformer) == "out_z"
    assert chosen(place, by_distance, by_section) == "out_y"
    assert chosen(place, by_distance) == "out_x"


def test_another_section_is_another_outage_also_next_door() -> None:
    place = ReportPlace(at=SITE, section="s1")

    assert chosen(place, a_candidate("out_a", at=SITE, section="s2")) is None


def test_without_topology_near_in_space_and_time_is_one_outage() -> None:
    place = ReportPlace(at=NEAR)

    assert chosen(place, a_candidate("out_a")) == "out_a"
    assert chosen(place, a_candidate("out_a", at=FAR)) is None
    assert chosen(place, a_candidate("out_a"), at=START + minutes(31)) is None


def test_at_equal_rank_the_latest_report_decides_and_then_the_id() -> None:
    place = ReportPlace(at=SITE)

    assert chosen(place, a_candidate("out_a", 0), a_candidate("out_b", 5)) == "out_b"
    assert chosen(place, a_candidate("out_b", 5), a_candidate("out_a", 5)) == "out_a"


def test_a_report_joins_no_restored_outage_but_is_linked_under_it() -> None:
    lit = a_candidate("out_a", transformer="t1", restored_at=START + minutes(50))
    place = ReportPlace(at=SITE, transformer="t1")

    assert find(place, START + minutes(60), [lit], POLICY) == Match(parent="out_a")
    dark = a_candidate("out_b", transformer="t1")
    assert find(place, START + minutes(60), [lit, dark], POLICY) == Match(joins="out_b")


def test_a_restored_outage_is_as_fresh_as_its_restoration() -> None:
    lit = a_candidate("out_a", section="s1", restored_at=START + minutes(50))
    place = ReportPlace(at=SITE, transformer="t2", section="s1")

    assert find(place, START + minutes(60), [lit], POLICY).parent == "out_a"
    assert find(place, START + minutes(90), [lit], POLICY).parent is None
