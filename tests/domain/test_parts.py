"""Parts that work uses up: foreseen by a policy, said by whoever found out, seen by the planner."""

import pytest

from domain import actions as a
from domain.board import OpenOutage
from domain.evolve import fold
from domain.kinds import Hazard, TaskKind
from domain.outage import Task
from domain.parts import NeedParts
from domain.policy import Policy
from routing.plan_input import _task as seen
from routing.plan_input import open_tasks
from tests.domain.builders import CREW, DISPATCHER, START, Story, a_tally, policy_named

POLE = "pole_10m"


def foreseeing(**parts: int) -> Policy:
    """A policy that foresees what a repair by two crews uses up."""
    policy = policy_named()
    work = policy.work[TaskKind.REPAIR].model_copy(update={"parts": parts, "crews": 2})
    return policy.model_copy(update={"work": {**policy.work, TaskKind.REPAIR: work}})


def test_what_a_policy_foresees_is_loaded_once_also_where_two_crews_meet() -> None:
    story = Story(foreseeing(fuse=2))

    assert [task.parts for task in story.outage.tasks] == [{"fuse": 2}, {}]


def test_a_crew_says_what_its_repair_needs_and_takes_it_back() -> None:
    story = Story().is_on_site()
    story.does(CREW, NeedParts(task=story.task(), part=POLE, count=2))
    story.does(CREW, NeedParts(task=story.task(), part="fuse", count=1))
    assert story.outage.tasks[0].parts == {POLE: 2, "fuse": 1}

    story.does(CREW, NeedParts(task=story.task(), part=POLE, count=0))
    assert story.outage.tasks[0].parts == {"fuse": 1}
    assert fold(story.outage.id, story.events) == story.outage


def test_whoever_makes_safe_says_what_the_repair_will_need() -> None:
    wire = frozenset({Hazard.WIRE_DOWN})
    story = Story(tally=a_tally(hazards=wire, hazards_watermark=1)).is_on_site(1)
    story.does(CREW, NeedParts(task=story.task(1), part="conductor_m", count=40))
    safe, repair = story.outage.tasks

    assert safe.parts == {}
    assert repair.parts == {"conductor_m": 40}


def test_the_planner_sees_what_is_needed() -> None:
    story = Story().is_on_site()
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.REPAIR))
    story.does(DISPATCHER, NeedParts(task=story.task(), part="fuse", count=3))
    items = open_tasks([OpenOutage(story.outage, START, "0" * 64, None)], [])

    assert [seen(item, story.policy, {}).parts for item in items] == [{"fuse": 3}, {}]


def test_work_that_needs_no_parts_is_written_as_before_they_were_counted() -> None:
    task = Story().outage.tasks[0]

    assert "parts" not in task.model_dump(mode="json")
    assert Task.model_validate(task.model_dump(mode="json")) == task
    assert "parts" not in policy_named().canonical()


@pytest.mark.parametrize("part", ["Zhao Min", "", "fuse 10A", "9pole"])
def test_a_part_is_named_by_a_code_and_never_in_words(part: str) -> None:
    with pytest.raises(ValueError, match="part"):
        NeedParts(task="t", part=part, count=1)
