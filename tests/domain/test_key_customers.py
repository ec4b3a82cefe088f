"""Key customers: sooner, heavier, and told of higher up from the first."""

import pytest

from domain import actions as a
from domain.actor import SYSTEM
from domain.agenda import arrival_deadline
from domain.kinds import KeyClass, Ladder
from tests.domain.builders import START, Story, a_tally, climbed_at, minutes, of, shown


@pytest.mark.parametrize(
    ("key_class", "percent", "to"),
    [
        (KeyClass.SPECIAL, 10, "general_manager"),
        (KeyClass.ONE, 10, "general_manager"),
        (KeyClass.TWO, 12, "deputy_general_manager"),
        (KeyClass.TEMPORARY, 14, "duty_manager"),
    ],
)
def test_the_class_of_a_key_customer_decides_where_the_ladder_begins(
    key_class: KeyClass, percent: int, to: str
) -> None:
    story = Story(key_class=key_class)

    first, second = shown(Ladder.ARRIVAL, climbed_at(story, 15))

    assert first == (percent, to)
    assert second == (50, "dispatcher")


def test_who_is_told_first_is_not_passed_over_for_somebody_lower() -> None:
    story = Story(key_class=KeyClass.ONE).at(28)

    rungs = of(Ladder.ARRIVAL, story.wakes())

    assert [(rung.percent, rung.overtaken) for rung in rungs] == [
        (10, False),
        (50, True),
        (75, True),
        (90, False),
    ]


def test_a_key_customer_who_calls_later_hurries_the_order_and_is_told_of_at_the_top() -> None:
    story = Story(key_class=KeyClass.TWO).at(8)
    before = [rung.rung for rung in of(Ladder.ARRIVAL, story.wakes())]

    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, key_class=KeyClass.ONE, customers=10)))
    rungs = of(Ladder.ARRIVAL, story.wakes())
    story.does(SYSTEM, a.TakeReports(tally=a_tally(3, key_class=KeyClass.TWO, customers=10)))

    assert before == ["arrival/0/12"]
    assert [(rung.rung, rung.to.value) for rung in rungs] == [("arrival/0/10", "general_manager")]
    assert story.outage.key_class is KeyClass.ONE


def test_an_ordinary_order_is_due_sooner_once_a_key_customer_reports_it() -> None:
    story = Story()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, key_class=KeyClass.TWO, customers=10)))

    assert arrival_deadline(story.outage, story.policy) == START + minutes(30)
    assert "key_class" not in Story().events[1].what.model_dump_json()
