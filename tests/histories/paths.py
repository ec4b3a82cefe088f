"""The lives worth keeping: each ends closed, by a way of its own."""

import asyncio
from collections.abc import Awaitable, Callable

from domain import actions as a
from domain.kinds import Hazard, Scope
from domain.outage import Outage
from tests.house import House, by_crew
from tests.house_life import (
    CALL_TAKER,
    DISPATCHER,
    answer,
    call_everybody_back,
    call_from,
    dispatched,
    drive,
    finish,
    open_callbacks,
    points_of,
    pour,
    repair,
)

HOME = "jp-f1-s1-t1-p1"
SECTION = "jp-f1-s1"


async def plain(house: House) -> str:
    """One call, one repair, one callback."""
    outage = house.report(call_from(HOME)).outage_id
    await repair(house, outage)
    await call_everybody_back(house, outage, 1)
    return outage


async def reopened(house: House) -> str:
    """The caller is still off; the outage reopens under its old start and is repaired again."""
    outage = house.report(call_from(HOME)).outage_id
    await repair(house, outage)
    (callback,) = await house.until(lambda: open_callbacks(house, outage))
    answer(house, callback, still_off=True)
    await house.until(lambda: _known(house, outage).reopened == 1)
    await repair(house, outage)
    await call_everybody_back(house, outage, 1)
    return outage


async def hazard(house: House) -> str:
    """A wire is down: made safe by the nearest crew first, repaired after."""
    draft = call_from(HOME, hazards=frozenset({Hazard.WIRE_DOWN}))
    outage = house.report(draft).outage_id
    task, crew = await drive(house, outage)
    await house.act(outage, crew, a.MakeSafe(task=task.id))
    await house.act(outage, crew, a.Complete(task=task.id))
    await repair(house, outage)
    await call_everybody_back(house, outage, 1)
    return outage


async def partial(house: House) -> str:
    """Half a section comes back before the rest; an estimate is given on the way."""
    outage = house.report(call_from(HOME, scope=Scope.AREA)).outage_id
    task, crew = await drive(house, outage)
    await house.act(outage, crew, a.Assess(task=task.id))
    half = _known(house, outage).customers // 2
    await house.act(outage, crew, a.BeginWork(task=task.id, safety_officer="sam"))
    await house.act(outage, crew, a.RestorePart(task=task.id, customers_back=half))
    await house.act(outage, crew, a.Restore(task=task.id, temporary=True))
    await house.act(outage, crew, a.Complete(task=task.id, cause="tree"))
    await call_everybody_back(house, outage, 1)
    return outage


async def cancelled(house: House) -> str:
    """The caller's own fuse: no crew is sent, and the caller is called back all the same."""
    outage = house.report(call_from(HOME)).outage_id
    await house.until(lambda: house.state(outage))
    await house.act(outage, DISPATCHER, a.Cancel(reason="customer_side"))
    await call_everybody_back(house, outage, 1)
    return outage


async def crowd(house: House) -> str:
    """Thirty calls in bursts, before and during the repair."""
    points = points_of(house, SECTION)
    bursts = [[call_from(point) for point in points[at : at + 10]] for at in (0, 10, 20)]
    outage = (await pour(house, bursts[0]))[0].outage_id
    task, crew = await drive(house, outage)
    await pour(house, bursts[1])
    await asyncio.sleep(0.5)
    await house.act(outage, CALL_TAKER, a.Urge(reason="caller_waits"))
    await pour(house, bursts[2])
    await house.until(lambda: _known(house, outage).reports == 30)
    await finish(house, outage, task, crew)
    await call_everybody_back(house, outage, 30)
    return outage


async def returned(house: House) -> str:
    """The first crew cannot go; the second waits for material and finds a second fault."""
    outage = house.report(call_from(HOME)).outage_id
    task = await house.until(lambda: dispatched(house, outage))
    no = a.Refuse(task=task.id, reason="vehicle_fault")
    said = await house.act(outage, by_crew(task.crew), no)
    await house.until(lambda: _known(house, outage).seq >= said.seq)
    task, crew = await drive(house, outage)
    await house.act(outage, crew, a.BeginWork(task=task.id, safety_officer="sam"))
    await house.act(outage, crew, a.Hold(task=task.id, reason="material"))
    await house.act(outage, crew, a.AddTask(task_kind="repair"))
    await house.act(outage, crew, a.Resume(task=task.id))
    await house.act(outage, crew, a.Restore(task=task.id))
    await house.act(outage, crew, a.Complete(task=task.id, cause="cable"))
    second, other = await drive(house, outage)
    await house.act(outage, other, a.BeginWork(task=second.id, safety_officer="sam"))
    await house.act(outage, other, a.Complete(task=second.id, cause="cable"))
    await call_everybody_back(house, outage, 1)
    return outage


async def late(house: House) -> str:
    """Nobody comes in time: every rung of the ladders is climbed before the crew is there."""
    outage = house.report(call_from(HOME)).outage_id
    await house.until(lambda: house.state(outage))
    await house.until(lambda: len(_known(house, outage).climbed) >= 4)
    await repair(house, outage)
    await call_everybody_back(house, outage, 1)
    return outage


async def unfinished(house: House) -> str:
    """The light is on and the crew forgets to say that it is done, until it is asked."""
    outage = house.report(call_from(HOME)).outage_id
    task, crew = await drive(house, outage)
    await house.act(outage, crew, a.BeginWork(task=task.id, safety_officer="sam"))
    await house.act(outage, crew, a.Restore(task=task.id))
    await house.until(lambda: len(_of_completion(house, outage)) == 2)
    await house.act(outage, crew, a.Complete(task=task.id, cause="fuse"))
    await call_everybody_back(house, outage, 1)
    return outage


def _of_completion(house: House, outage: str) -> list[str]:
    return [rung for rung in _known(house, outage).climbed if rung.startswith("completion/")]


def _known(house: House, outage: str) -> Outage:
    state = house.state(outage)
    assert state is not None
    return state


Path = Callable[[House], Awaitable[str]]

PATHS: dict[str, tuple[Path, dict[str, object]]] = {
    "plain": (plain, {}),
    "reopened": (reopened, {}),
    "hazard": (hazard, {}),
    "partial": (partial, {}),
    "cancelled": (cancelled, {"planner": False}),
    "crowd": (crowd, {}),
    "returned": (returned, {}),
    "late": (late, {"rate": 1200.0}),
    "unfinished": (unfinished, {"rate": 1200.0}),
}
"""By name: what happens, and how the house must be opened for it."""
