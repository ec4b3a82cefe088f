"""Work that needs several crews: asked for by a policy from the start, or by a crew on site."""

import pytest

from domain import actions as a
from domain.board import OpenOutage
from domain.errors import Refused
from domain.evolve import fold
from domain.kinds import MOST_CREWS, Hazard, TaskKind
from domain.meeting import CallCrew
from domain.moves import allowed
from domain.outage import Stage, Task, TaskState
from domain.policy import Policy
from routing.plan_input import OpenTask, _task
from tests.domain.builders import CREW, OTHER_CREW, Story, a_tally, policy_named


def asking_for(crews: int, kind: TaskKind = TaskKind.REPAIR) -> Policy:
    """The policy of the house, where work of a kind needs so many crews."""
    policy = policy_named()
    work = policy.work[kind].model_copy(update={"crews": crews})
    return policy.model_copy(update={"work": {**policy.work, kind: work}})


def test_a_policy_may_ask_for_two_crews_from_the_start() -> None:
    first, second = Story(asking_for(2)).outage.tasks

    assert (first.kind, second.kind) == (TaskKind.REPAIR, TaskKind.REPAIR)
    assert first.meeting == second.meeting == first.id
    assert first.skills == second.skills


def test_a_repair_by_two_waits_for_both_who_make_safe() -> None:
    policy = asking_for(2, TaskKind.MAKE_SAFE)
    tally = a_tally(hazards=frozenset({Hazard.WIRE_DOWN}), hazards_watermark=1)
    one, two, repair = Story(policy, tally=tally).outage.tasks

    assert one.danger
    assert two.danger
    assert repair.after == (one.id, two.id)
    assert repair.meeting is None


def test_a_crew_on_site_calls_one_more_crew_for_the_same_work() -> None:
    story = Story().is_on_site()
    story.does(CREW, CallCrew(task=story.task()))
    first, second = story.outage.tasks

    assert first.meeting == second.meeting == first.id
    assert (second.kind, second.skills, second.work_s) == (first.kind, first.skills, first.work_s)
    assert second.state is TaskState.QUEUED
    assert second.after == ()
    assert fold(story.outage.id, story.events) == story.outage


def test_a_crew_on_its_way_knows_no_need_yet_and_a_meeting_has_an_end() -> None:
    story = Story().is_assigned()
    assert "call_crew" not in {each.action for each in allowed(story.outage, CREW.role, CREW.crew)}

    story = Story().is_on_site()
    for _ in range(MOST_CREWS - 1):
        story.does(CREW, CallCrew(task=story.task()))
    assert "call_crew" not in {each.action for each in allowed(story.outage, CREW.role, CREW.crew)}
    with pytest.raises(Refused, match="crews_enough"):
        story.does(CREW, CallCrew(task=story.task()))


def test_a_crew_nobody_sent_is_not_needed_once_the_light_is_back_and_the_work_done() -> None:
    story = Story().is_on_site()
    story.does(CREW, CallCrew(task=story.task()))
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Restore(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    assert [task.state for task in story.outage.tasks] == [TaskState.DONE, TaskState.CANCELLED]
    assert story.outage.stage is Stage.VERIFYING


def test_a_crew_that_was_sent_finishes_its_own_part() -> None:
    story = Story().is_on_site()
    story.does(CREW, CallCrew(task=story.task()))
    story.is_assigned(2, crew=OTHER_CREW.crew or "")
    story.does(CREW, a.Restore(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    assert story.outage.tasks[1].state is TaskState.DISPATCHED
    assert story.outage.stage is Stage.RESTORED


def test_the_planner_hears_who_must_meet() -> None:
    story = Story(asking_for(2))
    policy, outage = story.policy, story.outage
    seen = OpenOutage(outage, outage.opened_at, outage.policy_hash, None)

    def planned(task: Task) -> str | None:
        return _task(OpenTask(seen, task, None, under_way=False, ready=True), policy, {}).meeting

    assert {planned(task) for task in outage.tasks} == {outage.tasks[0].id}


def test_work_for_one_crew_is_written_as_before() -> None:
    (task,) = Story().outage.tasks

    assert "meeting" not in task.model_dump()
