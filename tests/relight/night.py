"""A night in progress: outages at every stage that a restore must bring back, and their ends."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain import actions as a
from domain import ids
from domain.callback import Answers
from domain.clock import HouseClock
from domain.decide import RULES_VERSION
from domain.field import FieldFact
from domain.kinds import Hazard, Mode
from domain.outage import Outage, Stage
from store import callback_answers, installation, intake, seal, statements
from store.callback_answers import Attempt, Result
from tests.api.callers import signed_in
from tests.api.house import Mouth
from tests.house import House, a_policy, by_crew
from tests.house_life import (
    answer,
    call_everybody_back,
    call_from,
    finish,
    open_callbacks,
    until_closed,
)
from workflows import board_lines
from workflows import messages as m

RATE, RATE_AFTER = 60.0, 120.0
DOWN = timedelta(minutes=80)
HOMES = [f"jp-f{feeder}-s{section}-t1-p1" for feeder in (1, 2, 3, 4) for section in (1, 3)]


@dataclass(frozen=True)
class Lives:
    """One outage at each stage that a restore must bring back."""

    waiting: str
    moving: str
    hazard: str
    lit: str
    calling: str
    answered: str
    closed: str


async def _order(house: House, what: object) -> None:
    clock = house.ask(installation.clock)
    order = m.Order.model_validate({"id": f"order/{uuid4().hex}", "subject": "dana", "what": what})
    await board_lines.order_board(house.client, m.BoardStart(district="jp", clock=clock), order)
    query = "SELECT answer FROM board_orders WHERE id = :id AND answer IS NOT NULL"
    (told,) = await house.until(lambda: house.rows(query, id=order.id))
    assert told["accepted"], told


async def _assigned(house: House, home: str, crew: str, **fields: Any) -> tuple[str, str]:
    """Report from a home and send a crew by hand; returns outage and task."""
    outage = house.report(call_from(home, **fields)).outage_id
    state = await house.until(lambda: house.state(outage))
    task = state.tasks[0].id
    await _order(house, {"kind": "assign", "task": task, "crew": crew})
    return outage, task


async def _on_site(house: House, outage: str, task: str, crew: str) -> None:
    state = house.state(outage)
    assert state is not None
    for what in (a.Acknowledge(task=task), a.Depart(task=task),
                 a.Arrive(task=task, position=state.at)):  # fmt: skip
        await house.act(outage, by_crew(crew), what)


async def _repaired(house: House, home: str, crew: str, reports: int) -> str:
    outage, task = await _assigned(house, home, crew)
    for _ in range(reports - 1):
        assert house.report(call_from(home)).outage_id == outage
    await _on_site(house, outage, task, crew)
    state = await house.until(lambda: house.state(outage))
    await finish(house, outage, state.task(task), by_crew(crew))
    await house.until(lambda: len(open_callbacks(house, outage)) == reports)
    return outage


async def live(house: House) -> Lives:
    """Let outages get to every stage; nobody is sent to the waiting one, so it escalates."""
    await _order(house, {"kind": "mode", "mode": Mode.ADVISE})
    waiting = house.report(call_from(HOMES[0])).outage_id
    closed = await _repaired(house, HOMES[1], "jp-crew-01", 1)
    await call_everybody_back(house, closed, 1)
    await until_closed(house, closed)
    calling = await _repaired(house, HOMES[2], "jp-crew-01", 2)
    answer(house, open_callbacks(house, calling)[0])
    answered = await _repaired(house, HOMES[3], "jp-crew-01", 1)
    lit, task = await _assigned(house, HOMES[4], "jp-crew-02")
    await _on_site(house, lit, task, "jp-crew-02")
    await house.act(lit, by_crew("jp-crew-02"), a.BeginWork(task=task, safety_officer="sam"))
    await house.act(lit, by_crew("jp-crew-02"), a.Restore(task=task))
    moving, task = await _assigned(house, HOMES[5], "jp-crew-03")
    for what in (a.Acknowledge(task=task), a.Depart(task=task)):
        await house.act(moving, by_crew("jp-crew-03"), what)
    wire = frozenset({Hazard.WIRE_DOWN})
    hazard = house.report(call_from(HOMES[6], hazards=wire)).outage_id
    await house.until(lambda: (s := house.state(hazard)) and s.tasks[0].crew)
    await house.until(lambda: len(climbed_by(house.engine, waiting)) >= 3)
    return Lives(waiting, moving, hazard, lit, calling, answered, closed)


_STATE = "SELECT state FROM outages WHERE id = :outage"
_CALLS = "SELECT id FROM callbacks WHERE outage_id = :outage AND state = 'open'"
_CLIMBS = "SELECT outage_id, body ->> 'rung' FROM outage_events WHERE kind = 'rung_climbed'"
_WATERMARK = "SELECT report_watermark FROM outages WHERE id = :outage"


def let_time_pass(engine: Engine) -> None:
    """Let the house be dark for a while, as long as a restore takes; then go on a bit faster."""
    with Session(engine) as session, session.begin():
        now = datetime.now(UTC)
        later = installation.clock(session).house(now) + DOWN
        clock = HouseClock(real_epoch=now, house_epoch=later, rate=RATE_AFTER)
        installation.set_clock(session, clock)


def rare_moments(engine: Engine, lives: Lives) -> str:
    """Bring rows to moments a backup rarely hits; returns the outage nobody heard of yet.

    A report no relay has carried; a statement nobody has judged; an outage sealed, not closed.
    """
    with Session(engine) as session:
        now = installation.house_now(session)
        moving = Outage.model_validate(rows_of(engine, _STATE, outage=lives.moving)[0])
    unheard = intake.accept(
        engine, call_from(HOMES[7]), report_id=ids.report_id(uuid4()),
        outage_id=ids.outage_id(uuid4()), now=now, subject="tara", idempotency=None,
        policy=a_policy(), rules_version=RULES_VERSION,
    )  # fmt: skip
    what = a.Arrive(task=moving.tasks[0].id, position=moving.at)
    action = a.Action(id="arrived-unheard", actor=by_crew("jp-crew-03"), what=what)
    fact = FieldFact(
        id=ids.fact_id(uuid4()), action_id=action.id, outage=moving.id, task=what.task,
        crew="jp-crew-03", subject=action.actor.subject, kind="arrive", device="phone-3",
        device_seq=1, occurred_at=now, received_at=now, position=moving.at,
        action=action.model_dump_json(),
    )  # fmt: skip
    with Session(engine) as session, session.begin():
        statements.keep(
            session, fact, action, part="executor", district_id="jp",
            real_now=datetime.now(UTC) - timedelta(minutes=1),
        )  # fmt: skip
        (callback,) = rows_of(engine, _CALLS, outage=lives.answered)
        said = Answers(contacted_on_arrival=True, commitment_kept=True, satisfied=True)
        callback_answers.record(
            session,
            Attempt(id="try_1", action_id="try_1", callback_id=callback, agent="ann", at=now,
                    result=Result.ANSWERED, answers=said),
        )  # fmt: skip
    (heard,) = rows_of(engine, _WATERMARK, outage=lives.answered)
    assert isinstance(seal.try_seal(engine, lives.answered, now, heard=heard), seal.Sealed)
    return unheard.outage_id


def rows_of(engine: Engine, query: str, **params: Any) -> list[Any]:
    with engine.connect() as connection:
        found = connection.execute(text(query), params)
        return [row[0] if len(row) == 1 else tuple(row) for row in found]


def climbs_of(engine: Engine) -> Counter[tuple[str, str]]:
    return Counter(rows_of(engine, _CLIMBS))


def climbed_by(engine: Engine, outage: str) -> set[str]:
    return {rung for each, rung in climbs_of(engine) if each == outage}


async def bring_to_close(mouth: Mouth, outages: list[str]) -> None:
    """Do what crews and agents do, over HTTP, until every outage is closed."""

    async def done() -> bool:
        left = [outage for outage in outages if not await _step(mouth, outage)]
        if left:
            call = await mouth.http.get(
                "/v1/callbacks/next", headers=signed_in("callback_agent", "ann")
            )
            if call.status_code == 200:
                told = await mouth.answer(call.json()["id"])
                assert told.status_code == 200, told.text
        return not left

    await mouth.until(done, tries=400)


NEXT = {
    "dispatched": ("acknowledge", {}),
    "acknowledged": ("depart", {}),
    "en_route": ("arrive", {}),
    "arrived": ("begin_work", {"safety_officer": "sam"}),
    "working": ("restore", {}),
}


async def _step(mouth: Mouth, outage: str) -> bool:
    """Do the next thing a crew on this outage would do; tell whether it is closed."""
    view = await mouth.outage(outage)
    for task in view["tasks"]:
        if task["crew"] is None or task["state"] in ("done", "cancelled"):
            continue
        kind, with_it = NEXT[task["state"]]
        if kind == "begin_work" and task["kind"] == "make_safe":
            kind, with_it = "make_safe", {}
        if kind == "restore" and view["stage"] == "restored":
            kind, with_it = "complete", {"cause": "fuse"}
        said = await mouth.act(outage, task["crew"], kind, task["id"], **with_it)
        assert said.status_code == 200 or said.json()["code"] in OVERTAKEN, said.text
        if kind in ("make_safe", "restore"):
            await mouth.act(outage, task["crew"], "complete", task["id"])
        break
    return view["stage"] == Stage.CLOSED


OVERTAKEN = {"status_forbids", "crew_not_on_task", "not_your_task"}
