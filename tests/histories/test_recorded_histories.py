"""Lives recorded by earlier code are decided again by the present code, event by event."""

import pytest

from activities import replay as again
from activities.replay import Divergence
from domain.decide import KNOWN_RULES
from domain.kinds import Ladder
from tests.histories import kept
from tests.histories.paths import PATHS

pytestmark = pytest.mark.anyio

MEANING = """\
The present code does not follow what was recorded, so it would strand or bend outages that are
open at a deployment. Where the workflow does other things, or in another order, keep the old way
behind `workflow.patched`. Where a rule decides otherwise, give the new rule a higher
`RULES_VERSION` and keep the old one for outages opened under it. Only when no installation can
hold such an outage any more, record anew with `make histories` and say so in the commit.
"""

HALLMARKS = {
    "plain": {"opened", "task_assigned", "restored", "callbacks_finished", "closed"},
    "reopened": {"still_off"},
    "hazard": {"made_safe"},
    "partial": {"partly_restored"},
    "cancelled": {"task_cancelled", "field_completed"},
    "crowd": {"confirmed", "urged"},
    "returned": {"task_refused", "held", "resumed"},
    "late": {"rung_climbed"},
    "unfinished": {"rung_climbed"},
}


def told(found: list[Divergence]) -> str:
    return "\n".join([MEANING, *(f"{each.where}: {each.what}" for each in found)])


@pytest.mark.parametrize("name", PATHS)
async def test_a_recorded_life_is_decided_again_as_it_was(name: str) -> None:
    histories, events = kept.read_histories(name), kept.read_events(name)
    redecided, found = await again.replay(histories, name)
    found += again.compare_events(events, redecided, name)
    states = again.refold(histories[-1].workflow_id.partition("/")[2], events)
    found += again.compare_answers(histories, states, name)

    assert found == [], told(found)


@pytest.mark.parametrize("name", kept.others())
async def test_other_recorded_workflows_can_be_followed(name: str) -> None:
    _, found = await again.replay(kept.read_histories(name), name)

    assert found == [], told(found)


@pytest.mark.parametrize(("name", "kinds"), HALLMARKS.items())
def test_a_recorded_life_is_whole_and_shows_what_it_is_kept_for(name, kinds) -> None:
    events = kept.read_events(name)

    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].what.kind == "closed"
    assert kinds <= {event.what.kind for event in events}


def test_lives_under_every_rules_version_are_kept() -> None:
    pinned = {name: kept.read_events(name)[0].what.rules_version for name in kept.lives()}
    ladders = {
        name: {e.what.ladder for e in kept.read_events(name) if e.what.kind == "rung_climbed"}
        for name in kept.lives()
    }

    assert set(pinned.values()) == KNOWN_RULES
    assert [name for name in pinned if Ladder.COMPLETION in ladders[name]] == ["unfinished"]
    assert pinned["unfinished"] == 2


def test_what_is_kept_is_what_can_be_recorded() -> None:
    assert kept.lives() == sorted(PATHS) == sorted(HALLMARKS)
    assert kept.others() == ["board"]
