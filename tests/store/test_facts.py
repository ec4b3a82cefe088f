"""Statements from the field are kept whatever becomes of them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.field import FieldFact, judge
from domain.place import Point
from store import facts, verdicts
from tests.store.builders import NOW, take, the_policy


def a_fact(outage: str, **said: object) -> FieldFact:
    return FieldFact.model_validate(
        {
            "id": "fact_1",
            "action_id": "tap-1",
            "outage": outage,
            "task": f"{outage}/t1",
            "crew": "jp-crew-01",
            "subject": "jp-crew-01-leader",
            "kind": "arrive",
            "device": "phone-1",
            "device_seq": 1,
            "occurred_at": NOW + timedelta(minutes=20),
            "received_at": NOW + timedelta(minutes=20),
            "position": {"lon": 106.55, "lat": 29.56},
            **said,
        }
    )


def test_a_fact_is_kept_once_and_comes_back_as_it_was_said(own_demo_engine: Engine) -> None:
    fact = a_fact(take(own_demo_engine).outage_id)
    with Session(own_demo_engine) as session, session.begin():
        assert facts.store(session, fact).new
        facts.judge(session, fact.id, "refused", "move_not_allowed", NOW)
        again = facts.store(session, fact.model_copy(update={"id": "fact_2"}))

    assert not again.new
    assert again.fact == fact
    assert (again.verdict, again.verdict_code) == ("refused", "move_not_allowed")


def test_one_number_for_two_statements_is_refused(own_demo_engine: Engine) -> None:
    fact = a_fact(take(own_demo_engine).outage_id)
    other = fact.model_copy(update={"id": "fact_2", "action_id": "tap-2"})
    with Session(own_demo_engine) as session, session.begin():
        facts.store(session, fact)
        with pytest.raises(Refused) as refusal:
            facts.store(session, other)

    assert refusal.value.code == "device_seq_reused"


def test_facts_are_read_by_device_and_number_not_by_arrival(own_demo_engine: Engine) -> None:
    outage = take(own_demo_engine).outage_id
    said = [
        a_fact(outage, id=f"fact_{n}", action_id=f"tap-{n}", device_seq=n, position=None)
        for n in (3, 1, 2)
    ]
    with Session(own_demo_engine) as session, session.begin():
        for fact in said:
            facts.store(session, fact)
        kept = [stored.fact.device_seq for stored in facts.of_outage(session, outage)]

    assert kept == [1, 2, 3]


@pytest.mark.parametrize(
    "change", ["UPDATE field_facts SET subject = 'other'", "DELETE FROM field_facts"]
)
def test_what_was_said_cannot_be_changed(own_demo_engine: Engine, change: str) -> None:
    with Session(own_demo_engine) as session, session.begin():
        facts.store(session, a_fact(take(own_demo_engine).outage_id))

    with pytest.raises(DBAPIError) as refusal, own_demo_engine.begin() as connection:
        connection.execute(text(change))
    assert refusal.value.orig.sqlstate == "RL001"  # type: ignore[union-attr]


def test_a_verdict_is_written_anew_only_when_it_differs(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    site = Point(lon=106.55, lat=29.56)
    promised = told.promised_arrival_at
    late = a_fact(told.outage_id, position=None, received_at=NOW + timedelta(hours=2))
    first = judge([late], promised, site, the_policy())
    amended = judge([late, a_fact(told.outage_id)], promised, site, the_policy())
    with Session(own_demo_engine) as session, session.begin():
        versions = [
            verdicts.record(session, told.outage_id, verdict, NOW)
            for verdict in (first, first, amended)
        ]
        rows = session.execute(text("SELECT amended FROM verdicts ORDER BY version")).all()

        assert verdicts.latest(session, told.outage_id) == amended
    assert versions == [1, None, 2]
    assert [row.amended for row in rows] == [False, True]
