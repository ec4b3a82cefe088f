"""Runs that go on as new: nothing said meanwhile is lost, nothing is done twice.

The server of these tests suggests a new run after a few dozen events, so that it happens often.
"""

import asyncio
from random import Random

import pytest
from temporalio.client import Client

from domain import actions as a
from domain import ids
from relight.replay import replay_outage
from store import histories, installation, projection
from tests.conftest import DEMO_NOW
from tests.house import House, running_house
from tests.house_life import (
    CALL_TAKER,
    call_everybody_back,
    call_from,
    drive,
    finish,
    points_of,
    pour,
    repair,
    until_closed,
)
from workflows import board_lines
from workflows import messages as m

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300), pytest.mark.servers]

DISTRICT = "jp"
URGE = a.Urge(reason="caller_waits")


async def _run_count(client: Client, workflow_id: str) -> int:
    return len([run async for run in client.list_workflows(f'WorkflowId = "{workflow_id}"')])


async def _until_runs(house: House, workflow_id: str, wanted: int) -> int:
    """Wait until so many runs of a workflow are known and return how many there are."""
    for _ in range(1200):
        found = await _run_count(house.client, workflow_id)
        if found >= wanted:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{workflow_id} did not go on as new")


async def _until_archived(house: House, outage: str) -> None:
    """Wait until every run of an outage's life is stored; the archive begins with the newest."""
    ours = ids.outage_workflow(outage)
    for _ in range(600):
        kept = [name for name, _ in house.ask(histories.runs_of, outage) if name == ours]
        if len(kept) == await _run_count(house.client, ours):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not every run of {ours} was archived")


class Traffic:
    """Reports and actions that keep coming, with pauses in which a run can end, until told."""

    def __init__(self, house: House, outage: str) -> None:
        self.house, self.outage = house, outage
        self.points = points_of(house, "jp-f1-s1")
        self.over = asyncio.Event()
        self.answers: dict[str, m.ActionAnswer] = {}
        self.reports = 0

    async def urge(self, name: str) -> None:
        """Chase the order again and again, each time with an id of its own."""
        pauses = Random(name)
        while not self.over.is_set():
            action_id = f"urge/{name}/{len(self.answers)}"
            self.answers[action_id] = await self.house.act(self.outage, CALL_TAKER, URGE, action_id)
            await asyncio.sleep(pauses.uniform(0, 0.4))

    async def call(self) -> None:
        """Call from one home after the other; every call belongs to the same outage."""
        pauses = Random("call")
        while not self.over.is_set():
            point = self.points[self.reports % len(self.points)]
            (taken,) = await pour(self.house, [call_from(point)])
            assert taken.outage_id == self.outage
            self.reports += 1
            await asyncio.sleep(pauses.uniform(0, 0.4))

    async def until_runs(self, wanted: int) -> int:
        """Keep coming until the outage's workflow has gone on as new so often."""
        async with asyncio.TaskGroup() as people:
            for work in (self.urge("a"), self.urge("b"), self.call()):
                people.create_task(work)
            runs = await _until_runs(self.house, ids.outage_workflow(self.outage), wanted)
            self.over.set()
        return runs


async def test_a_repair_that_goes_on_as_new_loses_nothing(own_demo_engine, hasty_temporal) -> None:
    async with running_house(own_demo_engine, hasty_temporal, DEMO_NOW) as house:
        outage = house.report(call_from("jp-f1-s1-t1-p1")).outage_id
        task, crew = await drive(house, outage)
        traffic = Traffic(house, outage)
        await traffic.until_runs(4)
        first = next(iter(traffic.answers.values()))
        again = await house.act(outage, CALL_TAKER, URGE, first.action_id)
        await finish(house, outage, task, crew)
        called = await call_everybody_back(house, outage, 1 + traffic.reports)
        await until_closed(house, outage)
        events = house.ask(projection.events_of, outage)
        await _until_archived(house, outage)
        divergences, replayed, _ = await replay_outage(house.engine, outage)
    urged = [event.action_id for event in events if event.what.kind == "urged"]

    assert called == 1 + traffic.reports
    assert sorted(urged) == sorted(traffic.answers)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert again == first.model_copy(update={"repeated": True})
    assert divergences == []
    assert replayed == len(events)


async def _order(house: House, order: m.Order) -> m.OrderTaken:
    start = m.BoardStart(district=DISTRICT, clock=house.ask(installation.clock))
    return await board_lines.order_board(house.client, start, order)


def _lock(number: int) -> m.Order:
    pin = m.Pin(task=f"out_none/t{number}", kind="not", crew="jp-crew-01")
    return m.Order(id=f"order/{number}", subject="dana", what=m.PinOrder(pin=pin))


async def _order_until_runs(house: House, wanted: int) -> tuple[int, list[m.OrderTaken]]:
    """Give orders, with pauses, until the board has gone on as new so often."""
    pauses, taken, runs = Random("orders"), [], 0
    while runs < wanted:
        taken.append(await _order(house, _lock(len(taken))))
        await asyncio.sleep(pauses.uniform(0, 0.5))
        runs = await _run_count(house.client, ids.board_workflow(DISTRICT))
    return runs, taken


async def test_a_board_that_goes_on_as_new_loses_no_order(own_demo_engine, hasty_temporal) -> None:
    async with running_house(own_demo_engine, hasty_temporal, DEMO_NOW) as house:
        runs, taken = await _order_until_runs(house, 4)
        again = await _order(house, _lock(0))
        outage = house.report(call_from("jp-f2-s1-t1-p1")).outage_id
        await repair(house, outage)
        await call_everybody_back(house, outage, 1)
        await until_closed(house, outage)
        await house.until(lambda: len(_answered_orders(house)) >= len(taken))
        answered = _answered_orders(house)
        view = await board_lines.view_board(house.client, DISTRICT)

    assert not any(order.repeated for order in taken)
    assert again.repeated
    assert sorted(answered) == sorted(order.order_id for order in taken)
    assert view.epoch >= 1
    assert runs >= 4


def _answered_orders(house: House) -> list[str]:
    return house.rows("SELECT id FROM board_orders WHERE answer IS NOT NULL")
