"""The life of an order as the life-cycle document tells it, told again as examples."""

from domain import actions as a
from domain.actor import SYSTEM
from domain.agenda import arrival_deadline
from domain.duties import Duty, duties
from domain.kinds import Hazard, TaskKind
from domain.outage import Stage, TaskState
from tests.domain.builders import (
    AGENT,
    BOARD,
    CREW,
    DISPATCHER,
    OTHER_CREW,
    START,
    Story,
    a_tally,
    minutes,
    refused,
)


def test_one_report_goes_from_call_to_close() -> None:
    story = Story()
    assert story.outage.status == "queued"

    story.at(2).is_assigned()
    assert story.outage.status == "dispatched"
    story.does(CREW, a.Acknowledge(task=story.task()))
    assert story.outage.status == "acknowledged"
    story.does(CREW, a.Depart(task=story.task()))
    assert story.outage.status == "en_route"
    story.at(20).does(CREW, a.Arrive(task=story.task()))
    assert story.outage.status == "arrived"
    story.does(CREW, a.ContactCustomer(task=story.task()))
    assert story.outage.status == "customer_contacted"
    story.does(CREW, a.Assess(task=story.task()))
    assert story.outage.status == "assessing"
    story.does(CREW, a.BeginWork(task=story.task()))
    assert story.outage.status == "working"
    story.at(50).does(CREW, a.Restore(task=story.task()))
    assert story.outage.status == "restored"
    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)
    story.does(CREW, a.Complete(task=story.task()))
    assert story.outage.status == "verifying"
    story.is_called_back()
    assert story.outage.status == "callback"
    assert duties(story.outage) == (Duty.SEAL,)
    story.does(SYSTEM, a.NoteSeal(missing=0))

    assert story.outage.status == "closed"
    assert duties(story.outage) == (Duty.ARCHIVE,)


def test_two_reports_confirm_an_outage_also_at_its_opening() -> None:
    assert Story(tally=a_tally(1)).outage.stage is Stage.PREDICTED
    assert Story(tally=a_tally(2)).outage.stage is Stage.CONFIRMED

    later = Story(tally=a_tally(1))
    later.does(SYSTEM, a.TakeReports(tally=a_tally(2)))

    assert later.outage.stage is Stage.CONFIRMED


def test_customers_come_back_in_steps_and_at_least_one_stays_off_until_restore() -> None:
    story = Story(tally=a_tally(customers=10)).is_on_site()
    story.does(CREW, a.RestorePart(task=story.task(), customers_back=6))
    assert story.outage.stage is Stage.PARTIALLY_RESTORED
    assert story.outage.customers_off == 4

    refusal = refused(story, CREW, a.RestorePart(task=story.task(), customers_back=4))
    assert (refusal.code, refusal.pointer) == ("more_back_than_off", "/customers_back")
    story.does(CREW, a.Restore(task=story.task()))

    assert story.outage.customers_off == 0


def test_customers_who_become_known_after_a_partial_restoration_count_as_off() -> None:
    story = Story(tally=a_tally(customers=10)).is_on_site()
    story.does(CREW, a.RestorePart(task=story.task(), customers_back=6))

    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, customers=12)))

    assert story.outage.customers_off == 6


def test_the_last_task_cannot_be_finished_in_the_dark() -> None:
    story = Story().is_on_site()

    assert refused(story, CREW, a.Complete(task=story.task())).code == "customers_still_off"


def test_a_second_fault_found_on_site_keeps_the_order_open() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.AddTask(task_kind=TaskKind.REPAIR))
    story.does(CREW, a.Restore(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))
    assert story.outage.stage is Stage.RESTORED

    story.is_on_site(2, OTHER_CREW).does(OTHER_CREW, a.Complete(task=story.task(2)))

    assert story.outage.stage is Stage.VERIFYING


def test_a_fault_found_while_verifying_begins_the_field_work_again() -> None:
    story = Story().is_completed()
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.MAKE_PERMANENT))
    assert story.outage.stage is Stage.RESTORED
    assert story.at(500).wakes() is not None
    assert story.outage.stage is Stage.RESTORED

    story.is_on_site(2).does(CREW, a.Complete(task=story.task(2)))

    assert story.outage.stage is Stage.VERIFYING


def test_no_work_is_added_while_callbacks_are_being_sealed() -> None:
    story = Story().is_completed().is_called_back()

    refusal = refused(story, DISPATCHER, a.AddTask(task_kind=TaskKind.REPAIR))

    assert refusal.code == "move_not_allowed"


def test_work_nobody_began_can_be_dropped_but_never_the_last_in_the_dark() -> None:
    story = Story()
    dropped = a.CancelTask(task=story.task(), reason="not_needed")
    assert refused(story, DISPATCHER, dropped).code == "customers_still_off"
    story.is_on_site()
    story.does(CREW, a.AddTask(task_kind=TaskKind.REPAIR))
    story.does(CREW, a.Restore(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    story.does(DISPATCHER, a.CancelTask(task=story.task(2), reason="not_needed"))

    assert story.outage.stage is Stage.VERIFYING


def test_a_false_report_is_cancelled_and_still_called_back() -> None:
    story = Story().at(5)
    story.does(DISPATCHER, a.Cancel(reason="false_report"))
    assert story.outage.stage is Stage.VERIFYING
    assert story.outage.resolution == "false_report"
    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)

    story.is_called_back().does(SYSTEM, a.NoteSeal(missing=0))

    assert story.outage.stage is Stage.CLOSED


def test_an_order_with_a_crew_out_is_not_cancelled() -> None:
    story = Story().is_assigned()

    assert refused(story, DISPATCHER, a.Cancel(reason="false_report")).code == "crew_still_out"


def test_an_order_with_danger_open_is_not_cancelled() -> None:
    story = Story(tally=a_tally(hazards={Hazard.FIRE}))

    refusal = refused(story, DISPATCHER, a.Cancel(reason="false_report"))

    assert refusal.code == "danger_still_open"


def test_a_fault_behind_the_meter_ends_the_order_on_site_and_is_called_back() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.FindCustomerSide(task=story.task(), told="in_person"))
    (found,) = [e for e in story.events if e.what.kind == "customer_side_found"]

    assert found.what.told == "in_person"
    assert story.outage.stage is Stage.VERIFYING
    assert story.outage.resolution == "customer_side"
    assert story.outage.first_arrived_at is not None
    assert not story.outage.open_tasks
    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)

    story.does(AGENT, a.Reopen(report="rep_1"))
    assert story.outage.stage is Stage.CONFIRMED
    assert story.outage.resolution is None


def test_a_fault_behind_the_meter_is_not_found_over_danger_or_another_crew() -> None:
    story = Story().is_on_site()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards={Hazard.FIRE}, hazards_watermark=2)))
    found = a.FindCustomerSide(task=story.task(), told="by_phone")
    assert refused(story, CREW, found).code == "danger_still_open"

    other = Story().is_on_site()
    other.does(CREW, a.AddTask(task_kind=TaskKind.REPAIR))
    other.does(BOARD, a.Assign(task=other.task(2), crew="crew-2", epoch=9))
    found = a.FindCustomerSide(task=other.task(), told="by_phone")
    assert refused(other, CREW, found).code == "crew_still_out"


def test_merging_keeps_the_earliest_clock() -> None:
    story = Story().at(10)
    earlier = a_tally(1, watermark=1, clock_start=START - minutes(20))

    story.does(SYSTEM, a.TakeReports(tally=earlier))

    assert story.outage.clock_start == START - minutes(20)
    assert arrival_deadline(story.outage, story.policy) == START + minutes(40)


def test_an_order_of_an_overtaken_board_is_refused() -> None:
    story = Story().is_assigned()
    release = a.Release(task=story.task(), crew="crew-1", epoch=1, reason="replanned")

    assert refused(story, BOARD, release).code == "order_overtaken"


def test_a_refused_order_waits_again_and_remembers_who_refused() -> None:
    story = Story().is_assigned()
    story.does(CREW, a.Refuse(task=story.task(), reason="too_far"))
    story.is_assigned()
    story.does(CREW, a.Refuse(task=story.task(), reason="too_far"))

    task = story.outage.tasks[0]
    assert task.state is TaskState.QUEUED
    assert task.refused_by == ("crew-1",)
    assert task.crew is None
