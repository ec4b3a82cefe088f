"""The inspection finds every kind of fault a plan can have, wherever it is put."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Code, Fault, Plan, Route, Unassigned, Visit
from routing.snapshot import Crew, FrozenStop, Licence, Snapshot, Task
from tests.routing.builders import AT, a_crew, a_lock, a_snapshot, a_task, minutes

Change = Callable[[Snapshot, Plan, Random], tuple[Snapshot, Plan]]


def a_town(seed: int) -> Snapshot:
    """Nine tasks and three crews that can do everything, with room to spare."""
    chance = Random(seed)
    tasks = [
        a_task(
            f"t{number}",
            chance.uniform(-9, 9),
            chance.uniform(-9, 9),
            work_s=600,
            deadline=AT + minutes(chance.uniform(10, 200)),
            skills=("cable",),
            licences=("high",),
            kit=("bucket_truck",),
            crew_size=2,
            needs_leader=True,
            needs_safety_officer=True,
            customers=chance.randrange(50),
        )
        for number in range(9)
    ]
    crews = [
        a_crew(
            f"c{number}",
            chance.uniform(-9, 9),
            skills=("cable",),
            licences=(Licence(name="high", expires_at=AT + minutes(900)),),
            kit=("bucket_truck", "tree_saw"),
            has_safety_officer=True,
            duty_left_s=7 * 3600,
        )
        for number in range(3)
    ]
    return a_snapshot(*tasks, *crews)


def for_crew(snapshot: Snapshot, made: Plan, **more: object) -> tuple[Snapshot, Plan]:
    """Change the first busy crew of a snapshot behind the plan's back."""
    name = made.routes[0].crew
    crews = tuple(_with(crew, more) if crew.id == name else crew for crew in snapshot.crews)
    return _agreed(snapshot.model_copy(update={"crews": crews}), made)


def for_task(snapshot: Snapshot, made: Plan, place: int, **more: object) -> tuple[Snapshot, Plan]:
    """Change one planned task of a snapshot behind the plan's back."""
    name = made.routes[0].visits[place].task
    tasks = tuple(_with(task, more) if task.id == name else task for task in snapshot.tasks)
    return _agreed(snapshot.model_copy(update={"tasks": tasks}), made)


def for_visit(made: Plan, place: int, **more: object) -> Plan:
    """Change one visit of the first route."""
    visits = list(made.routes[0].visits)
    visits[place] = visits[place].model_copy(update=more)
    return with_visits(made, visits)


def with_visits(made: Plan, visits: list[Visit]) -> Plan:
    first = Route(crew=made.routes[0].crew, visits=tuple(visits))
    return made.model_copy(update={"routes": (first, *made.routes[1:])})


def _with(value: Task | Crew, more: dict[str, object]) -> Task | Crew:
    return value.model_copy(update=more)


def _agreed(snapshot: Snapshot, made: Plan) -> tuple[Snapshot, Plan]:
    return snapshot, made.model_copy(update={"snapshot": snapshot.digest()})


def late(visit: Visit, **span: float) -> dict[str, object]:
    moved = timedelta(**span)
    return {
        "depart_at": visit.depart_at + moved,
        "eta": visit.eta + moved,
        "start_at": visit.start_at + moved,
        "finish_at": visit.finish_at + moved,
    }


def swapped(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    visits = list(made.routes[0].visits)
    visits[0], visits[1] = visits[1], visits[0]
    return snapshot, with_visits(made, visits)


def dropped(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    return snapshot, with_visits(made, list(made.routes[0].visits[:-1]))


def doubled(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    again = made.routes[0].visits[0]
    return snapshot, with_visits(made, [*made.routes[0].visits, again])


def also_left_out(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    left = Unassigned(task=made.routes[0].visits[0].task, code=Code.TOO_EXPENSIVE)
    return snapshot, made.model_copy(update={"unassigned": (left,)})


def danger_left(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    task = made.routes[0].visits[-1].task
    changed, agreed = for_task(snapshot, made, -1, danger=True)
    left = Unassigned(task=task, code=Code.LEFT_FOR_PLANNING)
    agreed = agreed.model_copy(update={"unassigned": (left,)})
    return changed, with_visits(agreed, list(made.routes[0].visits[:-1]))


def given_away(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    return for_task(snapshot, made, 0, lock=a_lock(made.routes[1].crew))


def _minute_of(made: Plan) -> float:
    return (made.routes[0].visits[-1].start_at - AT).total_seconds() / 60


def renamed_crew(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    ghost = Route(crew="ghost", visits=made.routes[0].visits)
    return snapshot, made.model_copy(update={"routes": (ghost, *made.routes[1:])})


def frozen_behind(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    second = FrozenStop(task=made.routes[0].visits[1].task)
    frozen = {made.routes[0].crew: (second,)}
    return _agreed(snapshot.model_copy(update={"frozen": frozen}), made)


def meeting(snapshot: Snapshot, made: Plan, *names: str) -> tuple[Snapshot, Plan]:
    """Let some tasks need each other's crews, behind the plan's back."""
    tasks = tuple(
        _with(task, {"meeting": "pole"}) if task.id in names else task for task in snapshot.tasks
    )
    return _agreed(snapshot.model_copy(update={"tasks": tasks}), made)


def not_met(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    mine, others = (chance.choice(route.visits) for route in made.routes[:2])
    visit = mine.model_copy(update=late(mine, seconds=chance.choice((-1, 1, 600))))
    moved = visit if mine.start_at == others.start_at else mine
    visits = [moved if each is mine else each for each in made.routes[0].visits]
    return meeting(snapshot, with_visits(made, visits), mine.task, others.task)


def met_by_itself(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    one, two = chance.sample(made.routes[0].visits, 2)
    return meeting(snapshot, made, one.task, two.task)


def met_by_nobody(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    *kept, gone = made.routes[0].visits
    spoilt_snapshot, spoilt = meeting(snapshot, made, gone.task, made.routes[1].visits[0].task)
    left = Unassigned(task=gone.task, code=Code.LEFT_FOR_PLANNING)
    return spoilt_snapshot, with_visits(spoilt.model_copy(update={"unassigned": (left,)}), kept)


CHANGES: dict[str, tuple[Fault, Change]] = {
    "another snapshot": (
        Fault.SNAPSHOT_MISMATCH,
        lambda s, p, _: (s.model_copy(update={"district": "other"}), p),
    ),
    "an unknown crew": (Fault.UNKNOWN_CREW, renamed_crew),
    "an unknown task": (Fault.UNKNOWN_TASK, lambda s, p, _: (s, for_visit(p, 0, task="ghost"))),
    "a lost task": (Fault.LOST_TASK, dropped),
    "a task twice": (Fault.DOUBLE_ASSIGNMENT, doubled),
    "a task planned and left out": (Fault.DOUBLE_ASSIGNMENT, also_left_out),
    "two visits swapped": (Fault.WRONG_ORDER, swapped),
    "a follower first": (
        Fault.WRONG_ORDER,
        lambda s, p, _: for_task(s, p, 0, after=(p.routes[0].visits[1].task,)),
    ),
    "leaving too soon": (
        Fault.OVERLAP,
        lambda s, p, _: (s, for_visit(p, 1, **late(p.routes[0].visits[1], minutes=-9))),
    ),
    "an arrival too good": (
        Fault.WRONG_ETA,
        lambda s, p, _: (
            s,
            for_visit(p, 0, eta=p.routes[0].visits[0].eta - timedelta(seconds=90)),
        ),
    ),
    "dawdling": (
        Fault.WRONG_ETA,
        lambda s, p, _: (s, for_visit(p, -1, **late(p.routes[0].visits[-1], minutes=30))),
    ),
    "a drive told short": (Fault.WRONG_ETA, lambda s, p, _: (s, for_visit(p, 0, travel_s=0))),
    "before its release": (
        Fault.WRONG_ETA,
        lambda s, p, _: for_task(s, p, 0, released_at=AT + minutes(300)),
    ),
    "work cut short": (
        Fault.WRONG_ARITHMETIC,
        lambda s, p, _: (
            s,
            for_visit(p, -1, finish_at=p.routes[0].visits[-1].finish_at - timedelta(seconds=61)),
        ),
    ),
    "lateness hidden": (
        Fault.WRONG_ARITHMETIC,
        lambda s, p, _: for_task(s, p, 0, deadline=AT - minutes(60)),
    ),
    "a price too low": (
        Fault.WRONG_COST,
        lambda s, p, _: (
            s,
            p.model_copy(update={"cost": p.cost.model_copy(update={"travel": 0.0})}),
        ),
    ),
    "a sum too low": (
        Fault.WRONG_COST,
        lambda s, p, _: (
            s,
            p.model_copy(update={"cost": p.cost.model_copy(update={"total": 0.0})}),
        ),
    ),
    "no skill": (Fault.SKILL, lambda s, p, _: for_crew(s, p, skills=())),
    "no kit": (Fault.KIT, lambda s, p, _: for_crew(s, p, kit=("tree_saw",))),
    "no licence": (Fault.LICENCE, lambda s, p, _: for_crew(s, p, licences=())),
    "a licence run out": (
        Fault.LICENCE,
        lambda s, p, _: for_crew(s, p, licences=(Licence(name="high", expires_at=AT),)),
    ),
    "a small crew": (Fault.CREW_SIZE, lambda s, p, _: for_crew(s, p, size=1)),
    "no leader": (Fault.LEADER, lambda s, p, _: for_crew(s, p, has_leader=False)),
    "no safety officer": (
        Fault.SAFETY_OFFICER,
        lambda s, p, _: for_crew(s, p, has_safety_officer=False),
    ),
    "a crew that refused": (
        Fault.REFUSED,
        lambda s, p, _: for_task(s, p, 0, refused_by=(p.routes[0].crew,)),
    ),
    "work in a closed area": (Fault.AREA_CLOSED, lambda s, p, _: for_task(s, p, 0, shut=True)),
    "before an area opens": (
        Fault.WRONG_ETA,
        lambda s, p, _: for_task(s, p, 0, not_before=AT + minutes(300)),
    ),
    "after the shift": (
        Fault.SHIFT,
        lambda s, p, _: for_crew(s, p, shift_end=AT + timedelta(seconds=1)),
    ),
    "before the shift": (
        Fault.SHIFT,
        lambda s, p, _: for_crew(s, p, shift_start=AT + minutes(400)),
    ),
    "beyond duty": (Fault.DUTY, lambda s, p, _: for_crew(s, p, duty_left_s=1)),
    "out of its rest": (
        Fault.NOT_RESTED,
        lambda s, p, _: for_crew(s, p, recall=True, rested_at=AT + minutes(400)),
    ),
    "a crew kept for something else": (
        Fault.RESERVED,
        lambda s, p, _: for_crew(s, p, reserved_from=AT - minutes(1)),
    ),
    "frozen work moved": (Fault.FROZEN_MOVED, frozen_behind),
    "another crew than chosen": (Fault.LOCK_CREW, given_away),
    "another time than chosen": (
        Fault.LOCK_TIME,
        lambda s, p, _: for_task(s, p, 0, lock=a_lock(None, 300)),
    ),
    "too late for the chosen time": (
        Fault.LOCK_TIME,
        lambda s, p, _: for_task(s, p, -1, lock=a_lock(None, 0, _minute_of(p) - 1)),
    ),
    "crews that do not meet": (Fault.MEETING, not_met),
    "a crew that meets itself": (Fault.MEETING, met_by_itself),
    "a crew that meets nobody": (Fault.MEETING, met_by_nobody),
    "danger left out": (Fault.DANGER_LEFT, danger_left),
    "danger behind plain work": (
        Fault.DANGER_WAITS,
        lambda s, p, _: for_task(s, p, -1, danger=True),
    ),
    "no reason for a crew": (Fault.NO_REASON, also_left_out),
}


@pytest.mark.parametrize("name", CHANGES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_plan_with_a_fault_built_in_is_found_out(name: str, seed: int) -> None:
    fault, change = CHANGES[name]
    snapshot = a_town(seed)
    made = plan(snapshot)
    busiest = sorted(made.routes, key=lambda route: -len(route.visits))
    made = made.model_copy(update={"routes": tuple(busiest)})
    spoilt_snapshot, spoilt = change(snapshot, made, Random(seed))

    assert check(snapshot, made) == ()
    assert fault in {each.fault for each in broken(check(spoilt_snapshot, spoilt))}


def test_every_kind_of_fault_has_a_plan_that_shows_it() -> None:
    assert {fault for fault, _ in CHANGES.values()} == set(Fault)


def test_the_price_of_change_is_judged_against_the_plan_before() -> None:
    snapshot = a_town(1)
    before = plan(snapshot)
    made = plan(snapshot, before)
    dearer = made.cost.model_copy(
        update={"changes": made.cost.changes + 5, "total": made.cost.total + 5}
    )
    spoilt = made.model_copy(update={"cost": dearer})

    assert check(snapshot, made, previous=before) == ()
    assert {each.fault for each in check(snapshot, spoilt, previous=before)} == {Fault.WRONG_COST}
