"""The feed and the database agree, however often the client drops and in whatever order writes end.

Four threads write while the client is cut off again and again and takes up at its last event.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.app import create_app
from api.temporal_line import TemporalLine
from domain.policy import Policy
from tests.api.callers import KEY, NOWHERE, signed_in
from tests.api.follower import Follower, Rows, read_lists
from tests.api.live_house import Writers, changed, served

# Sees every kind in every district.
HEADERS = signed_in("supervisor", "sue")


@pytest.fixture
def app(own_demo_engine: Engine, policy: Policy) -> FastAPI:
    """An application on a demo database of this test's own."""
    return create_app(
        engine=own_demo_engine,
        temporal=TemporalLine(NOWHERE, "relight"),
        policy=policy,
        token_key=KEY.public_key(),
    )


@pytest.fixture
def http(app: FastAPI) -> Iterator[httpx.Client]:
    live = app.state.office.live
    live.heartbeat_s, live.look_every_s = 0.3, 0.01  # many looks into transactions under way
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield http


def followed(http: httpx.Client, engine: Engine, *, drops: int, changes: int) -> Follower:
    """Follow while four threads write, dropping so often; returns a follower that has it all."""
    follower, chance = Follower(http, HEADERS), Random(7)
    writers, before = Writers(engine), changed(engine)
    writers.start()
    try:
        dropped = 0
        while dropped < drops or changed(engine) - before < changes:
            # Every other time in the midst of what was missed, else in the midst of what happens.
            events = chance.randint(1, 2 * changes // drops)
            listen(follower, events, caught_up=dropped % 2 == 0)
            dropped += 1
    finally:
        writers.stop()
    listen_until(follower, last_word(engine))
    return follower


def listen(follower: Follower, events: int, *, caught_up: bool) -> None:
    """Take so many events, counted from where it has caught up if so wished; then be gone."""
    with follower.stream() as told:
        while caught_up and next(told).event != "heartbeat":
            pass
        for _ in range(events):
            next(told)


def last_word(engine: Engine) -> str:
    """Change one row more than all the others and return its id."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO pages (id, dedup_key, district_id, ladder, rung, to_role, body, at,"
                " known_at) VALUES ('last', 'last', 'jp', 'arrival', 1, 'dispatcher', '{}', :n, :n)"
            ),
            {"n": datetime.now(UTC)},
        )
    return "last"


def listen_until(follower: Follower, page: str) -> None:
    """Listen until a page has been told."""
    with follower.stream() as told:
        for each in told:
            if each.data.get("id") == page:
                return


def differing(one: Rows, other: Rows) -> dict[object, object]:
    """Return the rows that are not the same on both sides."""
    names = one.keys() | other.keys()
    return {
        name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)
    }


def judge(follower: Follower, http: httpx.Client) -> None:
    """Hold what was followed against what the lists say."""
    truth = read_lists(http, HEADERS, follower.kinds)

    assert differing(follower.rows, truth) == {}
    assert len({kind for kind, _ in truth}) == len(follower.kinds)
    assert follower.fresh_starts == ["hello"]


def test_a_client_that_drops_twenty_times_ends_with_the_rows_of_the_database(
    http: httpx.Client, own_demo_engine: Engine
) -> None:
    judge(followed(http, own_demo_engine, drops=20, changes=500), http)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_client_that_drops_two_hundred_times_ends_with_the_rows_of_the_database(
    http: httpx.Client, own_demo_engine: Engine
) -> None:
    judge(followed(http, own_demo_engine, drops=200, changes=5000), http)
