"""Life safety before everything: danger is made safe before repair, and never forgotten."""

import pytest

from domain import actions as a
from domain.actor import SYSTEM
from domain.errors import Refused
from domain.kinds import Hazard, TaskKind
from domain.moves import allowed
from domain.outage import Stage, TaskState
from tests.domain.builders import AGENT, BOARD, CREW, DISPATCHER, OTHER_CREW, Story, a_tally

WIRE = frozenset({Hazard.WIRE_DOWN})


def with_danger() -> Story:
    return Story(tally=a_tally(hazards=WIRE, hazards_watermark=1))


def test_danger_asks_for_a_crew_that_makes_safe_before_one_that_repairs() -> None:
    safe, repair = with_danger().outage.tasks

    assert (safe.kind, safe.danger) == (TaskKind.MAKE_SAFE, True)
    assert repair.after == (safe.id,)
    assert safe.licences == ("high_voltage",)


def test_the_repair_is_not_dispatched_before_the_place_is_safe() -> None:
    story = with_danger()

    with pytest.raises(Refused, match="task_not_ready"):
        story.is_assigned(2)


def test_work_near_danger_needs_a_named_safety_officer() -> None:
    story = with_danger().is_on_site()

    with pytest.raises(Refused, match="safety_officer_needed") as refusal:
        story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.BeginWork(task=story.task(), safety_officer="zhao"))

    assert refusal.value.pointer == "/safety_officer"
    assert story.outage.status == "working"


def test_a_safety_officer_is_named_by_id_and_never_by_name() -> None:
    with pytest.raises(ValueError, match="safety_officer"):
        a.BeginWork(task="t", safety_officer="Zhao Min")


def test_making_safe_is_not_finished_while_danger_is_open() -> None:
    story = with_danger().is_on_site()

    with pytest.raises(Refused, match="danger_still_open"):
        story.does(CREW, a.Complete(task=story.task()))
    story.does(CREW, a.MakeSafe(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    assert not story.outage.danger
    assert story.outage.ready(story.outage.tasks[1])


def test_supply_is_never_restored_while_danger_is_open() -> None:
    story = with_danger().is_on_site()

    with pytest.raises(Refused, match="danger_still_open"):
        story.does(CREW, a.Restore(task=story.task()))


def test_a_danger_reported_after_work_began_asks_for_a_crew_and_stops_the_work() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Hold(task=story.task(), reason="access"))
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards=WIRE)))

    assert [task.kind for task in story.outage.tasks] == [TaskKind.REPAIR, TaskKind.MAKE_SAFE]
    with pytest.raises(Refused, match="danger_still_open"):
        story.does(CREW, a.Resume(task=story.task()))
    with pytest.raises(Refused, match="danger_still_open"):
        story.does(CREW, a.Restore(task=story.task()))


def test_a_crew_on_site_may_make_safe_itself_and_nobody_else_is_sent() -> None:
    story = Story().is_on_site()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards=WIRE)))

    story.does(CREW, a.MakeSafe(task=story.task()))

    assert story.outage.tasks[1].state is TaskState.CANCELLED
    assert not story.outage.danger


def test_a_crew_already_sent_to_make_safe_keeps_its_order() -> None:
    story = Story().is_on_site()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards=WIRE)))
    story.is_assigned(2, "crew-2")
    story.does(CREW, a.MakeSafe(task=story.task()))
    story.does(OTHER_CREW, a.Arrive(task=story.task(2)))

    story.does(OTHER_CREW, a.Complete(task=story.task(2)))

    assert story.outage.tasks[1].state is TaskState.DONE


def test_the_same_danger_named_again_after_it_was_made_safe_is_a_new_one() -> None:
    story = with_danger().is_on_site()
    story.does(CREW, a.MakeSafe(task=story.task()))
    again = a_tally(2, hazards=WIRE, hazards_watermark=2)

    story.does(SYSTEM, a.TakeReports(tally=a_tally(3, hazards=WIRE, hazards_watermark=1)))
    assert not story.outage.danger
    story.does(SYSTEM, a.TakeReports(tally=again))

    assert story.outage.open_hazards == WIRE


def test_danger_reported_after_restoration_sends_a_crew_and_keeps_the_order_open() -> None:
    story = Story().is_completed().is_called_back()
    assert story.outage.stage is Stage.CALLBACK

    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards=WIRE)))

    assert story.outage.stage is Stage.RESTORED
    assert [task.kind for task in story.outage.open_tasks] == [TaskKind.MAKE_SAFE]
    assert story.outage.restored_at is not None


def test_a_reopened_order_repairs_only_after_the_open_danger_is_gone() -> None:
    story = Story().is_completed()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards=WIRE)))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS))

    events = story.does(AGENT, a.Reopen(report="rep_1"))

    repair = events[-1].what
    assert repair.kind == "task_added"
    assert repair.after == (story.task(2),)


def test_work_for_an_open_danger_cannot_be_dropped() -> None:
    story = with_danger()

    with pytest.raises(Refused, match="danger_still_open"):
        story.does(DISPATCHER, a.CancelTask(task=story.task(), reason="not_needed"))

    assert "cancel_task" not in {
        item.action for item in allowed(story.outage, DISPATCHER.role) if item.task == story.task()
    }


def test_a_board_may_give_a_danger_task_to_the_next_crew_after_a_refusal() -> None:
    story = with_danger().is_assigned()
    story.does(CREW, a.Refuse(task=story.task(), reason="no_licence"))

    story.does(BOARD, a.Assign(task=story.task(), crew="crew-2", epoch=2))

    assert story.outage.tasks[0].crew == "crew-2"
