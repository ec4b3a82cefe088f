"""Records the kept lives anew; run by `make histories` and never with the tests.

It is written as tests because it needs their servers, and fails as they do.
"""

from functools import partial

import pytest

from domain import ids
from domain.kinds import Mode
from relight.replay import replay_outage
from store import histories, installation, projection
from tests.conftest import DEMO_NOW
from tests.histories import kept
from tests.histories.paths import HOME, PATHS
from tests.house import House, running_house
from tests.house_life import call_everybody_back, call_from, repair, runs_of, until_closed
from workflows import board_lines
from workflows import messages as m

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
DISTRICT = "jp"


async def keep_life(house: House, name: str, outage: str) -> None:
    """Keep an outage's own runs, its campaigns and its events."""
    kept.forget(name)
    for number, run in enumerate(await runs_of(house, ids.outage_workflow(outage)), start=1):
        kept.write_history(name, f"outage.{number}", run)
    restorations = house.state(outage).restoration_no
    for restoration in range(1, restorations + 1):
        campaign = ids.callbacks_workflow(outage, restoration)
        for number, run in enumerate(await runs_of(house, campaign), start=1):
            kept.write_history(name, f"callbacks.{restoration}.{number}", run)
    kept.write_events(name, house.ask(projection.events_of, outage))


@pytest.mark.parametrize("name", PATHS)
async def test_record(name, own_demo_engine, temporal_client) -> None:
    live, opened = PATHS[name]
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW, **opened) as house:
        outage = await live(house)
        await until_closed(house, outage)
        await house.until(lambda: outage not in house.ask(histories.missing))
        divergences, _, _ = await replay_outage(house.engine, outage)
        await keep_life(house, name, outage)

    assert divergences == []


async def test_record_a_board(own_demo_engine, temporal_client) -> None:
    """A day in small: a plan in auto mode, locks, a proposal taken up, work taken back."""
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        order = partial(_order, house)
        outage = house.report(call_from(HOME)).outage_id
        await repair(house, outage)
        await call_everybody_back(house, outage, 1)
        await order("mode", m.ModeOrder(mode=Mode.ADVISE))
        second = house.report(call_from("jp-f2-s1-t1-p1")).outage_id
        task = ids.task_id(second, 1)
        await house.until(lambda: house.state(second))
        await order("assign", m.AssignOrder(task=task, crew="jp-crew-02"))
        await order("release", m.ReleaseOrder(task=task, reason="reassigned"))
        await order("lock", m.PinOrder(pin=m.Pin(task=task, kind="not", crew="jp-crew-05")))
        plan = await house.until(lambda: _proposed(house))
        await order("accept", m.AcceptOrder(plan=plan))
        await order("none", m.AcceptOrder(plan=plan, tasks=()))
        # The latest run: a board of an earlier house went by the same name.
        run = await house.client.get_workflow_handle(ids.board_workflow(DISTRICT)).fetch_history()
        kept.forget("board")
        kept.write_history("board", "board.1", run)


def _proposed(house: House) -> str | None:
    plans = house.rows(
        "SELECT plan_hash FROM plan_runs WHERE status = 'proposed' ORDER BY at DESC LIMIT 1"
    )
    return plans[0] if plans else None


async def _order(house: House, name: str, what: object) -> None:
    """Give an order and wait until what it came to is recorded."""
    start = m.BoardStart(district=DISTRICT, clock=house.ask(installation.clock))
    order = m.Order.model_validate({"id": f"order/{name}", "subject": "dana", "what": what})
    await board_lines.order_board(house.client, start, order)

    known = "SELECT id FROM board_orders WHERE id = :id AND answer IS NOT NULL"
    await house.until(lambda: house.rows(known, id=order.id))
