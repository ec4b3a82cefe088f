"""Ways to build a fault into a plan, or into its snapshot behind the plan's back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from routing.breaks import Break, BreakTaken
from routing.receipt import Code, Plan, Route, Unassigned, Visit
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
            parts={"fuse": 1, "conductor_m": chance.randrange(1, 90)},
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
            parts={"fuse": 9, "conductor_m": 900, "pole": 1},
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


def too_few(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    """Take away one fuse or metre more than the first route can do without."""
    part = chance.choice(("fuse", "conductor_m"))
    mine = {visit.task for visit in made.routes[0].visits}
    used = sum(task.parts[part] for task in snapshot.tasks if task.id in mine)
    parts = {"fuse": 9, "conductor_m": 900} | {part: used - 1}
    return for_crew(snapshot, made, parts=parts)


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


def minute_of(made: Plan) -> float:
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


def with_break(
    snapshot: Snapshot, made: Plan, hours: tuple[datetime, datetime], taken: BreakTaken | None
) -> tuple[Snapshot, Plan]:
    """Let the first crew owe itself half an hour, and the plan tell when it has it."""
    due = Break(earliest=hours[0], latest=hours[1], length_s=1800)
    changed, agreed = for_crew(snapshot, made, due_break=due)
    first = agreed.routes[0].model_copy(update={"taken": taken})
    return changed, agreed.model_copy(update={"routes": (first, *agreed.routes[1:])})


def half_an_hour(begun: datetime) -> BreakTaken:
    return BreakTaken(start_at=begun, end_at=begun + timedelta(minutes=30))


def break_left_out(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    return with_break(snapshot, made, (AT, AT + minutes(chance.choice((0, 200)))), None)


def break_made_up(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    taken = half_an_hour(made.routes[0].visits[-1].finish_at)
    first = made.routes[0].model_copy(update={"taken": taken})
    return snapshot, made.model_copy(update={"routes": (first, *made.routes[1:])})


def break_cut_into(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    begun = chance.choice(made.routes[0].visits).start_at
    return with_break(snapshot, made, (AT, AT + minutes(450)), half_an_hour(begun))


def break_cut_short(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    begun = made.routes[0].visits[-1].finish_at
    short = BreakTaken(start_at=begun, end_at=begun + timedelta(minutes=29))
    return with_break(snapshot, made, (AT, AT + minutes(450)), short)


def break_put_off(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    *_, last = made.routes[0].visits
    latest = last.finish_at - timedelta(seconds=chance.choice((1, 500)))
    return with_break(snapshot, made, (AT, latest), half_an_hour(last.finish_at))


def break_too_soon(snapshot: Snapshot, made: Plan, chance: Random) -> tuple[Snapshot, Plan]:
    begun = made.routes[0].visits[-1].finish_at
    earliest = begun + timedelta(seconds=chance.choice((1, 900)))
    return with_break(snapshot, made, (earliest, AT + minutes(450)), half_an_hour(begun))
