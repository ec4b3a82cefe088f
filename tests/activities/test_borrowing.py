"""Help across district borders: asked for where own crews are not enough, never by two boards."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from temporalio.client import Client

from domain.errors import Refused
from domain.ids import board_workflow
from relight.worker_process import wake_boards
from store import leases, lending, projection, snapshots
from tests.conftest import DEMO_NOW
from tests.house import House, running_house
from tests.house_crews import LENT, one_crew_for_two
from tests.house_life import pour, repair
from tests.store.builders import a_draft
from workflows import board_lines

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]
UNTIL = DEMO_NOW + timedelta(hours=3)


def crew_of(house: House, outage: str) -> str | None:
    state = house.state(outage)
    return state.tasks[0].crew if state and state.tasks else None


def given(house: House, outage: str) -> list[tuple[str, str]]:
    """Return who was given an outage's work and who was called off it, in order."""
    events = [event.what for event in house.ask(projection.events_of, outage)]
    kinds = ("task_assigned", "task_released")
    return [(each.kind, each.crew) for each in events if each.kind in kinds]


async def another_plan(client: Client, district: str) -> None:
    """Stir a board and wait until it has planned anew."""
    before = (await board_lines.view_board(client, district)).plans
    await board_lines.stir_board(client, district)
    for _ in range(2400):
        if (await board_lines.view_board(client, district)).plans > before:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to pass")


async def test_a_crew_is_lent_for_an_order_and_goes_home_when_it_is_done(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    one_crew_for_two(own_demo_engine)
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        outage = house.report(a_draft("jp-f1-s1-t1-p1")).outage_id
        await house.until(lambda: crew_of(house, outage) == LENT)
        lent = house.ask(leases.holder, LENT, house.now())
        at_home = [c.id for c in house.ask(snapshots.crews_on_hand, "yl", house.now())]
        plans = house.rows("SELECT d.body FROM documents d WHERE d.kind = 'plan'")
        await repair(house, outage)
        await house.until(lambda: house.ask(leases.holder, LENT, house.now())[0] == "yl")
        back = house.ask(leases.holder, LENT, house.now())
        its_own = house.report(a_draft("yl-f1-s1-t1-p1")).outage_id
        await house.until(lambda: crew_of(house, its_own) == LENT)

    assert lent == ("jp", 1)
    assert at_home == []
    assert any('"borrowed":30.0' in plan for plan in plans)
    assert back == ("yl", 2)


async def test_who_waits_for_help_hears_at_once_that_a_neighbour_has_nothing_to_do(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    one_crew_for_two(own_demo_engine)
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        its_own = house.report(a_draft("yl-f1-s1-t1-p1")).outage_id
        await house.until(lambda: crew_of(house, its_own) == LENT)
        others = house.report(a_draft("jp-f1-s1-t1-p1")).outage_id
        await house.until(lambda: house.rows("SELECT id FROM plan_runs WHERE district_id = 'jp'"))
        meanwhile = given(house, others)
        await repair(house, its_own)
        await house.until(lambda: crew_of(house, others) == LENT)

    assert meanwhile == []


async def test_two_boards_racing_for_one_crew_never_both_have_it(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    one_crew_for_two(own_demo_engine)
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        places = ("jp-f1-s1-t1-p1", "yl-f1-s1-t1-p1")
        told = await pour(house, [a_draft(place) for place in places])
        first, second = (each.outage_id for each in told)
        await house.until(lambda: crew_of(house, first) or crew_of(house, second))
        winner, loser = (first, second) if crew_of(house, first) else (second, first)
        for district in ("jp", "yl"):
            await another_plan(temporal_client, district)
        waiting = given(house, loser)
        await repair(house, winner)
        await house.until(lambda: crew_of(house, loser) == LENT)

    assert waiting == []
    assert given(house, winner) == [("task_assigned", LENT)]


async def test_a_crew_its_board_began_to_send_is_not_lent_though_the_board_was_killed(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    one_crew_for_two(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION falls() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'it falls here'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER falls BEFORE UPDATE ON crew_claims"
            " FOR EACH ROW EXECUTE FUNCTION falls()"
        )
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        own = house.report(a_draft("yl-f1-s1-t1-p1")).outage_id
        await house.until(lambda: house.rows("SELECT crew_id FROM crew_claims"))
        await temporal_client.get_workflow_handle(board_workflow("yl")).terminate()
        others = house.report(a_draft("jp-f1-s1-t1-p1", hazards=["wire_down"])).outage_id
        await house.until(lambda: house.rows("SELECT id FROM plan_runs WHERE district_id = 'jp'"))
        with pytest.raises(Refused) as refusal:
            house.ask(lending.lend, LENT, "jp", f"{others}/t1", house.now(), UNTIL)
        meanwhile = given(house, others)
        with own_demo_engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER falls ON crew_claims")
        await wake_boards(temporal_client, own_demo_engine)
        await house.until(lambda: crew_of(house, own) == LENT)

    assert refusal.value.code == "crew_still_out"
    assert meanwhile == []
    assert {crew for _, crew in given(house, own)} == {LENT}


@pytest.mark.parametrize(("lends", "stay_home"), [(False, 0), (True, 1)])
async def test_nobody_is_lent_where_the_policy_says_no_or_too_few_would_stay(
    own_demo_engine: Engine, temporal_client: Client, lends: bool, stay_home: int
) -> None:
    one_crew_for_two(own_demo_engine, lends=lends, stay_home=stay_home)
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW) as house:
        outage = house.report(a_draft("jp-f1-s1-t1-p1")).outage_id
        await house.until(lambda: house.rows("SELECT id FROM plan_runs WHERE district_id = 'jp'"))
        with pytest.raises(Refused) as refusal:
            house.ask(lending.lend, LENT, "jp", f"{outage}/t1", house.now(), UNTIL)

    assert refusal.value.code == "crew_not_lent"
    assert given(house, outage) == []


def test_of_a_lender_and_a_borrower_in_the_same_moment_one_has_the_crew(
    own_demo_engine: Engine,
) -> None:
    one_crew_for_two(own_demo_engine)
    rounds, together = 12, Barrier(2)

    def lender() -> str:
        together.wait()
        with Session(own_demo_engine) as session, session.begin():
            try:
                leases.claim(session, LENT, "yl", "out_x/t1", DEMO_NOW)
            except Refused as refusal:
                return refusal.code
        return "sent"

    def borrower() -> str:
        together.wait()
        with Session(own_demo_engine) as session, session.begin():
            try:
                lending.lend(session, LENT, "jp", "out_y/t1", DEMO_NOW, UNTIL)
            except Refused as refusal:
                return refusal.code
        return "lent"

    found = set()
    with ThreadPoolExecutor(2) as boards:
        for _ in range(rounds):
            pair = tuple(each.result() for each in (boards.submit(lender), boards.submit(borrower)))
            found.add(pair)
            with Session(own_demo_engine) as session, session.begin():
                leases.release(session, LENT, "jp", DEMO_NOW)
                session.execute(text("DELETE FROM crew_claims"))

    assert found <= {("sent", "crew_still_out"), ("crew_leased", "lent")}
