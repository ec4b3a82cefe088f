"""Neither the order of wakes nor that of tallies matters; a retry is harmless."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import actions as a
from domain import events as e
from domain.actor import SYSTEM
from domain.agenda import agenda, next_wake
from domain.decide import RULES_VERSION
from domain.device import ConfirmDevice, DeviceHeld, DeviceKind
from domain.errors import Refused
from domain.evolve import REMEMBERED_ACTIONS, fold
from domain.kinds import Hazard, TaskKind
from domain.outage import Outage
from domain.parts import NeedParts
from domain.regrouping import Absorb, Merge, NoteMerge, NoteSplit, Split
from domain.report import ReportTally
from tests.domain.builders import (
    AGENT,
    BOARD,
    CREW,
    DISPATCHER,
    OUTAGE,
    SITE,
    START,
    Story,
    a_tally,
    minutes,
)
from tests.domain.lives import a_brought_task

Steps = list[tuple[int, str]]
STEPS = st.lists(
    st.tuples(
        st.integers(1, 5000),
        st.sampled_from(
            ["assign", "acknowledge", "refuse", "release", "earlier", "arrive", "urge"]
        ),
    ),
    max_size=8,
)


def plays(story: Story, steps: Steps, *, awake: bool, sleeps_s: list[int]) -> Story:
    """Play steps at seconds one after another, waking at every due time or only now and then."""
    for (seconds, step), sleep in zip(steps, sleeps_s, strict=True):
        end = story.now + timedelta(seconds=seconds)
        if awake:
            story.wakes_through((end - START).total_seconds() / 60)
        elif sleep < seconds:
            story.now += timedelta(seconds=sleep)
            story.wakes()
        story.now = end
        take(story, step)
    story.wakes_through((story.now - START).total_seconds() / 60)
    return story


def take(story: Story, step: str) -> None:
    """Take a step where it is possible; the same steps are possible however one woke."""
    task = story.outage.tasks[0]
    if step == "earlier":
        clock = story.outage.clock_start - minutes(7)
        story.does(SYSTEM, a.TakeReports(tally=a_tally(clock_start=clock)))
    elif step == "urge":
        story.does(DISPATCHER, a.Urge(reason="called_again"))
    elif step == "assign" and task.crew is None:
        story.is_assigned()
    elif step == "release" and task.state.value in ("dispatched", "acknowledged"):
        epoch = story.outage.epoch + 1
        what = a.Release(task=task.id, crew="crew-1", epoch=epoch, reason="replanned")
        story.does(BOARD, what)
    elif step == "acknowledge" and task.state.value == "dispatched":
        story.does(CREW, a.Acknowledge(task=task.id))
    elif step == "refuse" and task.state.value in ("dispatched", "acknowledged"):
        story.does(CREW, a.Refuse(task=task.id, reason="too_far"))
    elif step == "arrive" and task.state.value in ("dispatched", "acknowledged"):
        story.does(CREW, a.Arrive(task=task.id, position=SITE))


@given(steps=STEPS, data=st.data())
@settings(deadline=None)
def test_the_same_rungs_are_climbed_once_whoever_slept_how_long(
    steps: Steps, data: st.DataObject
) -> None:
    sleeps = [data.draw(st.integers(0, 5000)) for _ in steps]
    awake = plays(Story(), steps, awake=True, sleeps_s=sleeps)
    asleep = plays(Story(), steps, awake=False, sleeps_s=sleeps)

    assert sorted(awake.outage.climbed) == sorted(asleep.outage.climbed)
    assert len(set(awake.outage.climbed)) == len(awake.outage.climbed)
    assert agenda(awake.outage, awake.policy) == agenda(asleep.outage, asleep.policy)


TALLIES = st.builds(
    lambda reports, watermark, earlier, hazards, marked, customers: ReportTally(
        reports=reports,
        watermark=watermark,
        clock_start=START - timedelta(seconds=earlier),
        hazards=frozenset(hazards),
        hazards_watermark=min(marked, watermark) if hazards else 0,
        life_support=bool(earlier % 2),
        customers=customers,
    ),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 3600),
    st.sets(st.sampled_from(Hazard), max_size=2),
    st.integers(0, 9),
    st.integers(1, 20),
)


def heard(outage: Outage) -> dict[str, object]:
    fields = {
        "reports", "watermark", "clock_start", "hazards", "hazards_watermark", "open_hazards",
        "life_support", "customers", "customers_off", "stage", "danger",
    }  # fmt: skip
    kinds = sorted(task.kind for task in outage.open_tasks)
    return {name: getattr(outage, name) for name in fields} | {"kinds": kinds}


@given(tallies=st.lists(TALLIES, min_size=1, max_size=5), data=st.data())
@settings(deadline=None)
def test_tallies_commute_and_repeat_without_effect(
    tallies: list[ReportTally], data: st.DataObject
) -> None:
    told = data.draw(st.permutations(tallies)) + data.draw(
        st.lists(st.sampled_from(tallies), max_size=4)
    )
    one, other = Story(tally=a_tally()), Story(tally=a_tally())
    for tally in tallies:
        one.does(SYSTEM, a.TakeReports(tally=tally))
    for tally in told:
        other.does(SYSTEM, a.TakeReports(tally=tally))

    assert heard(one.outage) == heard(other.outage)
    assert one.outage.clock_start == min(START, *(tally.clock_start for tally in tallies))
    for tally in tallies:
        assert "reports_taken" not in other.kinds(other.does(SYSTEM, a.TakeReports(tally=tally)))


def test_a_tally_that_says_nothing_new_is_no_event() -> None:
    story = Story(tally=a_tally(3))
    length = len(story.events)

    story.does(SYSTEM, a.TakeReports(tally=a_tally(3)))
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2)))

    assert len(story.events) == length


def test_a_danger_in_a_tally_of_a_known_watermark_is_not_overheard() -> None:
    story = Story(tally=a_tally(3))

    story.does(SYSTEM, a.TakeReports(tally=a_tally(3, hazards={Hazard.FIRE})))

    assert story.outage.danger


def test_a_retried_action_gets_the_answer_of_the_first_time() -> None:
    story = Story().is_assigned()
    story.does(CREW, a.Acknowledge(task=story.task()), action_id="tap-1")
    first = story.outage.answer_to("tap-1")
    story.does(CREW, a.Depart(task=story.task()))

    assert story.does(CREW, a.Acknowledge(task=story.task()), action_id="tap-1") == ()
    assert story.outage.answer_to("tap-1") == first
    assert first is not None
    assert first.status == "acknowledged"


def test_answers_are_kept_for_the_last_actions_only() -> None:
    story = Story()
    for number in range(REMEMBERED_ACTIONS + 6):
        story.does(DISPATCHER, a.Urge(reason="called_again"), action_id=f"urge-{number}")

    assert len(story.outage.answered) == REMEMBERED_ACTIONS
    assert story.outage.answer_to("urge-5") is None
    assert story.outage.answer_to("urge-6") is not None


def test_an_order_refused_for_days_stays_small_and_its_promises_climb_once() -> None:
    story = Story()
    for number in range(1, 300):
        story.wakes_through(number * 20 - 10)
        story.is_assigned()
        story.wakes_through(number * 20)
        story.does(CREW, a.Refuse(task=story.task(), reason="too_far"))
    climbed = [event.what.rung for event in story.events if event.what.kind == "rung_climbed"]

    assert len(story.outage.canonical()) < 16_000
    assert len(set(climbed)) == len(climbed) > 1000
    assert "arrival/0/150" in story.outage.climbed


def test_a_refused_action_climbs_nothing_and_the_next_wake_does() -> None:
    story = Story().at(40)
    before = story.outage
    with pytest.raises(Refused, match="not_your_task"):
        story.does(CREW, a.Depart(task=story.task()))

    assert story.outage == before
    assert {rung.percent for rung in story.wakes()} >= {50}
    assert next_wake(story.outage, story.policy) == START + minutes(45)


def everything_happens() -> list[e.Event]:
    """One outage to which everything happens that can."""
    tally = a_tally(1, hazards={Hazard.WIRE_DOWN}, customers=5)
    story = Story(tally=tally, rules_version=RULES_VERSION - 1).is_assigned()
    other = a.Reschedule(task=story.task(), crew="crew-1", epoch=2, eta=START + minutes(50))
    story.does(BOARD, other)
    story.does(BOARD, a.Release(task=story.task(), crew="crew-1", epoch=3, reason="replanned"))
    story.is_assigned().does(CREW, a.Refuse(task=story.task(), reason="too_far"))
    story.is_on_site().does(CREW, a.ContactCustomer(task=story.task()))
    story.does(CREW, a.MakeSafe(task=story.task()))
    story.does(CREW, a.Complete(task=story.task(), cause="wind"))
    story.is_on_site(2).does(CREW, a.Assess(task=story.task(2)))
    story.does(CREW, a.GiveEstimate(etr=START + minutes(90)))
    story.does(CREW, a.BeginWork(task=story.task(2)))
    story.does(CREW, a.Hold(task=story.task(2), reason="material"))
    story.does(CREW, NeedParts(task=story.task(2), part="fuse", count=1))
    story.does(CREW, a.Resume(task=story.task(2)))
    story.does(DISPATCHER, a.AddTask(task_kind=TaskKind.ASSESS))
    story.does(DISPATCHER, a.CancelTask(task=story.task(3), reason="not_needed"))
    held = DeviceHeld(kind=DeviceKind.FUSE, place=SITE, customers=40)
    for device in ("fuse-1", "fuse-2"):
        story.does(DISPATCHER, ConfirmDevice(network_device=device, held=held))
    story.does(CREW, a.RestorePart(task=story.task(2), customers_back=2))
    story.at(70).wakes()
    story.does(DISPATCHER, a.Urge(reason="called_again"))
    story.does(CREW, a.Restore(task=story.task(2)))
    story.does(CREW, a.Complete(task=story.task(2)))
    story.does(AGENT, a.Reopen(report="rep_1"))
    rung = story.wakes()[-1].rung
    story.does(DISPATCHER, a.AcknowledgeRung(rung=rung))
    story.does(SYSTEM, a.RaiseRules(to=RULES_VERSION))
    story.is_on_site(4).does(CREW, a.FindCustomerSide(task=story.task(4), told="in_person"))
    story.is_called_back().does(SYSTEM, a.NoteSeal(missing=1))
    story.is_called_back().does(SYSTEM, a.NoteSeal(missing=0))
    planned = Story(planned_until=START + minutes(30))
    planned.wakes_through(30)
    return [*story.events, *planned.events, *regrouped().events]


def regrouped() -> Story:
    """An order that is merged and split in every way, and is over in the end."""
    story = Story(tally=a_tally(2))
    left = a_tally(1)
    story.does(DISPATCHER, Merge(into="out_2"))
    story.does(SYSTEM, NoteMerge(into="out_2", refused="merge_target_over"))
    story.does(DISPATCHER, Split(reports=("rep_2",)))
    story.does(SYSTEM, NoteSplit(refused="split_takes_none"))
    story.does(DISPATCHER, Split(transformers=("t1",)))
    story.does(SYSTEM, NoteSplit(into="out_3", moved=1, left=left))
    brought = (a_brought_task(story.outage),)
    story.does(SYSTEM, Absorb(outage="out_4", restorations=0, tally=a_tally(3), tasks=brought))
    story.does(DISPATCHER, Merge(into="out_2"))
    story.does(SYSTEM, NoteMerge(into="out_2"))
    return story


def test_every_kind_of_event_is_read_as_it_was_written() -> None:
    events = everything_happens()
    kinds = {member.model_fields["kind"].default for member in get_args(get_args(e.Happening)[0])}
    read = [e.Event.model_validate_json(event.canonical()) for event in events]

    assert {event.what.kind for event in events} == kinds
    assert read == events
    assert [one.digest() for one in read] == [one.digest() for one in events]
    begins = [number for number, event in enumerate(events) if event.seq == 1]
    for lives in map(slice, begins, [*begins[1:], None]):
        assert fold(OUTAGE, read[lives]) == fold(OUTAGE, events[lives])
