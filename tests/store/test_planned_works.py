"""Reports from announced work join its one order, and nothing else does."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.kinds import Hazard
from domain.outage import Stage
from store import outages, outbox, planned_works
from store.planned_works import Announced
from tests.store.builders import NOW, REAL, Life, a_draft, take

UNTIL = NOW + timedelta(hours=2)
HERE, ELSEWHERE = "jp-f1-s1-t1", "jp-f1-s1-t2"


def announce(engine: Engine, *transformers: str, name: str = "w") -> Announced:
    work = Announced(
        id=name, district_id="jp", transformers=transformers or (HERE,), since=NOW, until=UNTIL,
        reason="a pole", notice="Off until noon.", announced_by="dora",
        announced_at=NOW - timedelta(days=8),
    )  # fmt: skip
    with Session(engine) as session, session.begin():
        planned_works.announce(session, work)
    return work


def end(engine: Engine, work: Announced, how: str) -> None:
    with Session(engine) as session, session.begin():
        planned_works.end(session, work, how, "dora", NOW + timedelta(minutes=30), REAL)


def the_row(engine: Engine, outage: str) -> tuple[object, ...]:
    query = "SELECT clock_start, arrival_deadline, planned_until FROM outages WHERE id = :id"
    with engine.connect() as connection:
        return tuple(connection.execute(text(query), {"id": outage}).one())


def test_reports_of_announced_work_are_one_order_that_needs_nobody(
    own_demo_engine: Engine,
) -> None:
    announce(own_demo_engine, HERE, ELSEWHERE)
    first = take(own_demo_engine, key=("k", "hash"))
    second = take(own_demo_engine, a_draft(f"{ELSEWHERE}-p1"))
    again = take(own_demo_engine, key=("k", "hash"))
    life = Life(own_demo_engine, first.outage_id)

    assert first.planned is not None
    assert (first.planned.id, first.planned.until) == ("w", UNTIL)
    assert second.outage_id == first.outage_id
    assert again.planned == first.planned
    assert first.promised_arrival_at > UNTIL
    assert life.state.planned_until == UNTIL
    assert life.state.open_tasks == ()


def test_danger_and_other_times_and_places_are_repairs(own_demo_engine: Engine) -> None:
    announce(own_demo_engine)
    planned = take(own_demo_engine)
    danger = take(own_demo_engine, a_draft(hazards={Hazard.FIRE}))
    beside = take(own_demo_engine, a_draft(f"{ELSEWHERE}-p1"))
    after = take(own_demo_engine, now=UNTIL)

    assert danger.planned is beside.planned is after.planned is None
    assert planned.outage_id not in {danger.outage_id, beside.outage_id, after.outage_id}
    assert Life(own_demo_engine, danger.outage_id).state.open_tasks


def test_withdrawn_work_makes_its_order_a_repair_as_old_as_the_first_report(
    own_demo_engine: Engine,
) -> None:
    work = announce(own_demo_engine)
    told = take(own_demo_engine, now=NOW + timedelta(minutes=5))
    limit = told.promised_arrival_at - UNTIL
    end(own_demo_engine, work, "withdrawn")
    end(own_demo_engine, work, "done")
    begun = NOW + timedelta(minutes=5)

    assert the_row(own_demo_engine, told.outage_id) == (begun, begun + limit, None)
    with Session(own_demo_engine) as session, session.begin():
        (message,) = [
            m for m in outbox.claim(session, "relay", limit=9, real_now=REAL, lease_s=9.0)
            if m.kind == "act"
        ]  # fmt: skip
        assert outages.opening(session, told.outage_id).planned_until is None
    assert message.body["action"]["what"]["how"] == "withdrawn"
    # It takes the next calls as any repair does.
    assert take(own_demo_engine, now=begun).outage_id == told.outage_id


def test_work_that_ended_between_look_and_lock_explains_nothing(own_demo_engine: Engine) -> None:
    work = announce(own_demo_engine)
    end(own_demo_engine, work, "done")
    told = take(own_demo_engine)

    assert told.planned is None
    assert Life(own_demo_engine, told.outage_id).state.stage is Stage.PREDICTED
