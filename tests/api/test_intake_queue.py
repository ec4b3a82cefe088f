"""The queue before the database: one waiter per lock, and no feeder can hold up another."""

import asyncio

import httpx
from sqlalchemy import Engine, text

from api.intake_queue import IntakeQueue
from store import locks
from tests.api.callers import a_report, signed_in

CALLS = signed_in("call_taker", "tara")
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


async def test_callers_of_one_name_take_turns_and_others_pass() -> None:
    queue, order = IntakeQueue(), []

    async def call(name: str, names: list[str], pause: float) -> None:
        async with queue.turn(names):
            order.append(f"{name} in")
            await asyncio.sleep(pause)
            order.append(f"{name} out")

    await asyncio.gather(
        call("first", ["a", "b"], 0.02), call("second", ["b", "a"], 0), call("other", ["c"], 0)
    )

    assert order.index("first out") < order.index("second in")
    assert order.index("other in") < order.index("first out")
    assert len(queue) == 0


async def test_a_caller_who_gives_up_leaves_no_lock_behind() -> None:
    queue = IntakeQueue()

    async def wait() -> None:
        async with queue.turn(["a"]):
            raise AssertionError("never reached")

    async with queue.turn(["a"]):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), queue.turn(["a"]):
        pass

    assert len(queue) == 0


async def test_a_flood_under_one_feeder_waits_in_memory_and_the_neighbour_is_served(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    def call(point: str) -> asyncio.Task[httpx.Response]:
        body = a_report(place={"service_point_id": point})
        return asyncio.create_task(client.post("/v1/reports", json=body, headers=CALLS))

    with demo.begin() as holder:
        locks.take(holder, [f"feeder/jp-f{n}" for n in range(1, 9)])
        flood = [call(f"jp-f1-s1-t{n % 5 + 1}-p{n % 13 + 1}") for n in range(60)]
        bystander = await call("yl-f1-s1-t1-p1")
        with demo.connect() as watcher:
            waiting = watcher.scalar(text(WAITING))
        still_waiting = [task for task in flood if not task.done()]
    answers = await asyncio.gather(*flood)

    assert bystander.status_code == 201
    assert len(still_waiting) == 60
    assert waiting == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["outage"]["id"] for answer in answers}) == 1


async def test_two_hundred_first_calls_at_once_are_one_outage(
    client: httpx.AsyncClient, demo: Engine
) -> None:
    with demo.connect() as connection:
        places = connection.execute(
            text(
                "SELECT id, ST_X(at) AS lon, ST_Y(at) AS lat FROM service_points"
                " WHERE id LIKE 'jp-f5-s3-t%' ORDER BY id"
            )
        ).all()
    bodies = [
        a_report(place={"service_point_id": place.id} if n % 2 else {"at": [place.lon, place.lat]})
        for n, place in enumerate((places * 4)[:200])
    ]

    answers = await asyncio.gather(
        *(client.post("/v1/reports", json=body, headers=CALLS) for body in bodies)
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["outage"]["id"] for answer in answers}) == 1
    assert len({answer.json()["report"]["id"] for answer in answers}) == 200
    assert sum(answer.json()["outage"]["opened"] for answer in answers) == 1


async def test_danger_waits_for_no_one_who_only_waits() -> None:
    """Not even for whoever wants a name of its own besides and stands in a long line for it."""
    queue, order = IntakeQueue(), list[str]()

    async def call(who: str, names: list[str], *, first: bool = False) -> None:
        async with queue.turn(names, first=first):
            order.append(who)
            await asyncio.sleep(0)

    async with queue.turn(["b"]):
        waiting = [asyncio.create_task(call(f"b{n}", ["b"])) for n in range(5)]
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(call("both", ["a", "b"])))
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(call("danger", ["a"], first=True)))
        await asyncio.sleep(0.01)
        early = list(order)
        waiting.append(asyncio.create_task(call("both danger", ["a", "b"], first=True)))
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)

    assert early == ["danger"]
    assert order == ["danger", "both danger", "b0", "b1", "b2", "b3", "b4", "both"]
    assert len(queue) == 0


async def test_whoever_wants_several_names_is_not_passed_by_for_ever() -> None:
    queue, order = IntakeQueue(), list[str]()

    async def call(who: str, names: list[str]) -> None:
        async with queue.turn(names):
            order.append(who)

    async with queue.turn(["a"]):
        both = asyncio.create_task(call("both", ["a", "b"]))
        await asyncio.sleep(0)
        later = asyncio.create_task(call("later", ["b"]))
        await asyncio.sleep(0.01)
    await asyncio.gather(both, later)

    assert order == ["both", "later"]
