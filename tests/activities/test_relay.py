"""How often the relay looks for what it is to carry."""

import asyncio
from itertools import pairwise
from time import monotonic

import pytest
from sqlalchemy import event

from activities.relay import BREATH_S
from tests.activities.conftest import OpenHouse

pytestmark = pytest.mark.anyio


async def test_however_often_it_is_poked_it_breathes_between_two_looks(
    own_demo_engine, open_house: OpenHouse
) -> None:
    looks: list[float] = []

    @event.listens_for(own_demo_engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_) -> None:
        if "UPDATE outbox m SET claimed_by" in statement:
            looks.append(monotonic())

    async with open_house(worker=False) as house:
        while len(looks) < 10:
            house.relay.poke()
            await asyncio.sleep(0.001)

    assert min(after - before for before, after in pairwise(looks)) >= BREATH_S * 0.9
