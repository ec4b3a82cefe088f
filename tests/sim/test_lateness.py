"""Each late arrival has one reason, drawn from what happened to the order."""

from domain import actions as a
from sim.lateness import Because, reason
from tests.domain.builders import BOARD, CREW, OTHER_CREW, SITE, START, Story, minutes

DUE = START + minutes(60)


def sent(story: Story, eta: float, crew: str = "crew-1") -> Story:
    epoch = story.outage.epoch + 1
    what = a.Assign(task=story.task(), crew=crew, epoch=epoch, eta=START + minutes(eta))
    story.does(BOARD, what)
    return story


def arrives(story: Story, leaves: float, at: float, crew: object = CREW) -> Because:
    story.at(leaves).does(crew, a.Depart(task=story.task()))
    story.at(at).does(crew, a.Arrive(task=story.task(), position=SITE))
    return reason(story.events, START, DUE)


def test_a_long_wait_for_the_first_order() -> None:
    assert arrives(sent(Story().at(50), 65), 52, 66) is Because.WAITED_FOR_CREW


def test_an_order_given_back() -> None:
    story = sent(Story().at(1), 20)
    story.at(30).does(CREW, a.Refuse(task=story.task(), reason="vehicle_fault"))

    assert arrives(sent(story, 70, "crew-2"), 33, 70, OTHER_CREW) is Because.GIVEN_BACK


def test_an_order_given_from_crew_to_crew() -> None:
    story = sent(Story().at(1), 20)
    release = a.Release(task=story.task(), crew="crew-1", epoch=2, reason="replanned")
    story.at(40).does(BOARD, release)

    assert arrives(sent(story, 55, "crew-2"), 43, 62, OTHER_CREW) is Because.CALLED_OFF


def test_earlier_work_that_took_longer() -> None:
    assert arrives(sent(Story().at(1), 40), 50, 62) is Because.EARLIER_WORK


def test_a_way_too_far_and_a_drive_longer_than_foreseen() -> None:
    assert arrives(sent(Story().at(1), 70), 3, 71) is Because.TOO_FAR
    assert arrives(sent(Story().at(1), 50), 3, 71) is Because.DRIVE_LONGER


def test_supply_that_came_back_before_anybody_came() -> None:
    assert reason(Story().events, START, DUE) is Because.NEVER_CAME
