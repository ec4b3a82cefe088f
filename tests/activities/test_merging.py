"""Two running orders become one and one becomes two, whoever dies in between."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain import actions as a
from domain.errors import Refused
from domain.outage import Stage, TaskState
from domain.regrouping import Merge, Split
from relight.replay import replay_outage
from relight.servers.temporal import TemporalServer
from relight.settings import CODE
from store import histories
from store.kill_points import ARMED, used
from tests.activities.conftest import OpenHouse
from tests.house import House, by_crew
from tests.house_life import (
    DISPATCHER,
    call_everybody_back,
    call_from,
    dispatched,
    drive,
    finish,
    until_closed,
)

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
HOMES = [f"jp-f{feeder}-s1-t1-p1" for feeder in range(1, 6)]
HERE, THERE = HOMES[:2]
_OF = "SELECT id FROM reports WHERE outage_id = :outage ORDER BY seq"


def reports_of(house: House, outage: str) -> list[str]:
    return house.rows(_OF, outage=outage)


async def opened(house: House, home: str) -> str:
    """Report from a home and wait until its order lives."""
    outage = house.report(call_from(home)).outage_id
    await house.until(lambda: house.state(outage))
    return outage


async def until_merged(house: House, outage: str) -> None:
    await house.until(lambda: house.state(outage).stage is Stage.CLOSED, tries=9000)


async def test_every_reporter_of_both_orders_is_called_back_once(open_house: OpenHouse) -> None:
    async with open_house() as house:
        giver, taker = await opened(house, HERE), await opened(house, THERE)
        task = await house.until(lambda: dispatched(house, giver))
        await house.until(lambda: dispatched(house, taker))
        await house.act(giver, by_crew(task.crew), a.Acknowledge(task=task.id))
        await house.act(giver, by_crew(task.crew), a.Depart(task=task.id))
        both = sorted(reports_of(house, giver) + reports_of(house, taker))
        answer = await house.act(giver, DISPATCHER, Merge(into=taker))
        await until_merged(house, giver)
        joined = await house.until(
            lambda: next((t for t in house.state(taker).tasks if t.crew == task.crew), None)
        )
        for what in (
            a.Arrive(task=joined.id, position=house.state(taker).at),
            a.BeginWork(task=joined.id, safety_officer="sam"),
            a.Restore(task=joined.id),
            a.Complete(task=joined.id, cause="fuse"),
        ):
            await house.act(taker, by_crew(task.crew), what)
        own = house.state(taker).tasks[0].id
        await leave(house, taker, own)
        await call_everybody_back(house, taker, 2)
        await until_closed(house, taker)
        called = house.rows("SELECT report_id FROM callbacks ORDER BY report_id")
        for outage in (giver, taker):
            await house.until(lambda outage=outage: outage not in house.ask(histories.missing))
        divergences = [await replay_outage(house.engine, outage) for outage in (giver, taker)]
        ended = house.state(giver)
        with pytest.raises(Refused) as refusal:
            await house.act(giver, by_crew(task.crew), a.Depart(task=task.id))

    assert answer.status == "merging"
    assert joined.state is TaskState.EN_ROUTE
    assert called == both
    assert (ended.status, ended.merged_into) == ("merged", taker)
    assert [each[0] for each in divergences] == [[], []]
    assert (refusal.value.code, refusal.value.params) == ("moved_to", {"outage": taker})


async def leave(house: House, outage: str, task: str) -> None:
    """The crew that was sent as well looks in and leaves."""
    known = house.state(outage).task(task)
    if known.crew is None:
        await house.act(outage, DISPATCHER, a.CancelTask(task=task, reason="not_needed"))
        return
    crew = by_crew(known.crew)
    await house.act(outage, crew, a.Arrive(task=task, position=house.state(outage).at))
    await house.act(outage, crew, a.Complete(task=task, cause="fuse"))


def hold_rows(house: House, outage: str, kind: str) -> None:
    """Let no event of this kind of one order reach the rows."""
    with house.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION hold_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'held'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER hold_rows BEFORE INSERT ON outage_events FOR EACH ROW"
            f" WHEN (NEW.outage_id = '{outage}' AND NEW.kind = '{kind}')"
            " EXECUTE FUNCTION hold_rows()"
        )


def let_rows_go(house: House) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER hold_rows ON outage_events")
        connection.exec_driver_sql("DROP FUNCTION hold_rows()")


async def test_an_order_that_is_lit_refuses_and_the_other_takes_its_reports_back(
    open_house: OpenHouse,
) -> None:
    async with open_house(planner=False) as house:
        giver, taker = await opened(house, HERE), await opened(house, THERE)
        mine = reports_of(house, giver)
        hold_rows(house, taker, "restored")
        await house.act(taker, DISPATCHER, a.Cancel(reason="self_restored"))
        await house.act(giver, DISPATCHER, Merge(into=taker))
        moves = "SELECT to_outage_id FROM report_moves ORDER BY number"
        await house.until(lambda: len(house.rows(moves)) == 2)
        await house.until(lambda: house.state(giver).regrouping is None)
        went = house.rows(moves)
        refused = house.rows(
            "SELECT body ->> 'code' FROM outage_events WHERE kind = 'merge_refused'"
        )
        kept, open_again = reports_of(house, giver), house.state(giver)
        let_rows_go(house)
        later = house.report(call_from(HERE)).outage_id

    assert went == [taker, giver]
    assert refused == ["merge_target_over"]
    assert kept == mine
    assert (open_again.stage, open_again.merged_into) == (Stage.PREDICTED, None)
    assert later == giver


async def test_what_is_split_off_lives_and_ends_by_itself(open_house: OpenHouse) -> None:
    async with open_house() as house:
        outage = await opened(house, HERE)
        second = house.report(call_from("jp-f1-s1-t2-p1"))
        await house.until(lambda: house.state(outage).reports == 2)
        await house.act(outage, DISPATCHER, Split(reports=(second.report_id,)))
        new = await house.until(
            lambda: next(iter(house.rows("SELECT to_outage_id FROM regroupings")), None)
        )
        for each in (outage, new):
            task, crew = await drive(house, each)
            await finish(house, each, task, crew)
            await call_everybody_back(house, each, 1)
            await until_closed(house, each)
        called = house.rows("SELECT outage_id, report_id FROM callbacks ORDER BY due_from")

    assert second.outage_id == outage
    assert len(called) == 2
    assert (new, second.report_id) in [tuple(row) for row in called]


POINTS = (
    "before_reports_are_handed_over",
    "between_hand_over_and_absorb",
    "between_absorb_and_merged",
    "between_refusal_and_take_back",
    "between_take_back_and_refused",
    "between_take_out_and_split_off",
)


@asynccontextmanager
async def mortal_worker(
    house: House, temporal: TemporalServer, state_dir: Path, deaths: list[int]
) -> AsyncIterator[None]:
    """Run a worker of its own that dies at the named points and is started again each time."""
    address = house.engine.url.render_as_string(hide_password=False)
    environment = os.environ | {
        "RELIGHT_DATABASE_URL": address.replace("postgresql+psycopg://", "postgresql://"),
        "RELIGHT_TEMPORAL_ADDRESS": temporal.address,
        "RELIGHT_TEMPORAL_NAMESPACE": temporal.namespace,
        "RELIGHT_STATE_DIR": str(state_dir),
        "PYTHONPATH": str(CODE),
        ARMED: ",".join(POINTS),
    }
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "relight", "worker"]
        with (state_dir / "worker.log").open("ab") as log:
            return subprocess.Popen(program, env=environment, stdout=log, stderr=log)

    async def watch() -> None:
        while True:
            running.append(begin())
            await asyncio.to_thread(running[-1].wait)
            deaths.append(running[-1].returncode)
            house.report(call_from(HERE))
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        running[-1].terminate()
        running[-1].wait(30)


@pytest.mark.soak
@pytest.mark.timeout(900)  # what a dead worker had in hand is asked for again after its time
async def test_a_worker_that_dies_between_any_two_steps_loses_and_doubles_nothing(
    open_house: OpenHouse, temporal_dev: TemporalServer, tmp_path: Path
) -> None:
    deaths: list[int] = []
    async with (
        open_house(worker=False) as house,
        mortal_worker(house, temporal_dev, tmp_path, deaths),
    ):
        giver, taker, lit, refused, split = [await opened(house, home) for home in HOMES]
        second = house.report(call_from(HOMES[4]))
        await house.until(lambda: house.state(split).reports == 2)
        hold_rows(house, lit, "restored")
        await house.act(lit, DISPATCHER, a.Cancel(reason="self_restored"))
        await asyncio.gather(
            house.act(refused, DISPATCHER, Merge(into=lit)),
            house.act(giver, DISPATCHER, Merge(into=taker)),
            house.act(split, DISPATCHER, Split(reports=(second.report_id,))),
        )
        await until_merged(house, giver)
        await house.until(lambda: "merge_refused" in kinds_of(house, refused), tries=9000)
        await house.until(lambda: "split_off" in kinds_of(house, split), tries=9000)
        let_rows_go(house)
        everywhere = house.rows("SELECT outage_id FROM reports")
        count = house.rows("SELECT sum(report_count) FROM outages")
        absorbed = [kind for kind in kinds_of(house, taker) if kind == "absorbed"]

    assert used(tmp_path) == set(POINTS)
    assert set(deaths[: len(POINTS)]) == {-signal.SIGKILL}
    assert len(everywhere) == 6 + len(deaths)
    assert count == [len(everywhere)]
    assert giver not in everywhere
    assert second.outage_id == split
    assert {refused, split} <= set(everywhere)
    assert absorbed == ["absorbed"]


def kinds_of(house: House, outage: str) -> list[str]:
    query = "SELECT kind FROM outage_events WHERE outage_id = :outage ORDER BY seq"
    return house.rows(query, outage=outage)
