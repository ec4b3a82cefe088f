"""Trees on the line: said by a crew, cut by one with a saw, and the repair waits until they are."""

import pytest

from domain import actions as a
from domain.board import OpenOutage
from domain.errors import Refused
from domain.evolve import fold
from domain.kinds import Hazard, TaskKind
from domain.outage import Stage, TaskState
from domain.policy import Policy, parse_policy
from routing.plan_input import _task as seen
from routing.plan_input import open_tasks
from tests.domain.builders import (
    BOARD,
    CREW,
    DISPATCHER,
    OTHER_CREW,
    POLICIES,
    START,
    Story,
    a_tally,
    minutes,
    policy_named,
    refused,
)


def older() -> Policy:
    """A policy from before trees were work of their own."""
    policy = policy_named()
    work = {kind: work for kind, work in policy.work.items() if kind is not TaskKind.CUT_TREES}
    return policy.model_copy(update={"work": work})


def held_for_trees(policy: Policy | None = None) -> Story:
    """A crew on site cannot repair: trees lie on the line."""
    story = Story(policy).is_on_site()
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Hold(task=story.task(), reason="trees"))
    return story


def test_a_crew_that_waits_for_trees_has_them_cut_and_its_repair_waits_for_it() -> None:
    story = held_for_trees()
    repair, cutting = story.outage.tasks

    assert (cutting.kind, cutting.state) == (TaskKind.CUT_TREES, TaskState.QUEUED)
    assert (cutting.danger, cutting.after, cutting.work_s) == (False, (), 45 * 60)
    assert repair.after == (cutting.id,)
    assert not story.outage.ready(repair)
    assert fold(story.outage.id, story.events) == story.outage


def test_what_a_look_found_is_cut_before_the_repair_is_given_to_anybody() -> None:
    story = Story()
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS))
    story.is_on_site(2)
    story.does(CREW, a.Complete(task=story.task(2), cause="trees"))
    repair, _, cutting = story.outage.tasks

    assert cutting.kind is TaskKind.CUT_TREES
    assert repair.after == (cutting.id,)
    with pytest.raises(Refused, match="task_not_ready"):
        story.is_assigned(1)
    story.is_on_site(3, OTHER_CREW)
    story.does(OTHER_CREW, a.Complete(task=story.task(3)))
    assert story.outage.ready(story.outage.tasks[0])
    story.is_assigned(1)


def test_a_look_that_found_something_else_has_nothing_cut() -> None:
    story = Story()
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS))
    story.is_on_site(2)
    story.does(CREW, a.Complete(task=story.task(2), cause="equipment"))
    story.is_on_site(1)
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Hold(task=story.task(), reason="material"))

    assert [task.kind for task in story.outage.tasks] == [TaskKind.REPAIR, TaskKind.ASSESS]


def test_trees_are_cut_once_it_is_safe_and_only_once() -> None:
    wire = frozenset({Hazard.WIRE_DOWN})
    story = Story(tally=a_tally(hazards=wire, hazards_watermark=1))
    story.does(CREW, a.AddTask(task_kind=TaskKind.CUT_TREES, after=(story.task(1),)))
    story.is_on_site(1)
    story.does(CREW, a.MakeSafe(task=story.task(1)))
    story.does(CREW, a.Complete(task=story.task(1), cause="trees"))
    safe, repair, cutting = story.outage.tasks

    assert cutting.after == (safe.id,)
    assert repair.after == (safe.id, cutting.id)
    assert story.outage.ready(cutting)


def test_whoever_makes_safe_and_sees_trees_has_them_cut_at_once() -> None:
    wire = frozenset({Hazard.WIRE_DOWN})
    story = Story(tally=a_tally(hazards=wire, hazards_watermark=1)).is_on_site(1)
    story.does(CREW, a.MakeSafe(task=story.task(1)))
    story.does(CREW, a.Complete(task=story.task(1), cause="trees"))
    cutting = story.outage.tasks[-1]

    assert (cutting.kind, cutting.after) == (TaskKind.CUT_TREES, ())
    assert story.outage.ready(cutting)


def test_cutting_that_is_asked_for_after_a_repair_never_waits_for_itself() -> None:
    story = Story()
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.REPAIR))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS, after=(story.task(1),)))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.CUT_TREES, after=(story.task(3),)))
    first, second, _, cutting = story.outage.tasks

    assert first.after == ()
    assert second.after == (cutting.id,)


def test_a_repair_that_a_second_call_asks_for_waits_for_trees_too() -> None:
    story = held_for_trees()
    story.does(CREW, a.Resume(task=story.task()))
    story.does(CREW, a.Restore(task=story.task()))
    story.is_on_site(2, OTHER_CREW)
    story.does(CREW, a.Complete(task=story.task()))
    story.does(DISPATCHER.model_copy(update={"role": "supervisor"}), a.Reopen(report="r1"))
    repair = story.outage.tasks[-1]

    assert repair.kind is TaskKind.REPAIR
    assert repair.after == (story.task(2),)


def test_trees_nobody_was_sent_to_are_left_where_the_light_is_on_without() -> None:
    story = held_for_trees()
    story.does(CREW, a.Resume(task=story.task()))
    story.does(CREW, a.Restore(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    assert story.outage.tasks[1].state is TaskState.CANCELLED
    assert story.outage.stage is Stage.VERIFYING


def test_under_an_older_policy_trees_lead_to_no_work_by_themselves() -> None:
    story = held_for_trees(older())
    assert len(story.outage.tasks) == 1

    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.CUT_TREES))
    repair, cutting = story.outage.tasks
    assert (cutting.skills, cutting.work_s) == (repair.skills, repair.work_s)
    assert repair.after == (cutting.id,)


def test_a_policy_file_may_do_without_cutting_trees() -> None:
    text = (POLICIES / "regulatory_floor.toml").read_text(encoding="utf-8")
    start = text.index("[work.cut_trees]")
    without = text[:start] + text[text.index("[work.repair]") :]

    assert TaskKind.CUT_TREES not in parse_policy(without, "floor.toml").work


def test_the_planner_sees_what_waits_but_never_stops_who_is_there() -> None:
    story = held_for_trees()
    open_outage = OpenOutage(story.outage, START, "0" * 64, None)

    def waits() -> dict[str, tuple[str, ...]]:
        open_outage = OpenOutage(story.outage, START, "0" * 64, None)
        items = open_tasks([open_outage], [])
        return {item.task.id: seen(item, story.policy, {}).after for item in items}

    assert open_outage.state.tasks[0].state is TaskState.ON_HOLD
    assert waits() == {story.task(1): (), story.task(2): ()}
    story.does(
        BOARD, a.Release(task=story.task(1), crew="crew-1", epoch=9, reason="needed_elsewhere")
    )
    assert waits() == {story.task(1): (story.task(2),), story.task(2): ()}
    kits = [seen(i, story.policy, {}).kit for i in open_tasks([open_outage], [])]
    assert kits == [(), ("tree_saw",)]


def test_work_for_trees_is_not_added_to_announced_work() -> None:
    story = Story(planned_until=START + minutes(180))

    refusal = refused(story, DISPATCHER, a.AddTask(task_kind=TaskKind.CUT_TREES))
    assert refusal.code == "planned_work_on"
