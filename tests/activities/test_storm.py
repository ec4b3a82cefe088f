"""Very many reports of one outage: nothing grows with them but the rows."""

import asyncio

import httpx
import pytest

from api.app import create_app
from api.temporal_line import TemporalLine
from domain import ids
from domain.outage import Outage
from domain.report import ReportDraft
from relight.bench.history_size import size_of
from tests.api.callers import KEY, NOWHERE, signed_in
from tests.house import House
from tests.house_life import (
    call_everybody_back,
    call_from,
    points_of,
    pour,
    repair,
    runs_of,
    until_closed,
    waiting_reports,
)

MOST_BYTES = 64 * 1024
SECTION = "jp-f1-s1"
MANY = pytest.param(5_000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]


def _calls(house: House, count: int) -> list[ReportDraft]:
    points = points_of(house, SECTION)
    return [call_from(points[number % len(points)]) for number in range(count)]


def _outcomes(house: House, outage: str) -> dict[str | None, int]:
    query = "SELECT outcome, count(*) FROM reports WHERE outage_id = :outage GROUP BY outcome"
    return dict(house.rows(query, outage=outage))


def _state_of(house: House, outage: str) -> Outage:
    state = house.state(outage)
    assert state is not None
    return state


@pytest.mark.parametrize("count", [600, MANY])
async def test_reports_taken_while_no_worker_runs_are_all_called_back(open_house, count) -> None:
    async with open_house(worker=False) as house:
        first, *others = await pour(house, _calls(house, count))
        outage = first.outage_id
        waiting = waiting_reports(house)
        async with house.work():
            await repair(house, outage)
            called = await call_everybody_back(house, outage, count)
            await until_closed(house, outage)
        state = _state_of(house, outage)
        repairs = await runs_of(house, ids.outage_workflow(outage))
        campaigns = await runs_of(house, ids.callbacks_workflow(outage, 1))
    sizes = [size_of(history) for history in (*repairs, *campaigns)]
    told = sum(size.signals["reported"] for size in sizes)

    assert {report.outage_id for report in others} == {outage}
    assert 0 < waiting <= count
    assert state.reports == called == count
    assert _outcomes(house, outage) == {"satisfied": count}
    assert max(size.largest_payload for size in sizes) < MOST_BYTES
    assert told <= 5


def _first_calls(house: House, count: int) -> list[dict[str, object]]:
    """Write calls from five transformers of one section, every other one only with a place."""
    rows = house.rows(
        "SELECT p.id, ST_X(p.at), ST_Y(p.at) FROM service_points p"
        " JOIN transformers t ON t.id = p.transformer_id WHERE t.section_id = :section"
        " ORDER BY p.id",
        section=SECTION,
    )
    calls: list[dict[str, object]] = []
    for number in range(count):
        point, lon, lat = rows[number * 7 % len(rows)]
        known = number % 2 == 0
        place = {"service_point_id": point} if known else {"at": [lon, lat]}
        calls.append({"channel": "phone", "place": place})
    return calls


async def test_200_first_calls_at_once_open_one_outage_and_owe_200_callbacks(open_house) -> None:
    async with open_house() as house:
        app = create_app(
            engine=house.engine,
            temporal=TemporalLine(NOWHERE, "relight"),
            policy=house.policy,
            token_key=KEY,
            threads=24,
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://relight.test", timeout=60
        ) as line:
            calls = [
                line.post("/v1/reports", json=call, headers=signed_in("call_taker"))
                for call in _first_calls(house, 200)
            ]
            answers = [answer.json() for answer in await asyncio.gather(*calls)]
        (outage,) = {answer["outage"]["id"] for answer in answers}
        await repair(house, outage)
        called = await call_everybody_back(house, outage, 200)
        await until_closed(house, outage)
        outcomes = _outcomes(house, outage)
        state = _state_of(house, outage)

    assert len({answer["report"]["id"] for answer in answers}) == 200
    assert sum(answer["outage"]["opened"] for answer in answers) == 1
    assert called == state.reports == 200
    assert outcomes == {"satisfied": 200}
