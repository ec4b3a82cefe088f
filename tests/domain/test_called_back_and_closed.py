"""The end of an order: verified, called back, sealed, or reopened by one who is still off."""

from domain import actions as a
from domain.actor import SYSTEM
from domain.duties import Duty, duties
from domain.outage import Stage, TaskState
from tests.domain.builders import (
    AGENT,
    CREW,
    START,
    Story,
    a_tally,
    refused,
)


def test_verification_ends_by_itself_when_its_time_is_up() -> None:
    story = Story().at(30).is_completed()
    story.at(39).wakes()
    assert story.outage.stage is Stage.VERIFYING

    story.at(40).wakes()

    assert story.outage.stage is Stage.CALLBACK


def test_callbacks_that_finish_while_verifying_end_the_verification() -> None:
    story = Story().is_completed()
    assert story.outage.stage is Stage.VERIFYING

    story.is_called_back()

    assert story.outage.stage is Stage.CALLBACK


def test_callbacks_that_finish_before_the_crew_leaves_leave_nothing_to_verify() -> None:
    story = Story().is_restored().is_called_back()
    assert story.outage.stage is Stage.RESTORED

    story.does(CREW, a.Complete(task=story.task()))

    assert story.outage.stage is Stage.CALLBACK
    assert duties(story.outage) == (Duty.SEAL,)


def test_still_off_reopens_with_the_old_start_time_and_new_work() -> None:
    story = Story().at(30).is_completed()
    story.is_called_back().at(90)

    story.does(AGENT, a.Reopen(report="rep_1"))

    outage = story.outage
    assert outage.stage is Stage.CONFIRMED
    assert outage.clock_start == START
    assert outage.customers_off == 1
    assert [task.state for task in outage.tasks] == [TaskState.DONE, TaskState.QUEUED]
    assert outage.restored_at is None


def test_still_off_in_the_dark_is_noted_and_reopens_nothing() -> None:
    story = Story()

    (event,) = story.does(AGENT, a.Reopen(report="rep_1"))

    assert event.what.reopens is False
    assert story.outage.reopened == 0
    assert len(story.outage.tasks) == 1


def test_a_reopened_order_whose_crew_is_still_on_site_gets_no_second_repair() -> None:
    story = Story().at(10).is_restored()

    story.at(200).does(AGENT, a.Reopen(report="rep_1"))

    assert len(story.outage.tasks) == 1
    assert [rung.ladder.value for rung in story.wakes()] == []


def test_a_callback_campaign_of_an_earlier_restoration_ends_nothing() -> None:
    story = Story().is_completed()
    story.does(SYSTEM, a.NoteCallbacksOpened(restoration_no=1))
    story.does(AGENT, a.Reopen(report="rep_1"))
    stale = a.FinishCallbacks(restoration_no=1, done=1, unreached=0)
    assert refused(story, SYSTEM, stale).code == "restoration_superseded"

    story.is_completed(2)

    assert refused(story, SYSTEM, stale).code == "restoration_superseded"


def test_a_report_heard_after_restoration_must_be_called_back_too() -> None:
    story = Story().is_completed().is_called_back()
    assert duties(story.outage) == (Duty.SEAL,)

    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, customers=10)))

    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)
    seal = a.NoteSeal(missing=0)
    assert refused(story, SYSTEM, seal).code == "not_ready_to_close"


def test_a_seal_that_finds_a_report_without_outcome_calls_back_again() -> None:
    story = Story().is_completed().is_called_back()
    story.does(SYSTEM, a.NoteSeal(missing=1))
    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)

    story.is_called_back().does(SYSTEM, a.NoteSeal(missing=0))

    assert story.outage.stage is Stage.CLOSED


def test_closed_is_final_for_everybody() -> None:
    story = Story().is_closed()

    assert refused(story, AGENT, a.Reopen(report="rep_1")).code == "outage_closed"
    assert refused(story, SYSTEM, a.TakeReports(tally=a_tally(9))).code == "outage_closed"
    assert refused(story, CREW, a.Restore(task=story.task())).code == "outage_closed"
