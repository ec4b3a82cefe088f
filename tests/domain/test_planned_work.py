"""Supply that is off as announced: nobody is sent, the end is kept, and beyond it it is a fault."""

from typing import Any

from domain import actions as a
from domain.actor import SYSTEM
from domain.agenda import arrival_deadline, deadlines, next_wake
from domain.duties import Duty, duties
from domain.kinds import Hazard, Ladder, TaskKind
from domain.outage import Stage
from domain.planned import EndPlan
from tests.domain.builders import AGENT, DISPATCHER, START, Story, a_tally, minutes, refused

UNTIL = START + minutes(120)


def announced(**said: Any) -> Story:
    """An order whose dark is announced for two hours; its clock starts at the announced end."""
    tally = a_tally(**({"clock_start": UNTIL} | said))
    return Story(tally=tally, planned_until=UNTIL)


def test_nobody_is_sent_and_nothing_is_late_before_the_announced_end() -> None:
    story = announced()

    assert story.outage.tasks == ()
    assert story.outage.status == "planned"
    assert deadlines(story.outage, story.policy) == ()
    assert next_wake(story.outage, story.policy) == UNTIL
    assert story.wakes_through(119) == []
    assert story.outage.stage is Stage.PREDICTED


def test_at_the_announced_end_everybody_is_called_back() -> None:
    story = announced()
    story.wakes_through(120)

    assert story.outage.stage is Stage.VERIFYING
    assert (story.outage.resolution, story.outage.restored_at) == ("planned_work", UNTIL)
    assert duties(story.outage) == (Duty.OPEN_CALLBACKS,)
    assert story.outage.arrived_cycle is None


def test_who_is_still_off_after_the_end_gets_a_repair_that_is_as_old_as_the_end() -> None:
    story = announced()
    story.wakes_through(120)
    story.at(170).does(AGENT, a.Reopen(report="rep_1"))
    (task,) = story.outage.open_tasks

    assert task.kind is TaskKind.REPAIR
    assert story.outage.clock_start == UNTIL
    assert arrival_deadline(story.outage, story.policy) == UNTIL + minutes(60)
    assert Ladder.ARRIVAL in {each.ladder for each in deadlines(story.outage, story.policy)}


def test_withdrawn_work_leaves_a_fault_as_old_as_its_first_report() -> None:
    story = announced().at(30)
    story.does(SYSTEM, EndPlan(how="withdrawn", clock_start=START))
    (task,) = story.outage.open_tasks

    assert task.kind is TaskKind.REPAIR
    assert story.outage.clock_start == START
    assert story.outage.dark
    assert refused(story, SYSTEM, EndPlan(how="done", clock_start=START)).code == "nothing_to_do"


def test_work_done_early_brings_the_callbacks_forward() -> None:
    story = announced().at(30)
    story.does(SYSTEM, EndPlan(how="done", clock_start=START))

    assert story.outage.restored_at == START + minutes(30)
    assert story.outage.clock_start == START + minutes(30)
    assert story.outage.resolution == "planned_work"


def test_danger_is_never_announced() -> None:
    story = announced(hazards={Hazard.WIRE_DOWN}, hazards_watermark=1)

    assert [t.kind for t in story.outage.open_tasks] == [TaskKind.MAKE_SAFE, TaskKind.REPAIR]
    assert Ladder.ARRIVAL in {each.ladder for each in deadlines(story.outage, story.policy)}
    story.wakes_through(120)
    assert story.outage.planned_until is None
    assert story.outage.dark


def test_no_task_is_added_while_work_is_on_and_cancelling_ends_it_now() -> None:
    story = announced().at(10)
    added = a.AddTask(task_kind=TaskKind.ASSESS)
    assert refused(story, DISPATCHER, added).code == "planned_work_on"
    story.does(DISPATCHER, a.Cancel(reason="false_report"))

    assert story.outage.restored_at == START + minutes(10)
    assert story.outage.planned_until is None


def test_an_ordinary_order_knows_nothing_of_plans() -> None:
    story = Story()

    assert "planned_until" not in story.outage.model_dump(mode="json")
    assert "planned_until" not in story.events[0].canonical()
