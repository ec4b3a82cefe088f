"""What Prometheus is told: cheap however often it asks, and silence about what is away."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event

from api.app import create_app
from api.temporal_line import TemporalLine
from domain.policy import Policy
from tests.api.callers import KEY, NOWHERE


def an_app(engine: Engine, policy: Policy) -> FastAPI:
    return create_app(
        engine=engine,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY.public_key(),
    )


async def scraped(app: FastAPI, times: int = 1) -> str:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relight.test") as client:
        for _ in range(times):
            answer = await client.get("/metrics")
            assert answer.status_code == 200
    return answer.text


async def test_a_database_that_is_away_is_told_and_its_numbers_are_left_out(
    policy: Policy,
) -> None:
    text = await scraped(an_app(create_engine("postgresql+psycopg://no@127.0.0.1:9/no"), policy))

    assert "relight_database_up 0.0" in text
    assert "relight_temporal_up 0.0" in text
    assert "relight_promises_open" not in text
    assert "relight_stalled_workflows" not in text


async def test_many_looks_at_once_are_one_question(demo: Engine, policy: Policy) -> None:
    asked: list[str] = []

    @event.listens_for(demo, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    text = await scraped(an_app(demo, policy), times=5)
    event.remove(demo, "before_cursor_execute", note)

    assert 'relight_promises_open{area_class="urban",district="jp"}' in text
    assert sum("promises_open" in statement for statement in asked) == 1


@pytest.mark.parametrize("family", ["outbox_depth", "callbacks_due", "board_mode", "districts"])
async def test_a_family_is_told_with_what_it_means(
    demo: Engine, policy: Policy, family: str
) -> None:
    text = await scraped(an_app(demo, policy))

    assert f"# TYPE relight_{family} gauge" in text
