"""A rehearsal without servers loses nothing, doubles nothing, and lets nobody be in two places."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import events as e
from domain.evolve import fold
from domain.outage import FINISHED, Stage
from domain.policy import Policy
from sim.house.strategies import STRATEGIES
from sim.world import World
from tests.sim.towns import a_rehearsal, lived

EVERY = sorted(STRATEGIES)


@pytest.fixture(scope="module", params=EVERY)
def world(request: pytest.FixtureRequest) -> World:
    """Two days, one of them stormy, under each strategy."""
    return lived(a_rehearsal(26, 9, storm=True), request.param)


def test_every_report_has_one_outcome_and_one_order(world: World) -> None:
    reports = [report for order in world._kept for report in order.reports]

    assert len({report.id for report in reports}) == len(reports) == world.office.reports
    assert all(report.outcome is not None for report in reports)
    assert world.faults == 35
    assert not world.office.live


def test_every_fault_is_reported_and_mended(world: World) -> None:
    assert world.truth.dark == 0


def test_every_order_is_the_fold_of_its_events_and_closed(world: World) -> None:
    assert world._kept
    for order in world._kept:
        outage, events = order.repair.outage, order.repair.events
        assert fold(outage.id, events) == outage
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert all(low.at <= high.at for low, high in pairwise(events))
        assert outage.stage is Stage.CLOSED
        assert outage.customers_off == 0
        assert not outage.danger
        assert all(task.state in FINISHED for task in outage.tasks)
        rungs = [x.what.rung for x in events if isinstance(x.what, e.RungClimbed)]
        assert len(rungs) == len(set(rungs))


def test_nobody_arrives_before_setting_out_and_driving(world: World) -> None:
    arrivals = 0
    for order in world._kept:
        out: dict[str, e.Event] = {}
        for event in order.repair.events:
            if isinstance(event.what, e.SetOut):
                out[event.what.task] = event
            elif isinstance(event.what, e.Arrived):
                arrivals += 1
                left = out.pop(event.what.task)
                crew = world.crews[event.actor.crew or ""]
                drives = [leg for leg in crew.drives if leg.departs == left.at]
                assert [leg.arrives for leg in drives] == [event.at]

    assert arrivals >= len(world._kept)


def test_no_crew_is_at_two_places(world: World) -> None:
    stays: dict[str, list[tuple[object, object]]] = {}
    for order in world._kept:
        since: dict[str, e.Event] = {}
        for event in order.repair.events:
            if isinstance(event.what, e.SetOut):
                since[event.what.task] = event
            elif isinstance(event.what, e.TaskDone) and event.what.task in since:
                start = since.pop(event.what.task)
                stays.setdefault(event.actor.crew or "", []).append((start.at, event.at))
    for spans in stays.values():
        for (_, ended), (began, _) in pairwise(sorted(spans)):
            assert ended <= began
    for crew in world.crews.values():
        for one, other in pairwise(crew.drives):
            assert one.departs <= one.arrives
            assert other.departs >= one.departs
            assert other.origin == pytest.approx(one.at(other.departs))


def test_the_same_seed_lives_the_same_days_and_another_one_does_not() -> None:
    one, again = (lived(a_rehearsal(8, seed=3)).book.digest for _ in range(2))

    assert one == again
    assert one != lived(a_rehearsal(8, seed=4)).book.digest


def test_every_strategy_meets_the_same_faults() -> None:
    ended = [lived(a_rehearsal(10), name) for name in EVERY]

    assert len({world.faults for world in ended}) == 1
    first = [{order.repair.events[0].at for order in world._kept} for world in ended]
    assert all(len(each & first[0]) >= len(first[0]) * 0.8 for each in first)


def test_everybody_late_has_a_reason_and_the_counts_agree() -> None:
    world = lived(a_rehearsal(60, storm=True, crews=3), "first_come")
    lines = world.book.lines(world.future.now)

    assert sum(line.late for line in lines) == len(
        [late for late in world.book.late if late.because != "never_came"]
    )
    assert sum(line.on_time for line in lines) + len(world.book.late) == len(world._kept)
    assert Counter(late.because for late in world.book.late)["waited_for_crew"] > 0


@given(
    seed=st.integers(0, 10_000),
    faults=st.integers(1, 12),
    strategy=st.sampled_from(EVERY),
    crews=st.sampled_from([3, 9]),
)
@settings(max_examples=12, deadline=None)
def test_whatever_the_seed_every_report_is_called_back(
    seed: int, faults: int, strategy: str, crews: int
) -> None:
    world = lived(a_rehearsal(faults, seed=seed, crews=crews), strategy)

    outcomes = [r.outcome for order in world._kept for r in order.reports]
    assert None not in outcomes
    assert len(outcomes) == world.office.reports
    assert world.truth.dark == 0


def test_a_stricter_promise_changes_no_crews_day_only_the_verdict(policy: Policy) -> None:
    loose = lived(a_rehearsal(12), "first_come")
    strict = lived(a_rehearsal(12, policy=policy), "first_come")

    arrived = [[o.repair.outage.first_arrived_at for o in w._kept] for w in (loose, strict)]
    assert sorted(filter(None, arrived[0])) == sorted(filter(None, arrived[1]))
    assert len(strict.book.late) > len(loose.book.late)


@pytest.fixture
def policy() -> Policy:
    """The same promises, but five minutes for everybody."""
    from tests.domain.builders import policy_named

    given = policy_named("state_grid_ceiling")
    short = given.arrival_min.model_copy(update=dict.fromkeys(("urban", "rural", "remote"), 5))
    return given.model_copy(update={"arrival_min": short})


def test_nothing_is_known_before_it_happened() -> None:
    """Faults still to come change nothing of the days before."""
    short, long = lived(a_rehearsal(6)), lived(a_rehearsal(6, 9))
    until = short.book.findings[0].clock_start + timedelta(hours=1)

    def told(world: World) -> list[tuple[str, str]]:
        return sorted(
            (order.id, f"{x.at} {x.what.kind}")
            for order in world._kept
            for x in order.repair.events
            if x.at <= until
        )

    assert told(short) == told(long)
