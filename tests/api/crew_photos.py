"""An outage that a crew was sent to, and photos it sends of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import httpx
from sqlalchemy import Engine, text

from tests.api.callers import a_report, signed_in
from tests.conftest import DEMO_NOW
from tests.pictures import a_picture

CREW, OTHER = "jp-crew-01", "jp-crew-02"
MINE = signed_in("crew", "chen", crew=CREW)
DESK = signed_in("dispatcher", "dora")
AGENT = signed_in("callback_agent", "ann")
_TASK = text("""
INSERT INTO tasks
    (id, outage_id, kind, state, crew_id, assignment_epoch, skills, licences, known_at)
VALUES (:id, :outage, 'repair', 'dispatched', :crew, 1, '{}', '{}', :now)
""")
_OVER = text("UPDATE outages SET sealed_at = :now, closed_at = :now WHERE closed_at IS NULL")
_NUMBERS = count(1)


@asynccontextmanager
async def an_outage(client: httpx.AsyncClient, demo: Engine) -> AsyncIterator[str]:
    """Open an outage of its own, with a task of the crew."""
    taken = await client.post("/v1/reports", json=a_report(), headers=DESK)
    outage: str = taken.json()["outage"]["id"]
    with demo.begin() as connection:
        task = {"id": f"{outage}/t1", "outage": outage, "crew": CREW, "now": DEMO_NOW}
        connection.execute(_TASK, task)
    yield outage
    with demo.begin() as connection:
        connection.execute(_OVER, {"now": DEMO_NOW})


async def send(
    client: httpx.AsyncClient,
    outage: str,
    picture: bytes | None = None,
    who: dict[str, str] = MINE,
    **said: Any,
) -> httpx.Response:
    """Send a photo as a crew's phone does; `said` is the statement with it."""
    statement = {"device": "phone-1", "device_seq": next(_NUMBERS), "shows": "damage", **said}
    files = {"photo": ("IMG_1.jpg", a_picture() if picture is None else picture, "image/jpeg")}
    return await client.post(
        f"/v1/outages/{outage}/photos",
        files=files,
        data={"statement": json.dumps(statement)},
        headers=who,
    )


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return response.status_code, response.json()["code"]
