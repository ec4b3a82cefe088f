"""From a district to a snapshot: as the planner is to see it, the board's ledger on top."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from domain.board import CrewOnHand, OpenOutage, Pin, Placing
from domain.kinds import AreaClass
from domain.outage import ON_SITE, Task, TaskState
from domain.planning import Planning
from domain.policy import Policy
from routing import snapshot as r
from routing.crew_input import CrewInput
from routing.moves import Move, Standing, moves
from routing.price_list import MonthSoFar, prices_of
from routing.prices import Prices
from routing.receipt import Hold, Plan, StopCause
from routing.timetable import Timetable
from routing.travel import Travel, travel_of
from routing.travel_model import TravelModel
from routing.work_left import work_left

UNDER_WAY = ON_SITE | {TaskState.EN_ROUTE}
CALLED_OUT = frozenset({TaskState.DISPATCHED, TaskState.ACKNOWLEDGED})
SEARCH = r.Stop(solutions=400, wall_s=4.0)
"""What a board's plan may look at. It begins from what the plan before it intended, so improvement
adds up from plan to plan: rehearsed storm days came out no better with 1,200."""
_OVERRUN = timedelta(minutes=10)


class Ask(Protocol):
    """Who asks for a plan, when, and which locks it must keep."""

    @property
    def district(self) -> str:
        """Return the district to plan."""

    @property
    def now(self) -> datetime:
        """Return the moment to plan for."""

    @property
    def pins(self) -> Sequence[Pin]:
        """Return the dispatchers' locks."""


@dataclass(frozen=True)
class OpenTask:
    """A task still owed, who holds it now, and whether its crew is already under way.

    `told` is when its crew was told that it is expected there.
    """

    outage: OpenOutage
    task: Task
    holder: str | None
    under_way: bool
    ready: bool
    told: datetime | None = None


def open_tasks(outages: Iterable[OpenOutage], ledger: Iterable[Placing]) -> list[OpenTask]:
    """List all open tasks; where the ledger is newer than the rows, the ledger counts."""
    placings = {placing.task: placing for placing in ledger}
    found = []
    for outage in outages:
        for task in outage.state.tasks:
            if not task.open:
                continue
            placing = placings.get(task.id)
            if placing is not None and placing.outage_seq <= outage.state.seq:
                placing = None
            known = task if placing is None else placing
            found.append(
                OpenTask(
                    outage=outage,
                    task=task,
                    holder=known.crew,
                    under_way=placing is None and task.state in UNDER_WAY,
                    ready=outage.state.ready(task),
                    told=known.eta,
                )
            )
    return found


def build(
    ask: Ask,
    tasks: list[OpenTask],
    crews: list[CrewOnHand],
    policies: dict[str, Policy],
    travel: TravelModel | None = None,
    shut: Mapping[str, datetime | None] | None = None,
    month: MonthSoFar | None = None,
) -> r.Snapshot:
    """Return the snapshot of a district; work under way is frozen with its crew.

    `shut` are the outages in closed areas, each with when its area opens, if that is known;
    `month` is the mean arrival of the month so far, in minutes.
    """
    on_hand = {crew.id for crew in crews}
    pins = {pin.task: pin for pin in ask.pins}
    frozen = _frozen(ask, tasks, on_hand, policies)
    planned = [item for item in tasks if not item.under_way or item.holder in on_hand]
    seen = CrewInput(
        planning=_latest(policies).planning if policies else None,
        now=ask.now,
        busy={item.holder for item in tasks if item.holder is not None},
        under_way=frozen.keys(),
    )
    return r.Snapshot(
        at=ask.now,
        district=ask.district,
        tasks=tuple(
            _task(item, policies[item.outage.policy_hash], pins).model_copy(
                update=_barred(item, pins, shut or {})
            )
            for item in planned
        ),
        crews=seen.crews(crews),
        frozen={crew: tuple(stops) for crew, stops in sorted(frozen.items())},
        travel=travel or travel_model(policies),
        prices=prices_of(_latest(policies), month) if policies else Prices(),
        stop=SEARCH,
    )


def standing(
    snapshot: r.Snapshot, tasks: list[OpenTask], travel: Travel | None = None
) -> Plan | None:
    """Return what crews were told so far as a plan, so that changing it has its price."""
    on_hand = {crew.id for crew in snapshot.crews}
    orders: dict[str, list[tuple[str, Hold]]] = {crew: [] for crew in sorted(on_hand)}
    for crew, stops in snapshot.frozen.items():
        orders[crew].extend((stop.task, Hold.FROZEN) for stop in stops)
    told = [item for item in tasks if item.holder in on_hand and not item.under_way]
    far = datetime.max.replace(tzinfo=UTC)
    for item in sorted(told, key=lambda each: (each.told or far, each.task.id)):
        orders[item.holder or ""].append((item.task.id, Hold.PLANNED))
    if not any(orders.values()):
        return None
    travel = travel or travel_of(snapshot)
    return Plan(
        snapshot=snapshot.digest(),
        routes=Timetable(snapshot, travel).routes(orders),
        stop_cause=StopCause.NO_SEARCH,
        solver="standing/1",
        travel=travel.version,
    )


def moves_of(
    made: Plan,
    tasks: Iterable[OpenTask],
    crews: Iterable[CrewOnHand],
    policies: dict[str, Policy],
    now: datetime,
) -> tuple[Move, ...]:
    """Return what must change for a plan to stand, sending nobody too long ahead."""
    on_shift = {crew.id for crew in crews if crew.shift_start <= now < crew.shift_end}
    stand = [
        Standing(
            task=item.task.id,
            holder=item.holder,
            ready=item.ready,
            under_way=item.under_way,
            until=now + policies[item.outage.policy_hash].planning.dispatch_ahead,
            told=item.told,
        )
        for item in tasks
    ]
    return moves(made, stand, on_shift, now)


def _task(item: OpenTask, policy: Policy, pins: dict[str, Pin]) -> r.Task:
    task, state = item.task, item.outage.state
    work = policy.work_of(task.kind)
    pin = pins.get(task.id)
    ruled_out = (pin.crew,) if pin is not None and pin.kind == "not" and pin.crew else ()
    arrived = state.arrived_cycle == state.reopened
    return r.Task(
        id=task.id,
        outage_id=state.id,
        kind=task.kind,
        lon=state.at.lon,
        lat=state.at.lat,
        area_class=state.area_class,
        released_at=task.queued_at,
        deadline=None if arrived else item.outage.deadline,
        weight=float(
            policy.weight(
                danger=task.danger, life_support=state.life_support, key_class=state.key_class
            )
        ),
        danger=task.danger,
        skills=task.skills,
        licences=task.licences,
        work_s=task.work_s,
        customers=state.customers_off,
        after=() if item.under_way and not item.ready else task.after,
        lock=_lock(pin),
        needs_safety_officer=work.needs_safety_officer,
        refused_by=(*task.refused_by, *ruled_out),
        grid=item.outage.grid,
        kit=work.kit,
        parts=task.parts,
        meeting=task.meeting,
    )


def _barred(
    item: OpenTask, pins: Mapping[str, Pin], shut: Mapping[str, datetime | None]
) -> dict[str, bool | datetime]:
    """Return what a closed area means for a task that no dispatcher gave to a crew.

    Danger comes first on a route, so it is not planned ahead: nobody would wait for hours for it.
    """
    pin, outage = pins.get(item.task.id), item.outage.state.id
    given = pin is not None and pin.crew is not None and pin.kind != "not"
    if outage not in shut or given or item.under_way:
        return {}
    opens = shut[outage]
    if opens is None or item.task.danger:
        return {"shut": True}
    return {"not_before": opens.astimezone(UTC)}


def _lock(pin: Pin | None) -> r.Lock | None:
    """Return the planner's lock for a dispatcher's; ruling a crew out is not a lock."""
    if pin is None or pin.kind == "not":
        return None
    return r.Lock(kind=r.LockKind(pin.kind), crew=pin.crew, start=pin.not_before, end=pin.not_after)


def _frozen(
    ask: Ask, tasks: list[OpenTask], on_hand: Collection[str], policies: dict[str, Policy]
) -> dict[str, list[r.FrozenStop]]:
    """Return the work under way by crew, what a crew is at before what it drives to."""
    pins = {pin.task for pin in ask.pins}
    frozen: dict[str, list[r.FrozenStop]] = {}
    for item in sorted(tasks, key=lambda each: (each.task.arrived_at is None, each.task.id)):
        if item.under_way and item.holder in on_hand and item.holder is not None:
            planning = policies[item.outage.policy_hash].planning
            stop = _frozen_stop(item.task, ask.now, planning, locked=item.task.id in pins)
            frozen.setdefault(item.holder, []).append(stop)
    return frozen


def _frozen_stop(task: Task, now: datetime, planning: Planning, *, locked: bool) -> r.FrozenStop:
    """Freeze work under way; how long it still takes is seen with care: others wait behind it.

    Who is on the way to danger, or was sent by a dispatcher's lock, is never turned around.
    """
    if task.arrived_at is None:
        turnable = planning.turn_price > 0 and not task.danger and not locked
        return r.FrozenStop(task=task.id, turnable=turnable)
    arrived = min(task.arrived_at, now)
    elapsed = (now - arrived).total_seconds()
    left = work_left(task.work_s, elapsed, planning.work_spread, planning.work_sureness)
    ends = now + max(timedelta(seconds=left), _OVERRUN)
    return r.FrozenStop(task=task.id, arrived_at=arrived, finish_at=ends)


def travel_model(policies: dict[str, Policy]) -> TravelModel:
    """Return the travel model of the latest policy in use; a district has one road network."""
    if not policies:
        return TravelModel()
    policy = _latest(policies)
    return TravelModel(
        circuity=policy.planning.circuity,
        speed_kmh={
            AreaClass.URBAN: policy.planning.speed_kmh_urban,
            AreaClass.RURAL: policy.planning.speed_kmh_rural,
            AreaClass.REMOTE: policy.planning.speed_kmh_remote,
        },
    )


def _latest(policies: dict[str, Policy]) -> Policy:
    return max(policies.values(), key=lambda each: (each.version, each.name))
