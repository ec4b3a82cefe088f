"""From a report to a confirmed callback through every room but the mouth."""

import json

import pytest
from sqlalchemy import text

from domain.outage import Stage
from relight.replay import replay_outage
from store import histories
from tests.house import House
from tests.house_life import YES, answer, call_from, open_callbacks, repair

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


def _some_points(house: House, count: int) -> list[str]:
    query = "SELECT id FROM service_points ORDER BY id LIMIT :count"
    return house.rows(query, count=count)


async def test_one_report_is_repaired_called_back_closed_archived_and_replayed(open_house) -> None:
    async with open_house() as house:
        (point,) = _some_points(house, 1)
        accepted = house.report(call_from(point))
        outage = accepted.outage_id
        crew = await repair(house, outage)
        (callback,) = await house.until(lambda: open_callbacks(house, outage))
        answer(house, callback, **YES)
        await house.until(lambda: house.state(outage).stage is Stage.CLOSED)
        runs = await house.until(lambda: house.ask(histories.runs_of, outage))
        await house.until(lambda: outage not in house.ask(histories.missing))
        divergences, events, _ = await replay_outage(house.engine, outage)

    assert crew.startswith("jp-crew-")
    assert runs
    assert divergences == []
    assert events == house.state(outage).seq


async def test_still_off_reopens_and_the_second_repair_closes(open_house) -> None:
    async with open_house() as house:
        (point,) = _some_points(house, 1)
        accepted = house.report(call_from(point))
        outage = accepted.outage_id
        await repair(house, outage)
        (callback,) = await house.until(lambda: open_callbacks(house, outage))
        answer(house, callback, still_off=True)
        await house.until(lambda: house.state(outage).reopened == 1)
        clock_start = house.state(outage).clock_start
        await repair(house, outage)
        (second,) = await house.until(lambda: open_callbacks(house, outage))
        answer(house, second, **YES)
        await house.until(lambda: house.state(outage).stage is Stage.CLOSED)

    assert clock_start == accepted.received_at
    assert second != callback


async def test_a_recorded_history_with_a_changed_answer_is_found_out(open_house) -> None:
    async with open_house() as house:
        (point,) = _some_points(house, 1)
        outage = house.report(call_from(point)).outage_id
        await repair(house, outage)
        (callback,) = await house.until(lambda: open_callbacks(house, outage))
        answer(house, callback, **YES)
        await house.until(lambda: house.ask(histories.runs_of, outage))
        await house.until(lambda: outage not in house.ask(histories.missing))
        with house.engine.begin() as connection:
            # Rows of events cannot be changed; somebody with the keys to the server could.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text(
                    "UPDATE outage_events SET body = jsonb_set(body, '{cause}', '\"tree\"')"
                    " WHERE outage_id = :outage AND kind = 'task_done'"
                ),
                {"outage": outage},
            )
        divergences, _, _ = await replay_outage(house.engine, outage)
        kept = house.ask(histories.get, *house.ask(histories.runs_of, outage)[0])

    assert ["task_done" in each.what for each in divergences] == [True]
    assert json.loads(kept)["events"]
