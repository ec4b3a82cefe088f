"""Measures show what they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.measures import share


def test_the_share_of_the_source_prints_as_the_source_prints_it() -> None:
    assert share(16_604, 16_629) == "99.85 % (16,604/16,629)"


def test_of_nothing_there_is_no_share() -> None:
    assert share(0, 0) == "– (0/0)"


def test_one_miss_in_a_million_is_not_rounded_away() -> None:
    assert share(999_999, 1_000_000) == "99.99 % (999,999/1,000,000)"
    assert share(1, 1_000_000) == "0.01 % (1/1,000,000)"


@given(whole=st.integers(1, 10**9), data=st.data())
def test_only_all_of_them_print_as_all(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))

    assert share(part, whole).startswith("100.00 %") == (part == whole)
    assert share(part, whole).startswith("0.00 %") == (part == 0)


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1), (1, 0)])
def test_a_part_greater_than_the_whole_is_a_defect(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no part of"):
        share(part, whole)
