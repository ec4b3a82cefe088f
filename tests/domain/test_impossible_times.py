"""Times that cannot be true are refused; late ones are kept and judged by their proof."""

import pytest

from domain import actions as a
from domain.errors import Refused
from domain.outage import TaskState
from tests.domain.builders import (
    BOARD,
    CREW,
    DISPATCHER,
    FAR_AWAY,
    SITE,
    START,
    Story,
    minutes,
)


def under_way() -> Story:
    story = Story().at(10).is_assigned()
    story.does(CREW, a.Acknowledge(task=story.task()))
    return story.at(60)


@pytest.mark.parametrize(
    ("occurred", "code"),
    [
        (66, "time_in_the_future"),
        (-6, "time_before_the_report"),
        (4, "time_before_the_order"),
    ],
)
def test_an_impossible_time_is_refused_and_points_at_itself(occurred: float, code: str) -> None:
    story = under_way()

    with pytest.raises(Refused, match=code) as refusal:
        story.does(CREW, a.Arrive(task=story.task(), position=SITE), occurred=occurred)

    assert refusal.value.pointer == "/occurred_at"
    assert story.outage.tasks[0].state is TaskState.ACKNOWLEDGED


def test_a_phone_clock_a_little_ahead_is_taken_as_now() -> None:
    story = under_way()
    story.does(CREW, a.Arrive(task=story.task(), position=SITE), occurred=63)

    assert story.outage.first_arrived_at == START + minutes(60)


def test_a_late_arrival_with_position_proof_counts_at_the_phones_time() -> None:
    story = under_way()
    story.does(CREW, a.Arrive(task=story.task(), position=SITE), occurred=30)

    assert story.outage.first_arrived_at == START + minutes(30)


@pytest.mark.parametrize("position", [None, FAR_AWAY])
def test_a_late_arrival_without_proof_counts_when_we_hear_of_it(position: object) -> None:
    story = under_way()
    events = story.does(CREW, a.Arrive(task=story.task(), position=position), occurred=30)

    assert story.outage.first_arrived_at == START + minutes(60)
    assert events[-1].what.proven is False


def test_an_arrival_told_at_once_counts_at_the_phones_time_also_unproven() -> None:
    story = under_way()
    story.does(CREW, a.Arrive(task=story.task()), occurred=57)

    assert story.outage.first_arrived_at == START + minutes(57)


def test_what_a_crew_did_under_an_earlier_order_of_the_same_task_is_possible() -> None:
    story = Story().at(10).is_assigned()
    story.at(20).does(
        BOARD, a.Release(task=story.task(), crew="crew-1", epoch=2, reason="replanned")
    )
    story.at(40).is_assigned().at(50)

    story.does(CREW, a.Arrive(task=story.task(), position=SITE), occurred=15)

    assert story.outage.first_arrived_at == START + minutes(15)


def test_an_arrival_of_a_released_crew_changes_nothing() -> None:
    story = under_way()
    story.does(BOARD, a.Release(task=story.task(), crew="crew-1", epoch=2, reason="replanned"))
    story.is_assigned(crew="crew-2")
    before = story.outage

    with pytest.raises(Refused, match="not_your_task"):
        story.does(CREW, a.Arrive(task=story.task(), position=SITE), occurred=30)

    assert story.outage == before


def test_supply_is_not_restored_before_the_report_nor_after_now() -> None:
    story = Story().is_on_site()
    story.at(40).does(CREW, a.Restore(task=story.task()), occurred=-4)

    assert story.outage.restored_at == START

    later = Story().is_on_site().at(40)
    later.does(CREW, a.Restore(task=later.task()), occurred=44)

    assert later.outage.restored_at == START + minutes(40)


def test_an_estimate_lies_ahead() -> None:
    story = Story().at(30)

    with pytest.raises(Refused, match="estimate_in_the_past"):
        story.does(DISPATCHER, a.GiveEstimate(etr=START + minutes(30)))


def test_an_estimate_is_kept_until_supply_is_back() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.GiveEstimate(etr=START + minutes(90)))
    assert story.outage.etr_source == "crew"

    story.does(CREW, a.Restore(task=story.task()))

    assert story.outage.etr is None


def test_a_customer_who_was_not_reached_was_not_contacted() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.ContactCustomer(task=story.task(), reached=False))

    assert story.outage.tasks[0].contacted_at is None
    assert story.outage.status == "arrived"
