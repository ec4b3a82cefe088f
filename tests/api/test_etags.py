"""Which tags a write may name, as RFC 9110 has it."""

from datetime import UTC, datetime

import pytest

from api.etags import need_match, tag_of
from api.problems import Problem


def refusal(if_match: str | None, tag: str = "auto.abc", only: int | None = None) -> str | None:
    try:
        need_match(if_match, tag, present={"at": datetime(2026, 3, 2, tzinfo=UTC)}, only=only)
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.parametrize("header", ['"auto.abc"', '"x", "auto.abc"', "*", " * "])
def test_a_write_that_saw_the_present_state_passes(header: str) -> None:
    assert refusal(header) is None


@pytest.mark.parametrize("header", ["", "auto.abc", 'W/"auto.abc"', '"auto"', '"auto.abd"', ","])
def test_a_write_that_saw_another_state_is_refused(header: str) -> None:
    assert refusal(header) == "precondition_failed"


def test_a_write_that_saw_nothing_is_told_to_read_first() -> None:
    assert refusal(None) == "precondition_required"


def test_a_write_may_be_held_to_one_part_only() -> None:
    assert refusal('"auto.xyz"', only=0) is None
    assert refusal('"shadow.abc"', only=0) == "precondition_failed"
    assert refusal('"auto"', only=1) == "precondition_failed"


def test_a_refusal_carries_what_stands_now() -> None:
    with pytest.raises(Problem) as caught:
        need_match('"old"', "new", present={"at": datetime(2026, 3, 2, tzinfo=UTC)})

    assert caught.value.params == {"present": {"at": "2026-03-02T00:00:00Z"}}
    assert caught.value.headers == {"ETag": '"new"'}


def test_the_same_values_have_the_same_tag_in_any_order() -> None:
    assert tag_of({"a": 1, "b": [2]}) == tag_of({"b": [2], "a": 1})
    assert tag_of({"a": 1}) != tag_of({"a": "1"})
