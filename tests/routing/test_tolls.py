"""Tolls: what is told is moved for a gain only, a larger one when near; grids keep their crews."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kinds import TaskKind
from routing.inspection import broken, check
from routing.planner import plan
from routing.prices import Prices
from routing.pricing import price
from routing.receipt import Plan
from routing.snapshot import Crew, Snapshot, Stop, Task
from routing.tolls import Tolls
from routing.units import UNIT
from tests.routing.builders import a_crew, a_lock, a_snapshot, a_storm, a_task

FEW = Stop(solutions=300, wall_s=20)
NEAR = Prices(change=1, change_near=20, freeze_s=900)


def crew_of(made: Plan, task: str) -> str | None:
    found = [route.crew for route in made.routes for v in route.visits if v.task == task]
    return found[0] if found else None


def moved(job: Task, *crews: Crew, now: tuple[Crew, ...], prices: Prices) -> str | None:
    """Plan a job with the crews as they were, then as they are now; return who goes then."""
    told = plan(a_snapshot(job, *crews, prices=prices))
    assert crew_of(told, job.id) == crews[0].id
    snapshot = a_snapshot(job, *now, prices=prices)
    made = plan(snapshot, told)
    assert check(snapshot, made, previous=told) == ()
    return crew_of(made, job.id)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_matrix_holds_what_each_pair_costs(seed: int) -> None:
    snapshot, before = a_storm(seed), plan(a_storm(seed + 1), stop=FEW)
    tolls = Tolls(snapshot, before)

    assert tolls.matrix(snapshot.tasks).tolist() == [
        [tolls.of(task, crew.id) for crew in snapshot.crews] for task in snapshot.tasks
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_inspection_counts_the_same_tolls(seed: int) -> None:
    snapshot, before = a_storm(seed), plan(a_storm(seed + 1), stop=FEW)
    made = plan(snapshot, before, stop=FEW)

    assert broken(check(snapshot, made, previous=before)) == ()


def test_a_near_order_moves_only_for_more_than_the_near_price() -> None:
    job, crews = a_task("t1"), (a_crew("c1", 1), a_crew("c2", 30))
    gains_little = (a_crew("c1", 5), a_crew("c2", 0.5))
    gains_much = (a_crew("c1", 60), a_crew("c2", 0.5))
    plain = Prices(change=1)

    assert moved(job, *crews, now=gains_little, prices=plain) == "c2"
    assert moved(job, *crews, now=gains_little, prices=NEAR) == "c1"
    assert moved(job, *crews, now=gains_much, prices=NEAR) == "c2"


def test_a_far_order_moves_for_the_plain_price() -> None:
    job = a_task("t1", released_at=a_lock(start=60).start)
    crews = (a_crew("c1", 1), a_crew("c2", 30))

    assert moved(job, *crews, now=(a_crew("c1", 60), a_crew("c2", 0.5)), prices=NEAR) == "c2"


def test_near_danger_goes_to_whoever_is_clearly_sooner() -> None:
    fire = a_task("fire", danger=True, kind=TaskKind.MAKE_SAFE)
    dear = Prices(change=1, change_near=1000, freeze_s=3600)
    crews, now = (a_crew("c1", 1), a_crew("c2", 30)), (a_crew("c1", 6), a_crew("c2", 0.5))

    assert moved(fire, *crews, now=now, prices=dear) == "c2"


def test_a_dispatchers_lock_is_never_moved_whatever_is_gained() -> None:
    job = a_task("t1", lock=a_lock("c1"))
    crews, now = (a_crew("c1", 1), a_crew("c2", 30)), (a_crew("c1", 60), a_crew("c2", 0.5))

    assert moved(job, *crews, now=now, prices=Prices(change=0)) == "c1"


@pytest.mark.parametrize(("stranger", "goes"), [(4, "home"), (-5, "home"), (5.6, "stranger")])
def test_the_grids_own_crew_executes_unless_another_saves_more(stranger: float, goes: str) -> None:
    snapshot = a_snapshot(
        a_task("t1", 6, grid="g1"),
        a_crew("home", 0, home_grid="g1"),
        a_crew("stranger", stranger, home_grid="g2"),
        prices=Prices(away=2.0),
    )
    made = plan(snapshot)

    assert crew_of(made, "t1") == goes
    assert made.cost.away == (2.0 if goes == "stranger" else 0.0)


def test_a_danger_knows_no_grid() -> None:
    snapshot = a_snapshot(
        a_task("fire", danger=True, grid="g1"),
        a_crew("c1", home_grid="g2"),
        prices=Prices(away=2.0),
    )

    assert plan(snapshot).cost.away == 0.0


def test_tolls_stand_in_the_price_by_term() -> None:
    job, crews = a_task("t1", grid="g1"), (a_crew("c1"), a_crew("c2", 1, home_grid="g2"))
    prices = Prices(change=1, change_near=20, freeze_s=900, away=2)
    told = plan(a_snapshot(job, crews[0], prices=prices))
    snapshot = a_snapshot(job, *crews, prices=prices)
    here = plan(a_snapshot(job, crews[1], prices=prices)).routes
    cost = price(snapshot, here, (), told)

    assert (cost.changes, cost.away) == (20.0, 2.0)
    assert Tolls(snapshot, told).of(job, "c2") == 22 * UNIT


def test_a_snapshot_without_the_new_prices_has_the_digest_it_had() -> None:
    bare: Snapshot = a_snapshot(a_task("t1"), a_crew("c1"))
    told = bare.canonical()

    assert not any(f'"{name}"' in told for name in ("freeze_s", "change_near", "away"))
    assert '"away"' not in plan(bare).model_dump_json()
    priced = a_snapshot(a_task("t1"), a_crew("c1"), prices=NEAR)
    assert Snapshot.model_validate_json(priced.canonical()) == priced


def test_a_crew_of_another_district_goes_where_it_saves_more_than_it_costs() -> None:
    lent = a_crew("c2", 0.5, borrowed_from="yl")
    prices = Prices(borrowed=30)
    late = a_task("t1")
    near, far = a_crew("c1", 8), a_crew("c1", 60)

    assert crew_of(plan(a_snapshot(late, near, lent, prices=prices)), "t1") == "c1"
    snapshot = a_snapshot(late, far, lent, prices=prices)
    made = plan(snapshot)
    assert crew_of(made, "t1") == "c2"
    assert made.cost.borrowed == 30
    assert check(snapshot, made) == ()


def test_a_snapshot_without_borrowed_crews_keeps_its_digest() -> None:
    told = a_snapshot(a_task("t1"), a_crew("c1")).canonical()

    assert "borrowed" not in told
