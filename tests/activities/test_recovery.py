"""Workflows that Temporal lost, or that disagree with their rows, come back from the rows."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from temporalio.client import Client

from activities.recovery import Deed, Recovery
from domain import actions as a
from domain import ids
from domain.decide import RULES_VERSION, decide
from domain.evolve import evolve
from domain.kinds import Mode
from domain.opening import OutageOpening
from domain.outage import Outage
from relight.replay import replay_outage, replay_whole
from relight.servers.temporal import TemporalServer
from store import histories, installation, outages, projection, restoring
from tests.conftest import DEMO_NOW
from tests.house import House, by_crew, running_house
from tests.house_life import (
    CALL_TAKER,
    call_everybody_back,
    call_from,
    dispatched,
    finish,
    repair,
    until_closed,
)
from workflows import board_lines, lines
from workflows import messages as m

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240), pytest.mark.servers]

HOMES = [f"jp-f{feeder}-s1-t1-p1" for feeder in (1, 2, 3, 4)]
URGE = a.Urge(reason="caller_waits")


@pytest.fixture
async def empty_temporal(server_home: Path) -> AsyncIterator[Client]:
    """A Temporal that has never heard of anything."""
    server = TemporalServer(server_home / f"temporal-{uuid4().hex[:8]}")
    server.start()
    yield await lines.connect(server.address, server.namespace)
    server.kill()


async def deeds(engine: Engine, client: Client) -> dict[str, Deed]:
    """Recover, and return what was done about each outage."""
    return {each.outage: each.deed async for each in Recovery(engine, client).run()}


async def settled(house: House, outage: str) -> Outage:
    """Wait until the rows are where the workflow is, and return the state."""

    def state() -> Outage:
        found = house.state(outage)
        assert found is not None
        return found

    await house.until(lambda: house.state(outage))
    told = await lines.view_outage(house.client, outage)
    await house.until(lambda: state().seq >= told.seq)
    return state()


async def test_an_outage_and_a_board_that_temporal_lost_go_on_where_their_rows_stand(
    own_demo_engine: Engine, temporal_client: Client, empty_temporal: Client
) -> None:
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        outage = house.report(call_from(HOMES[0])).outage_id
        task = await house.until(lambda: dispatched(house, outage))
        await house.act(outage, by_crew(task.crew), a.Acknowledge(task=task.id))
        await _order(house, m.ModeOrder(mode=Mode.ADVISE))
        pin = m.Pin(task=task.id, kind="crew", crew=task.crew)
        await _order(house, m.PinOrder(pin=pin))
        before = await settled(house, outage)
        events = house.ask(projection.events_of, outage)
        board = await board_lines.view_board(house.client, "jp")
        now = house.now()
    # Nobody recovers here: whatever touches an outage first must find it where it stood.
    async with running_house(own_demo_engine, empty_temporal, now) as house:
        crew = by_crew(task.crew)
        await house.act(outage, crew, a.Depart(task=task.id))
        await house.act(outage, crew, a.Arrive(task=task.id, position=before.at))
        taken_over = await board_lines.view_board(house.client, "jp")
        await finish(house, outage, task, crew)
        await call_everybody_back(house, outage, 1)
        await until_closed(house, outage)
        await house.until(lambda: outage not in house.ask(histories.missing))
        divergences, counted, _ = await replay_outage(house.engine, outage)
        whole = await replay_whole(house.engine, outage)
        after = house.ask(projection.events_of, outage)
        alarms = house.ask(projection.alarms)

    assert after[: len(events)] == events
    assert [event.seq for event in after] == list(range(1, len(after) + 1))
    assert (alarms, divergences) == ([], [])
    assert (counted, whole.lost) == (len(after), before.seq)
    assert taken_over.mode is Mode.ADVISE
    assert taken_over.pins == (pin,)
    assert taken_over.epoch >= board.epoch >= 1


async def _order(house: House, what: m.ModeOrder | m.PinOrder) -> None:
    start = m.BoardStart(district="jp", clock=house.ask(installation.clock))
    order = m.Order(id=f"order/{uuid4().hex}", subject="dana", what=what)
    await board_lines.order_board(house.client, start, order)
    known = "SELECT id FROM board_orders WHERE id = :id AND answer IS NOT NULL"
    await house.until(lambda: house.rows(known, id=order.id))


async def test_recovery_mends_whichever_side_is_behind_and_leaves_the_rest_alone(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        sound, ahead, behind, ended = [house.report(call_from(home)).outage_id for home in HOMES]
        for outage in (sound, ahead, behind, ended):
            await house.until(lambda o=outage: dispatched(house, o))
            await settled(house, outage)
        await _rewind_after(house, ahead)
        _decide_elsewhere(house, behind)
        await temporal_client.get_workflow_handle(ids.outage_workflow(ended)).terminate()
        orphan = _orphan(house, sound)
        await lines.report_to_outage(house.client, orphan)
        first = await deeds(house.engine, house.client)
        again = await deeds(house.engine, house.client)
        for outage in (sound, ahead, behind, ended):
            await house.act(outage, CALL_TAKER, URGE, "afterwards")
            await settled(house, outage)
        alarms = house.ask(projection.alarms)
        urged = {
            outage: [e.action_id for e in house.ask(projection.events_of, outage)][-1]
            for outage in (sound, ahead, behind, ended)
        }

    assert first == {
        sound: Deed.RUNS,
        ahead: Deed.ROWS_COMPLETED,
        behind: Deed.REPLACED,
        ended: Deed.REVIVED,
        orphan.outage: Deed.NO_ROWS,
    }
    assert again == {
        **dict.fromkeys((sound, ahead, behind, ended), Deed.RUNS),
        orphan.outage: Deed.NO_ROWS,
    }
    assert alarms == []
    assert set(urged.values()) == {"afterwards"}


async def _rewind_after(house: House, outage: str) -> None:
    """Take the rows back to an earlier moment, as restoring only the database does."""
    earlier = await settled(house, outage)
    await house.act(outage, CALL_TAKER, URGE)
    later = await settled(house, outage)
    assert later.seq > earlier.seq
    with house.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        at = {"outage": outage, "seq": earlier.seq}
        connection.execute(
            text("DELETE FROM outage_events WHERE outage_id = :outage AND seq > :seq"), at
        )
        connection.execute(
            text(
                "UPDATE outages SET seq = :seq, state = CAST(:state AS jsonb),"
                " state_digest = :digest WHERE id = :outage"
            ),
            at | {"state": earlier.model_dump_json(), "digest": earlier.digest()},
        )


def _decide_elsewhere(house: House, outage: str) -> None:
    """Write an event that the running workflow does not know, as another Temporal had it."""
    state = house.state(outage)
    assert state is not None
    action = a.Action(id="elsewhere", actor=CALL_TAKER, what=URGE)
    events = decide(state, action, house.now(), house.policy, RULES_VERSION)
    for event in events:
        state = evolve(state, event)
    house.ask(projection.append, outage, events, state)


def _orphan(house: House, like: str) -> OutageOpening:
    """Return the opening of an outage that has no row here."""
    opening = house.ask(outages.opening, like)
    return opening.model_copy(update={"outage": ids.outage_id(uuid4()), "state": None})


async def test_an_outage_closed_before_the_loss_is_not_asked_for_ever(
    own_demo_engine: Engine, temporal_client: Client, empty_temporal: Client
) -> None:
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        outage = house.report(call_from(HOMES[0])).outage_id
        await repair(house, outage)
        await call_everybody_back(house, outage, 1)
        await until_closed(house, outage)
        await house.until(lambda: outage not in house.ask(histories.missing))
    with own_demo_engine.begin() as connection:
        connection.execute(text("DELETE FROM histories"))
    asked = _missing(own_demo_engine)
    found = await deeds(own_demo_engine, empty_temporal)
    whole = await replay_whole(own_demo_engine, outage)

    assert asked == [outage]
    assert found == {outage: Deed.HISTORY_LOST}
    assert _missing(own_demo_engine) == []
    assert (whole.divergences, whole.runs) == ((), 0)
    assert whole.lost == whole.events > 0


def _missing(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return histories.missing(session)


async def test_a_state_that_its_events_do_not_give_is_a_divergence(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        outage = house.report(call_from(HOMES[0])).outage_id
        await repair(house, outage)
        await call_everybody_back(house, outage, 1)
        await until_closed(house, outage)
        with house.engine.begin() as connection:
            connection.execute(text("UPDATE outages SET state_digest = 'other'"))
        divergences, _, _ = await replay_outage(house.engine, outage)

    assert f"{outage} state" in [each.where for each in divergences]


async def test_a_restore_is_owed_a_recovery_once(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    recovery = Recovery(own_demo_engine, temporal_client)
    before = await recovery.owed()
    with Session(own_demo_engine) as session, session.begin():
        restoring.note_restored(session, DEMO_NOW, datetime.now(DEMO_NOW.tzinfo))
    noted = await recovery.owed()
    found = await deeds(own_demo_engine, temporal_client)

    assert (before, noted, found) == (False, True, {})
    assert not await recovery.owed()
