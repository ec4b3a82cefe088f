"""Snapshots for the tests of routing: a small city, its crews, and every kind of trouble."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from pydantic import ValidationError

from domain.kinds import AreaClass, TaskKind
from routing.breaks import Break
from routing.prices import Prices
from routing.snapshot import Crew, FrozenStop, Licence, Lock, LockKind, Snapshot, Stop, Task

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SHORT = Stop(solutions=1000, wall_s=20)
DEGREE = 0.01  # about a kilometre


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_task(name: str, east: float = 0, north: float = 0, **more: Any) -> Task:
    """A repair some kilometres east and north of the middle, promised within 45 minutes."""
    given: dict[str, Any] = {
        "id": name,
        "outage_id": f"outage-{name}",
        "kind": TaskKind.REPAIR,
        "lon": 106.5 + east * DEGREE,
        "lat": 29.5 + north * DEGREE,
        "area_class": AreaClass.URBAN,
        "released_at": AT - minutes(5),
        "deadline": AT + minutes(45),
        "work_s": 1800,
    }
    return Task(**{**given, **more})


def a_crew(name: str, east: float = 0, north: float = 0, **more: Any) -> Crew:
    """A crew some kilometres from the middle, on shift for eight more hours."""
    given: dict[str, Any] = {
        "id": name,
        "lon": 106.5 + east * DEGREE,
        "lat": 29.5 + north * DEGREE,
        "position_at": AT,
        "shift_start": AT - minutes(60),
        "shift_end": AT + minutes(480),
    }
    return Crew(**{**given, **more})


def a_snapshot(*things: Task | Crew, **more: Any) -> Snapshot:
    given: dict[str, Any] = {
        "at": AT,
        "district": "yu",
        "tasks": tuple(each for each in things if isinstance(each, Task)),
        "crews": tuple(each for each in things if isinstance(each, Crew)),
        "stop": SHORT,
    }
    return Snapshot(**{**given, **more})


def a_lock(crew: str | None = None, start: float | None = None, end: float | None = None) -> Lock:
    """A lock by minutes from the snapshot; its kind follows from what is given."""
    kind = LockKind.CREW if start is None else LockKind.BOTH if crew else LockKind.TIME
    return Lock(
        kind=LockKind.RANGE if end is not None else kind,
        crew=crew,
        start=None if start is None else AT + minutes(start),
        end=None if end is None else AT + minutes(end),
    )


def a_storm(seed: int, tasks: int = 12, crews: int = 4) -> Snapshot:
    """A random district with every kind of trouble in it."""
    chance = Random(seed)
    names = [f"c{number}" for number in range(crews)]
    made = [_random_task(chance, number, names) for number in range(tasks)]
    frozen, free = {}, [task.id for task in made]
    chance.shuffle(free)
    for crew in names:
        stops = [
            _random_stop(chance, free.pop()) for _ in range(chance.choice((0, 0, 1, 2))) if free
        ]
        if stops:
            frozen[crew] = tuple(stops)
    near = {"freeze_s": 1800, "change_near": 5.0} if seed % 3 else {}
    prices = Prices(
        late_order=(0.0, 7.0)[seed % 2],
        away=(0.0, 3.0)[seed // 2 % 2],
        call_out=20.0,
        reserve=9.0,
        mean_minute={AreaClass.RURAL: 0.3},
        borrowed=4.0,
        **near,
    )
    found = (_random_crew(chance, name) for name in names)
    return a_snapshot(*made, *found, frozen=frozen, prices=prices)


def with_meetings(snapshot: Snapshot, seed: int, crews: int = 2, share: float = 0.4) -> Snapshot:
    """The same district, where a share of the work needs several crews at one time."""
    chance = Random(seed)
    places = chance.sample(range(len(snapshot.tasks)), len(snapshot.tasks))
    for number in range(int(len(places) * share) // crews):
        tasks = list(snapshot.tasks)
        for place in places[number * crews : (number + 1) * crews]:
            tasks[place] = tasks[place].model_copy(update={"meeting": f"m{number}"})
        with suppress(ValidationError):  # work cannot wait for what it begins together with
            snapshot = Snapshot(**{**dict(snapshot), "tasks": tuple(tasks)})
    return snapshot


def with_breaks(snapshot: Snapshot, seed: int) -> Snapshot:
    """The same district, where most crews still owe themselves a break."""
    chance = Random(seed)
    crews = [
        crew.model_copy(update={"due_break": _random_break(chance)})
        if chance.random() < 0.7
        else crew
        for crew in snapshot.crews
    ]
    return snapshot.model_copy(update={"crews": tuple(crews)})


def _random_break(chance: Random) -> Break:
    first = chance.choice((-90, 20, 20, 120, 400))
    length = chance.choice((600, 1800, 3600))
    return a_break(first, first + chance.choice((0, 30, 120)), length)


def a_break(first: float, last: float, length_s: int = 1800) -> Break:
    """A break by minutes from the snapshot."""
    return Break(earliest=AT + minutes(first), latest=AT + minutes(last), length_s=length_s)


def _random_task(chance: Random, number: int, crews: list[str]) -> Task:
    named = chance.choice([None, "gone", *crews])
    start = chance.uniform(-30, 400)
    locks = [a_lock(named, start), a_lock(named, start, start + 30)]
    lock = chance.choice([a_lock(named), *locks] if named else locks)
    return a_task(
        f"t{number}",
        chance.uniform(-20, 20),
        chance.uniform(-20, 20),
        kind=chance.choice(list(TaskKind)),
        area_class=chance.choice(list(AreaClass)),
        released_at=AT + minutes(chance.choice((-60, -5, -5, 90))),
        deadline=chance.choice((None, AT + minutes(chance.uniform(-90, 120)))),
        weight=chance.choice((1, 3, 10)),
        danger=chance.random() < 0.15,
        skills=tuple(chance.sample(("cable", "live_line"), chance.choice((0, 0, 1, 2)))),
        licences=tuple(chance.sample(("high", "dig"), chance.choice((0, 0, 1)))),
        crew_size=chance.choice((None, None, 3)),
        work_s=chance.choice((0, 600, 1800, 7200)),
        customers=chance.choice((0, 1, 300)),
        after=tuple({f"t{chance.randrange(number)}"} if number and chance.random() < 0.25 else ()),
        lock=lock if chance.random() < 0.2 else None,
        needs_safety_officer=chance.random() < 0.2,
        kit=("bucket_truck",) if number % 5 == 4 else (),
        parts={} if number % 3 else {"fuse": 1 + number % 2, "pole": 1 + number % 4},
        grid=(None, "g1", "g2")[number % 3],
        refused_by=tuple(chance.sample(crews, chance.choice((0, 0, 1)))) if crews else (),
    )


def _random_crew(chance: Random, name: str) -> Crew:
    ends = chance.choice((None, AT + minutes(120), AT + minutes(-10)))
    return a_crew(
        name,
        chance.uniform(-20, 20),
        chance.uniform(-20, 20),
        free_at=chance.choice((None, AT + minutes(chance.uniform(-10, 60)))),
        skills=tuple(chance.sample(("cable", "live_line"), chance.choice((0, 1, 2)))),
        licences=(Licence(name="high"), Licence(name="dig", expires_at=ends)),
        shift_start=AT + minutes(chance.choice((-60, -60, 120))),
        shift_end=AT + minutes(chance.choice((130, 480, 480, 600))),
        duty_left_s=chance.choice((None, None, 0, 7200, 36_000)),
        size=chance.choice((2, 3)),
        kit=("bucket_truck",) if name.endswith(("0", "2")) else (),
        parts={"0": {"fuse": 2, "pole": 2}, "1": {"fuse": 3}}.get(name[-1]),
        has_safety_officer=chance.random() < 0.6,
        recall=name.endswith("3"),
        rested_at=AT + minutes(40) if name.endswith("3") else None,
        reserved_from=AT + minutes(chance.choice((-30, 200))) if name.endswith("1") else None,
        home_grid=("g1", "g2", None)[int(name[1:]) % 3],
        borrowed_from="yl" if name.endswith("2") else None,
    )


def _random_stop(chance: Random, task: str) -> FrozenStop:
    arrived = chance.choice((None, None, AT - minutes(20)))
    done = chance.choice((None, AT + minutes(15))) if arrived else None
    return FrozenStop(task=task, arrived_at=arrived, finish_at=done)
