"""A crew that keeps its order is told another time: nothing else about the order begins anew."""

import pytest

from domain import actions as a
from domain.agenda import agenda, deadlines
from domain.events import TaskRescheduled
from domain.stirs import stirs
from domain.told import expected_by
from tests.domain.builders import BOARD, CREW, DISPATCHER, START, Story, minutes, refused


def sent(eta: float = 40) -> Story:
    """An order that crew 1 was given in the first minute, for so many minutes after the call."""
    story = Story().at(1)
    what = a.Assign(
        task=story.task(), crew="crew-1", epoch=5, eta=START + minutes(eta), plan="first"
    )
    story.does(BOARD, what)
    return story


def another_time(story: Story, eta: float, *, crew: str = "crew-1", epoch: int = 6) -> a.Reschedule:
    when = START + minutes(eta)
    return a.Reschedule(task=story.task(), crew=crew, epoch=epoch, eta=when, plan="second")


@pytest.mark.parametrize("taken", [False, True])
def test_a_crew_that_has_not_set_out_is_told_another_time(taken: bool) -> None:
    story = sent()
    if taken:
        story.does(CREW, a.Acknowledge(task=story.task()))
    before = story.outage.tasks[0]

    story.at(10).does(BOARD, another_time(story, 70))

    assert story.outage.epoch == 6
    assert story.outage.tasks[0] == before.model_copy(
        update={"eta": START + minutes(70), "plan": "second", "rescheduled_at": START + minutes(10)}
    )


def test_the_order_need_not_be_taken_again_and_no_rung_is_climbed_twice() -> None:
    story = sent()
    climbed = story.wakes_through(6)
    before = deadlines(story.outage, story.policy), agenda(story.outage, story.policy)

    story.does(BOARD, another_time(story, 70))

    assert climbed
    assert (deadlines(story.outage, story.policy), agenda(story.outage, story.policy)) == before


@pytest.mark.parametrize("gone", ["set out", "arrived", "never sent"])
def test_nobody_is_told_another_time_who_is_under_way_or_was_not_sent(gone: str) -> None:
    story = Story() if gone == "never sent" else sent()
    if gone != "never sent":
        story.does(CREW, a.Depart(task=story.task()))
    if gone == "arrived":
        story.does(CREW, a.Arrive(task=story.task()))

    assert refused(story, BOARD, another_time(story, 70)).code == "move_not_allowed"


def test_another_crew_an_overtaken_board_and_a_time_that_is_known_are_refused() -> None:
    story = sent()

    said = [
        (BOARD, another_time(story, 70, crew="crew-2")),
        (BOARD, another_time(story, 70, epoch=5)),
        (BOARD, another_time(story, 40)),
        (DISPATCHER, another_time(story, 70)),
    ]

    assert [refused(story, actor, what).code for actor, what in said] == [
        "crew_not_on_task",
        "order_overtaken",
        "nothing_to_do",
        "role_may_not",
    ]


def test_a_customer_is_told_the_new_time_with_the_margin_of_what_lies_ahead_since() -> None:
    story, fresh = sent(), Story().at(30)
    story.at(30).does(BOARD, another_time(story, 70))
    assign = a.Assign(task=fresh.task(), crew="crew-1", epoch=1, eta=START + minutes(70))
    fresh.does(BOARD, assign)

    told = expected_by(story.outage, story.policy)

    assert told is not None
    assert told > START + minutes(70)
    assert told == expected_by(fresh.outage, fresh.policy)


def test_an_order_that_is_taken_back_knows_no_other_time() -> None:
    story = sent()
    story.does(BOARD, another_time(story, 70))
    release = a.Release(task=story.task(), crew="crew-1", epoch=7, reason="replanned")
    story.does(BOARD, release)

    assert story.outage.tasks[0].eta is None
    assert story.outage.tasks[0].rescheduled_at is None


def test_a_board_does_not_look_again_for_what_it_said_itself() -> None:
    story = sent()
    before = story.outage
    (event,) = story.does(BOARD, another_time(story, 70))

    assert isinstance(event.what, TaskRescheduled)
    assert not stirs(before, story.outage, event.what.kind)
