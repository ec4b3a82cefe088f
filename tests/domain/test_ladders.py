"""Deadlines and the rungs above them, as the life-cycle document lists them."""

from datetime import timedelta

import pytest

from domain import actions as a
from domain.actor import SYSTEM
from domain.agenda import agenda, arrival_deadline, next_wake
from domain.errors import Refused
from domain.kinds import AreaClass, Hazard, KeyClass, Ladder
from tests.domain.builders import (
    AGENT,
    BOARD,
    CREW,
    DISPATCHER,
    OTHER_CREW,
    START,
    Story,
    a_tally,
    climbed_at,
    minutes,
    of,
    policy_named,
    shown,
)


@pytest.mark.parametrize(
    ("minute", "percent", "to"),
    [
        (30, 50, "dispatcher"),
        (45, 75, "dispatcher"),
        (54, 90, "team_leader"),
        (60, 100, "duty_manager"),
        (90, 150, "general_manager"),
    ],
)
def test_an_urban_arrival_climbs_at_its_percent_of_the_hour(
    minute: float, percent: int, to: str
) -> None:
    story = Story()
    story.wakes_through(minute - 0.1)
    early = [rung for rung in story.outage.climbed if rung == f"arrival/0/{percent}"]
    climbed = of(Ladder.ARRIVAL, climbed_at(story, minute))

    assert early == []
    assert [(rung.percent, rung.to) for rung in climbed] == [(percent, to)]
    assert climbed[0].overtaken is False


def test_at_the_deadline_the_breach_is_recorded_and_the_customer_called() -> None:
    story = Story()
    before = of(Ladder.ARRIVAL, climbed_at(story, 59))
    (breach,) = of(Ladder.ARRIVAL, climbed_at(story, 60))

    assert not any(rung.breach or rung.call_customer for rung in before)
    assert breach.breach
    assert breach.call_customer
    assert breach.late_s == 0
    assert breach.due == START + minutes(60)


@pytest.mark.parametrize(
    ("name", "area", "limit"),
    [
        ("regulatory_floor", AreaClass.URBAN, 60),
        ("regulatory_floor", AreaClass.RURAL, 120),
        ("regulatory_floor", AreaClass.REMOTE, 240),
        ("state_grid_ceiling", AreaClass.URBAN, 45),
        ("state_grid_ceiling", AreaClass.RURAL, 90),
        ("state_grid_ceiling", AreaClass.REMOTE, 120),
    ],
)
def test_the_promise_depends_on_the_profile_and_the_area(
    name: str, area: AreaClass, limit: int
) -> None:
    story = Story(policy_named(name), area=area)

    assert arrival_deadline(story.outage, story.policy) == START + minutes(limit)


def test_a_key_customer_is_reached_within_half_an_hour_everywhere() -> None:
    story = Story(area=AreaClass.REMOTE, key_class=KeyClass.SPECIAL)

    assert arrival_deadline(story.outage, story.policy) == START + minutes(30)


def test_an_unassigned_task_tells_dispatcher_then_leader_then_duty_manager() -> None:
    story = Story()

    climbed = shown(Ladder.ASSIGNMENT, climbed_at(story, 10))

    assert climbed == [(50, "dispatcher"), (100, "team_leader"), (200, "duty_manager")]


def test_an_unacknowledged_order_tells_the_crew_then_the_dispatcher_then_the_leader() -> None:
    story = Story().is_assigned()

    climbed = shown(Ladder.ACKNOWLEDGEMENT, climbed_at(story, 10))

    assert climbed == [(33, "crew"), (67, "dispatcher"), (100, "team_leader")]


def test_callbacks_not_finished_within_a_day_go_to_the_lead_and_the_duty_manager() -> None:
    story = Story().is_completed()
    early = shown(Ladder.CALLBACK, climbed_at(story, 24 * 60 * 0.79))
    late = shown(Ladder.CALLBACK, climbed_at(story, 24 * 60))

    assert early == []
    assert late == [(80, "callback_lead"), (100, "duty_manager")]


def test_an_acknowledged_order_climbs_no_further() -> None:
    story = Story().is_assigned()
    story.at(2).does(CREW, a.Acknowledge(task=story.task()))

    assert shown(Ladder.ACKNOWLEDGEMENT, climbed_at(story, 60)) == []


def test_a_crew_on_site_ends_the_arrival_ladder() -> None:
    story = Story().at(20).is_on_site()

    assert shown(Ladder.ARRIVAL, climbed_at(story, 600)) == []


def test_after_an_outage_of_ours_the_highest_rung_pages_and_the_rest_are_overtaken() -> None:
    story = Story().at(61)

    rungs = of(Ladder.ARRIVAL, story.wakes())

    assert [(rung.percent, rung.overtaken) for rung in rungs] == [
        (50, True),
        (75, True),
        (90, True),
        (100, False),
    ]
    assert story.wakes() == []


def test_an_action_climbs_what_is_due_before_it_counts() -> None:
    story = Story().is_assigned()
    story.does(CREW, a.Acknowledge(task=story.task()))
    story.at(61)

    events = story.does(CREW, a.Arrive(task=story.task()))

    assert story.kinds(events) == ["rung_climbed"] * 4 + ["confirmed", "arrived"]
    assert events[0].actor == SYSTEM
    assert next_wake(story.outage, story.policy) is None


def test_a_reopened_order_is_overdue_at_once_and_the_highest_rung_pages() -> None:
    story = Story().at(30).is_completed()
    story.is_called_back().at(120).does(AGENT, a.Reopen(report="rep_1"))

    rungs = of(Ladder.ARRIVAL, story.wakes())

    assert [(rung.rung, rung.overtaken) for rung in rungs] == [
        ("arrival/1/50", True),
        ("arrival/1/75", True),
        ("arrival/1/90", True),
        ("arrival/1/100", True),
        ("arrival/1/150", False),
    ]


def test_an_earlier_clock_brings_the_rungs_forward_and_climbs_none_twice() -> None:
    story = Story()
    story.wakes_through(31)

    story.does(SYSTEM, a.TakeReports(tally=a_tally(clock_start=START - minutes(20))))
    rungs = of(Ladder.ARRIVAL, story.wakes())

    assert [rung.rung for rung in rungs] == ["arrival/0/75"]


def test_a_repair_waits_for_a_crew_only_from_when_its_place_is_safe() -> None:
    story = Story(tally=a_tally(hazards={Hazard.WIRE_DOWN})).is_on_site()
    story.at(25).does(CREW, a.MakeSafe(task=story.task()))
    story.does(CREW, a.Complete(task=story.task()))

    rungs = story.wakes_through(26)
    times = [due.at for due in agenda(story.outage, story.policy)]

    assert shown(Ladder.ASSIGNMENT, rungs) == []
    assert times[0] == START + minutes(25) + timedelta(seconds=90)


def test_each_new_order_has_rungs_of_its_own() -> None:
    story = Story().is_assigned()
    story.wakes_through(5)
    story.does(BOARD, a.Release(task=story.task(), crew="crew-1", epoch=2, reason="replanned"))
    story.is_assigned(crew="crew-2")

    climbed = [rung.rung for rung in of(Ladder.ACKNOWLEDGEMENT, climbed_at(story, 12))]

    assert climbed == [f"acknowledgement/{story.task()}/3/{percent}" for percent in (33, 67, 100)]


def test_danger_reported_after_restoration_still_climbs_until_a_crew_has_it() -> None:
    story = Story().is_completed()
    story.does(SYSTEM, a.TakeReports(tally=a_tally(2, hazards={Hazard.FIRE}, customers=10)))

    assert shown(Ladder.ASSIGNMENT, climbed_at(story, 3)) == [
        (50, "dispatcher"),
        (100, "team_leader"),
    ]


def test_a_page_is_taken_over_once_and_only_if_it_was_sent() -> None:
    story = Story()
    rung = climbed_at(story, 2)[0].rung
    story.does(DISPATCHER, a.AcknowledgeRung(rung=rung))

    with pytest.raises(Refused, match="rung_already_acknowledged"):
        story.does(DISPATCHER, a.AcknowledgeRung(rung=rung))
    with pytest.raises(Refused, match="rung_unknown"):
        story.does(DISPATCHER, a.AcknowledgeRung(rung="arrival/7/50"))


def test_a_crew_held_on_site_kept_the_promise_even_when_another_takes_over() -> None:
    story = Story().at(20).is_on_site()
    story.does(CREW, a.BeginWork(task=story.task()))
    story.does(CREW, a.Hold(task=story.task(), reason="material"))
    story.does(BOARD, a.Release(task=story.task(), crew="crew-1", epoch=2, reason="replanned"))
    story.is_assigned(crew="crew-2").does(OTHER_CREW, a.Acknowledge(task=story.task()))

    assert story.outage.first_arrived_at == START + minutes(20)
    assert story.outage.tasks[0].arrived_at is None
    assert shown(Ladder.ARRIVAL, climbed_at(story, 600)) == []
