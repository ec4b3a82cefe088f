"""The hand that seals believes what the workflow has taken in, not what was sent to it."""

import pytest
from sqlalchemy import Engine
from temporalio.client import Client

from activities.outage import OutageWork
from domain import ids
from domain.actions import Action, Urge
from domain.outage import Stage
from store import outages
from tests.activities.conftest import OpenHouse
from tests.house import House
from tests.house_life import (
    DISPATCHER,
    call_everybody_back,
    call_from,
    points_of,
    repair,
    until_closed,
)
from tests.store.builders import NOW, take
from tests.store.test_seal import give_outcomes, watermark
from workflows import lines
from workflows import messages as m


async def test_a_report_the_workflow_has_not_taken_in_is_waited_for(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)
    hands = OutageWork(own_demo_engine, temporal_client)
    stored = watermark(own_demo_engine)
    behind = m.SealAsk(outage=told.outage_id, watermark=stored - 1, now=NOW)
    level = m.SealAsk(outage=told.outage_id, watermark=stored, now=NOW)

    assert hands.seal(behind) == m.SealAnswer(missing=0, unheard=True)
    assert hands.seal(level) == m.SealAnswer(missing=0)
    hands.unseal(level)
    assert take(own_demo_engine).outage_id == told.outage_id


def held_back(house: House) -> None:
    """Let no word of a report reach its outage from now on."""
    with house.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " NEW.available_at := NEW.available_at + interval '1 hour'; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER hold_back BEFORE INSERT ON outbox FOR EACH ROW"
            " WHEN (NEW.kind = 'reported') EXECUTE FUNCTION hold_back()"
        )


def let_go(house: House) -> None:
    """Let the words held back reach their outages now."""
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER hold_back ON outbox")
        connection.exec_driver_sql("UPDATE outbox SET available_at = at WHERE done_at IS NULL")
    house.relay.poke()


@pytest.mark.timeout(240)
async def test_a_report_heard_of_after_everybody_was_called_back_does_not_hold_up_the_close(
    open_house: OpenHouse,
) -> None:
    async with open_house() as house:
        one, other = points_of(house, "jp-f1-s1")[:2]
        outage = house.report(call_from(one)).outage_id
        await house.until(lambda: (state := house.state(outage)) and state.reports == 1)
        held_back(house)
        late = house.report(call_from(other)).outage_id
        await repair(house, outage)
        called = await call_everybody_back(house, outage, 2)
        await house.until(lambda: (state := house.state(outage)) and state.callbacks_finished)
        known = house.state(outage)
        let_go(house)
        await until_closed(house, outage)
        closed = house.state(outage)
        await house.client.get_workflow_handle(ids.outage_workflow(outage)).result()
        opening = house.ask(outages.opening, outage, sealed_too=True)
        urge = Action(id="late/1", actor=DISPATCHER, what=Urge(reason="still_dark"))
        with pytest.raises(lines.LineClosed):
            await lines.act_on_outage(house.client, opening, urge)

    assert late == outage
    assert called == 2
    assert known is not None
    assert (known.reports, known.stage) == (1, Stage.CALLBACK)
    assert closed is not None
    assert closed.reports == 2
