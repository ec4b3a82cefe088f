"""Somebody is forgotten while the outage is open: it is repaired and closes all the same."""

from datetime import UTC, datetime

import pytest

from domain.callback import Outcome
from relight.replay import replay_outage
from store import forgetting, histories
from tests.activities.conftest import OpenHouse
from tests.house import House
from tests.house_life import (
    call_everybody_back,
    call_from,
    dispatched,
    open_callbacks,
    repair,
    until_closed,
)

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


def forget(house: House, report: str) -> None:
    house.ask(
        forgetting.forget,
        [report],
        at=house.now(),
        real_now=datetime.now(UTC),
        by="me",
        why="asked",
        even_if_open=True,
    )
    house.relay.poke()


async def test_the_light_comes_back_and_nobody_else_is_let_go_of(open_house: OpenHouse) -> None:
    async with open_house() as house:
        alone = house.report(call_from("jp-f2-s1-t1-p1"))
        first = house.report(call_from("jp-f1-s1-t1-p1"))
        second = house.report(call_from("jp-f1-s1-t1-p2"))
        assert first.outage_id == second.outage_id
        # Before the repair, when nobody is on the list yet.
        await house.until(lambda: dispatched(house, alone.outage_id))
        forget(house, alone.report_id)
        await repair(house, alone.outage_id)
        # After it, when the call is due.
        await repair(house, first.outage_id)
        await house.until(lambda: len(open_callbacks(house, first.outage_id)) == 2)
        forget(house, first.report_id)
        called = await call_everybody_back(house, first.outage_id, 1)
        for outage in (alone.outage_id, first.outage_id):
            await until_closed(house, outage)
            await house.until(lambda outage=outage: outage not in house.ask(histories.missing))
        outcomes = house.rows("SELECT id, outcome FROM reports")
        found = [await replay_outage(house.engine, each.outage_id) for each in (alone, first)]

    assert called == 1
    assert dict(map(tuple, outcomes)) == {
        alone.report_id: Outcome.WITHDRAWN.value,
        first.report_id: Outcome.WITHDRAWN.value,
        second.report_id: Outcome.SATISFIED.value,
    }
    assert [divergences for divergences, _, _ in found] == [[], []]
