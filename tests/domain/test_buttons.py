"""What is offered can be done and what is not offered cannot, at every point of an order's life."""

from collections.abc import Callable, Iterator
from typing import get_args

import pytest

from domain import actions as a
from domain.actor import SYSTEM, Actor
from domain.decide import RULES, RULES_VERSION, decide, ready_to_seal
from domain.errors import Refused
from domain.kinds import Hazard, Role, TaskKind
from domain.moves import FIELD_ACTIONS, MOVES, Allowed, allowed
from domain.outage import Stage
from tests.domain.builders import AGENT, BOARD, CREW, DISPATCHER, OUTAGE, Story, a_tally
from tests.domain.lives import ACTORS, CREWS, actor_of, request_for

ACTIONS = {member.model_fields["kind"].default for member in get_args(get_args(a.Request)[0])}


def second_task() -> Story:
    story = Story().is_restored()
    story.does(CREW, a.AddTask(task_kind=TaskKind.REPAIR))
    return story


def on_hold() -> Story:
    story = Story().is_on_site()
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Hold(task=story.task(), reason="weather"))
    return story


def overdue() -> Story:
    story = Story()
    story.wakes_through(100)
    return story


def reopened() -> Story:
    story = Story().is_completed()
    story.does(AGENT, a.Reopen(report="rep_1"))
    return story


def cancelled() -> Story:
    story = Story()
    story.does(DISPATCHER, a.Cancel(reason="false_report"))
    return story


POINTS: dict[str, Callable[[], Story]] = {
    "just opened": Story,
    "with danger": lambda: Story(tally=a_tally(2, hazards={Hazard.FIRE}, customers=3)),
    "one home": lambda: Story(tally=a_tally(1, customers=1)),
    "dispatched": lambda: Story().is_assigned(),
    "on site": lambda: Story().is_on_site(),
    "danger on site": lambda: Story(tally=a_tally(hazards={Hazard.FIRE})).is_on_site(),
    "restored": lambda: Story().is_restored(),
    "second task": second_task,
    "on hold": on_hold,
    "overdue": overdue,
    "verifying": lambda: Story().is_completed(),
    "callback": lambda: Story().is_completed().is_called_back(),
    "reopened": reopened,
    "cancelled": cancelled,
    "closed": lambda: Story().is_closed(),
}


def everybody() -> Iterator[Actor]:
    yield from ACTORS.values()
    yield from (actor_of(Role.CREW, crew) for crew in (*CREWS, None))


def everything(story: Story) -> Iterator[tuple[str, str | None]]:
    tasks = [*(task.id for task in story.outage.tasks), f"{OUTAGE}/t99"]
    for kind, move in MOVES.items():
        yield from ((kind, task) for task in (tasks if move.task_from else [None]))


def refusal_of(story: Story, actor: Actor, kind: str, task: str | None) -> str | None:
    action = a.Action(id="try", actor=actor, what=request_for(story.outage, kind, task))
    try:
        decide(story.outage, action, story.now, story.policy, RULES_VERSION)
    except Refused as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("point", POINTS)
def test_what_is_not_offered_is_refused(point: str) -> None:
    story = POINTS[point]()

    for actor in everybody():
        offered = allowed(story.outage, actor.role, actor.crew)
        for kind, task in everything(story):
            if Allowed(action=kind, task=task) not in offered:
                assert refusal_of(story, actor, kind, task), (actor, kind, task)


@pytest.mark.parametrize("point", POINTS)
def test_what_is_offered_to_a_person_or_a_board_is_done(point: str) -> None:
    story = POINTS[point]()

    for actor in everybody():
        if actor.role is Role.SYSTEM:
            continue
        for item in allowed(story.outage, actor.role, actor.crew):
            assert refusal_of(story, actor, item.action, item.task) is None, (actor, item)


@pytest.mark.parametrize("point", POINTS)
def test_an_auditor_an_administrator_and_a_customer_are_offered_nothing(point: str) -> None:
    story = POINTS[point]()

    for role in (Role.AUDITOR, Role.ADMIN, Role.CUSTOMER):
        assert allowed(story.outage, role) == ()


@pytest.mark.parametrize("moment", ["first", "later"])
def test_nothing_but_news_of_customers_stands_against_closing(moment: str) -> None:
    story = Story().at(30).is_completed().is_called_back()
    if moment == "later":
        story.wakes_through(3 * 24 * 60)
    assert ready_to_seal(story.outage)
    done = set()

    for actor in everybody():
        for kind, task in everything(story):
            if kind in ("reopen", "take_reports", "note_seal"):
                continue
            other = POINTS["callback"]()
            other.at((story.now - other.now).total_seconds() / 60)
            if refusal_of(other, actor, kind, task) is None:
                other.does(actor, request_for(other.outage, kind, task))
                other.does(SYSTEM, a.NoteSeal(missing=0))
                assert other.outage.stage is Stage.CLOSED
                done.add(kind)

    assert done >= {"urge", "climb"}


def test_every_action_has_a_move_and_a_rule() -> None:
    assert set(MOVES) == ACTIONS == set(RULES)


def test_what_crews_say_from_the_field_are_moves_of_crews_on_tasks() -> None:
    assert {
        kind for kind, move in MOVES.items() if Role.CREW in move.roles and move.task_from
    } == FIELD_ACTIONS


def test_only_boards_assign_reschedule_and_release() -> None:
    assert {kind for kind, move in MOVES.items() if Role.BOARD in move.roles} == {
        "assign",
        "reschedule",
        "release",
    }
    assert MOVES["assign"].roles == {Role.BOARD}


def test_a_crew_without_a_number_is_nobodys_crew() -> None:
    story = Story().is_assigned()
    nobody = Actor(subject="lin", role=Role.CREW)

    assert allowed(story.outage, Role.CREW, None) == tuple(
        item for item in allowed(story.outage, Role.CREW, None) if item.task is None
    )
    with pytest.raises(Refused, match="not_your_task"):
        story.does(nobody, a.Acknowledge(task=story.task()))


def test_an_unknown_rules_version_is_refused() -> None:
    story = Story()
    action = a.Action(id="x", actor=BOARD, what=a.Urge(reason="called_again"))

    with pytest.raises(Refused, match="rules_version_unknown"):
        decide(story.outage, action, story.now, story.policy, RULES_VERSION + 1)
