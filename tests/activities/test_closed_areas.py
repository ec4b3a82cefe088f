"""Nobody is sent to work in a closed area, unless a dispatcher says who."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from activities.planning import Planning
from domain.board import Pin
from domain.kinds import Mode
from routing.receipt import Code, Plan
from routing.snapshot import Snapshot
from store import closures, documents, projection
from store.closures import Closure
from store.roster import ensure_shifts
from tests.store.builders import NOW, Life, a_draft, take
from workflows import messages as m

EVERYWHERE = (((106.0, 29.0), (107.0, 29.0), (107.0, 30.0), (106.0, 30.0), (106.0, 29.0)),)
ELSEWHERE = (((10.0, 9.0), (11.0, 9.0), (11.0, 10.0), (10.0, 10.0), (10.0, 9.0)),)


def an_outage(engine: Engine, **said: Any) -> Life:
    told = take(engine, a_draft(**said))
    life = Life(engine, told.outage_id)
    with Session(engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)
        ensure_shifts(session, NOW, NOW + timedelta(days=2))
    return life


def close(engine: Engine, until: datetime | None, area: Any = EVERYWHERE) -> None:
    with Session(engine) as session, session.begin():
        closure = Closure(
            "gas", (), None, None, 0.0, "gas leak", NOW, until, "dora", NOW, area=area
        )  # fmt: skip
        closures.declare(session, closure)


def planned(engine: Engine, *pins: Pin, now: datetime = NOW) -> m.PlanBrief:
    ask = m.PlanAsk(district="jp", mode=Mode.AUTO, now=now, pins=pins)
    return Planning(engine).whole(ask)


def test_an_area_without_an_end_is_not_worked_in_until_it_is_lifted(
    own_demo_engine: Engine,
) -> None:
    life = an_outage(own_demo_engine)
    close(own_demo_engine, until=None)
    barred = planned(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.execute(
            text("UPDATE closures SET lifted_at = :at"), {"at": NOW + timedelta(minutes=1)}
        )
    later = planned(own_demo_engine, now=NOW + timedelta(minutes=2))

    assert barred.moves == ()
    assert [move.task for move in later.moves] == [task.id for task in life.state.tasks]


def test_a_crew_is_sent_so_that_it_comes_when_the_area_opens(own_demo_engine: Engine) -> None:
    an_outage(own_demo_engine)
    opens = NOW + timedelta(minutes=50)
    close(own_demo_engine, until=opens)
    brief = planned(own_demo_engine)

    assert [move.eta for move in brief.moves] == [opens]


@pytest.mark.parametrize("until", [None, NOW + timedelta(minutes=50)])
def test_danger_waits_outside_too_and_the_plan_says_why(
    own_demo_engine: Engine, until: datetime | None
) -> None:
    an_outage(own_demo_engine, hazards=frozenset({"wire_down"}))
    close(own_demo_engine, until=until)
    ask = m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW)
    planning = Planning(own_demo_engine)

    assert planning.danger(ask).moves == ()
    assert not [move for move in planning.whole(ask).moves if move.crew is not None]


def test_a_dispatchers_choice_goes_into_a_closed_area(own_demo_engine: Engine) -> None:
    life = an_outage(own_demo_engine)
    close(own_demo_engine, until=None)
    free = planned(own_demo_engine, now=NOW - timedelta(minutes=1))
    crew, task = free.moves[0].crew, life.state.tasks[0].id
    brief = planned(own_demo_engine, Pin(task=task, kind="crew", crew=crew))

    assert [(move.task, move.crew) for move in brief.moves] == [(task, crew)]


def test_what_lies_outside_an_area_is_served(own_demo_engine: Engine) -> None:
    an_outage(own_demo_engine)
    close(own_demo_engine, until=None, area=ELSEWHERE)

    assert planned(own_demo_engine).moves


def test_the_stored_plan_says_that_the_area_is_closed(own_demo_engine: Engine) -> None:
    first, second = an_outage(own_demo_engine), an_outage(own_demo_engine, place="jp-f5-s3-t1-p1")
    at = first.state.at
    near = 0.0005
    west, east, south, north = at.lon - near, at.lon + near, at.lat - near, at.lat + near
    box = ((west, south), (east, south), (east, north), (west, north), (west, south))
    close(own_demo_engine, until=None, area=(box,))
    brief = planned(own_demo_engine)
    assert brief.plan is not None
    with Session(own_demo_engine) as session:
        plan = Plan.model_validate_json(documents.get(session, brief.plan, "plan") or "")
        seen = Snapshot.model_validate_json(documents.get(session, plan.snapshot, "snapshot") or "")

    barred = {task.id for task in first.state.tasks}
    assert {move.task for move in brief.moves} == {task.id for task in second.state.tasks}
    why = {left.task: left.code for left in plan.unassigned}
    assert why == dict.fromkeys(barred, Code.AREA_CLOSED)
    assert {task.id for task in seen.tasks if task.shut} == barred
    assert seen.digest() == plan.snapshot
