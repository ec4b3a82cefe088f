"""Work left open once the light is on: somebody is told until it is finished."""

from domain import actions as a
from domain.actor import SYSTEM
from domain.agenda import deadlines, next_wake
from domain.kinds import Ladder, TaskKind
from tests.domain.builders import (
    AGENT,
    CREW,
    DISPATCHER,
    START,
    Story,
    climbed_at,
    minutes,
    of,
    shown,
)


def left_open() -> Story:
    """An order whose light is on after half an hour, while the crew has not finished."""
    return Story().at(20).is_on_site().at(30)


def test_work_left_open_in_the_light_climbs_until_it_is_finished() -> None:
    story = left_open()
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Restore(task=story.task()))

    assert shown(Ladder.COMPLETION, climbed_at(story, 59.9)) == []
    assert shown(Ladder.COMPLETION, climbed_at(story, 90)) == [
        (50, "dispatcher"),
        (100, "team_leader"),
    ]
    story.does(CREW, a.Complete(task=story.task()))
    assert shown(Ladder.COMPLETION, climbed_at(story, 600)) == []


def test_work_left_open_is_not_forgotten_once_everybody_is_called_back() -> None:
    story = left_open()
    story.does(CREW, a.Restore(task=story.task()))
    story.is_called_back()

    rungs = shown(Ladder.COMPLETION, climbed_at(story, 7 * 24 * 60))

    assert rungs == [(50, "dispatcher"), (100, "team_leader"), (200, "duty_manager")]
    assert next_wake(story.outage, story.policy) is None


def test_by_the_first_rules_work_left_open_has_no_deadline() -> None:
    story = Story(rules_version=1).is_restored()

    assert shown(Ladder.COMPLETION, climbed_at(story, 7 * 24 * 60)) == []
    story.does(SYSTEM, a.RaiseRules(to=2))
    assert shown(Ladder.COMPLETION, climbed_at(story, 7 * 24 * 60)) != []


def test_each_restoration_has_its_own_time_to_finish() -> None:
    story = Story().is_restored()
    story.does(SYSTEM, a.NoteCallbacksOpened(restoration_no=1))
    climbed_at(story, 31)
    story.does(AGENT, a.Reopen(report="rep_1"))
    assert shown(Ladder.COMPLETION, climbed_at(story, 200)) == []
    story.does(CREW, a.Restore(task=story.task()))

    keys = [rung.rung for rung in of(Ladder.COMPLETION, climbed_at(story, 230))]

    assert keys == [f"completion/{story.task()}/2/50"]


def test_work_added_in_the_light_has_its_time_from_then_and_permanent_work_a_week() -> None:
    story = Story().is_restored().at(300)
    story.does(CREW, a.Complete(task=story.task()))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.MAKE_PERMANENT))

    due = {d.key: d.due for d in deadlines(story.outage, story.policy)}

    assert due[f"completion/{story.task(2)}/1"] == START + minutes(300 + 60)
    assert due[f"completion/{story.task(3)}/1"] == START + minutes(300 + 7 * 24 * 60)
