"""A meter confirms that its supply is back, or is silent; nobody calls a meter."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.callback import Answers
from store import callbacks, meters, outbox, projection, seal
from store.callback_answers import Attempt, Result, record
from store.meters import PowerOn
from store.reading import timeline
from tests.store.builders import NOW, REAL, Life, a_draft, take, the_policy

RESTORED = NOW + timedelta(minutes=50)
SILENT = RESTORED + timedelta(minutes=60)
HOME, NEIGHBOUR = "jp-f1-s1-t1-p1", "jp-f1-s1-t1-p2"
SOURCE = "meters/head-end"


def a_gasp(home: str = HOME, at: datetime = NOW) -> Any:
    return a_draft(home, channel="meter", occurred_at=at)


def restored(engine: Engine, *drafts: Any) -> Life:
    """Repair what these drafts report and open its callbacks."""
    for draft in drafts:
        told = take(engine, draft)
    life = Life(engine, told.outage_id)
    life.repair(now=RESTORED - timedelta(minutes=6))
    at = life.state.restored_at or RESTORED
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        callbacks.open_for(session, life.state.id, 1, at, the_policy())
    return life


def says(engine: Engine, at: datetime, home: str = HOME, name: str = "w1") -> meters.Kept:
    with Session(engine) as session, session.begin():
        return meters.keep(session, SOURCE, [PowerOn(name, home, at)], at)


def settle(engine: Engine, life: Life, at: datetime) -> callbacks.CallbackTally:
    with Session(engine) as session, session.begin():
        meters.settle(session, life.state.id, 1, at, REAL)
        return callbacks.tally(session, life.state.id, 1)


def outcomes(engine: Engine) -> list[str | None]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT outcome FROM reports ORDER BY seq")))


def next_call(engine: Engine, at: datetime) -> callbacks.NextCall | None:
    with Session(engine) as session, session.begin():
        return callbacks.next_for(session, "agent-1", ["jp"], at, real_now=REAL)


def without_phones(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE customers SET phone = ''"))


def test_a_meter_is_not_called_and_confirms_by_its_own_word(own_demo_engine: Engine) -> None:
    life = restored(own_demo_engine, a_gasp())
    assert next_call(own_demo_engine, RESTORED + timedelta(minutes=45)) is None
    assert settle(own_demo_engine, life, RESTORED + timedelta(minutes=1)).open == 1
    says(own_demo_engine, RESTORED + timedelta(minutes=2))
    tally = settle(own_demo_engine, life, RESTORED + timedelta(minutes=3))

    assert (tally.open, tally.confirmed, tally.silent, tally.done) == (0, 1, 0, 0)
    assert outcomes(own_demo_engine) == ["meter_confirmed"]


def test_a_word_before_the_crews_is_evidence_and_confirms_later(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, a_gasp())
    kept = says(own_demo_engine, NOW + timedelta(minutes=5))
    assert kept.outages == {"w1": told.outage_id}
    with Session(own_demo_engine) as session:
        lines = timeline.of_outage(session, told.outage_id)
    assert [(each.kind, each.body["early"]) for each in lines if each.source == "meter"] == [
        ("power_on", True)
    ]
    assert outcomes(own_demo_engine) == [None]

    life = restored(own_demo_engine, a_draft(NEIGHBOUR))
    tally = settle(own_demo_engine, life, RESTORED)

    assert (tally.total, tally.open, tally.confirmed) == (2, 1, 1)
    assert outcomes(own_demo_engine) == ["meter_confirmed", None]


def test_a_word_before_the_light_went_out_again_says_nothing(own_demo_engine: Engine) -> None:
    take(own_demo_engine, a_gasp())
    says(own_demo_engine, NOW + timedelta(minutes=5))
    life = restored(own_demo_engine, a_gasp(at=NOW + timedelta(minutes=6)))

    assert settle(own_demo_engine, life, RESTORED).confirmed == 0
    assert outcomes(own_demo_engine) == [None, None]


def test_the_customer_of_a_silent_meter_is_called_and_still_off_is_heard(
    own_demo_engine: Engine,
) -> None:
    life = restored(own_demo_engine, a_gasp())
    tally = settle(own_demo_engine, life, SILENT)
    call = next_call(own_demo_engine, SILENT)
    assert (tally.open, tally.silent) == (1, 0)
    assert call is not None
    assert call.silent_meter_since == SILENT
    assert call.reporter_phone
    with Session(own_demo_engine) as session:
        lines = [e for e in timeline.of_outage(session, life.state.id) if e.source == "meter"]
    assert [(each.kind, each.body["called"]) for each in lines] == [("silent", True)]

    attempt = Attempt(
        id="t1", action_id="a1", callback_id=call.callback_id, agent="agent-1", at=SILENT,
        result=Result.ANSWERED, answers=Answers(still_off=True),
    )  # fmt: skip
    with Session(own_demo_engine) as session, session.begin():
        assert record(session, attempt, real_now=REAL).outcome == "still_off"
        kinds = [depth.kind for depth in outbox.depth(session)]
    assert "act" in kinds  # the order is asked to reopen


def test_a_silent_meter_whose_customer_is_not_reached_stays_silent(own_demo_engine: Engine) -> None:
    life = restored(own_demo_engine, a_gasp())
    settle(own_demo_engine, life, SILENT)
    with own_demo_engine.begin() as connection:
        connection.execute(text("UPDATE callbacks SET attempts = 2"))
    call = next_call(own_demo_engine, SILENT)
    assert call is not None
    attempt = Attempt(id="t1", action_id="a1", callback_id=call.callback_id, agent="agent-1",
                      at=SILENT, result=Result.UNREACHED)  # fmt: skip
    with Session(own_demo_engine) as session, session.begin():
        record(session, attempt, real_now=REAL)

    assert outcomes(own_demo_engine) == ["meter_silent"]


def test_a_silent_meter_without_anybody_to_ask_is_noted(own_demo_engine: Engine) -> None:
    without_phones(own_demo_engine)
    life = restored(own_demo_engine, a_gasp())
    assert life.state.restored_at is not None
    due = life.state.restored_at + timedelta(minutes=60)
    assert settle(own_demo_engine, life, due - timedelta(seconds=1)).open == 1
    tally = settle(own_demo_engine, life, due)

    assert (tally.open, tally.silent) == (0, 1)
    assert outcomes(own_demo_engine) == ["meter_silent"]


def test_an_order_is_not_sealed_while_a_meter_may_still_speak(own_demo_engine: Engine) -> None:
    life = restored(own_demo_engine, a_gasp())
    heard = life.state.watermark
    found = seal.try_seal(own_demo_engine, life.state.id, SILENT, heard=heard)
    assert isinstance(found, seal.Missing)
    says(own_demo_engine, RESTORED)
    settle(own_demo_engine, life, RESTORED)

    found = seal.try_seal(own_demo_engine, life.state.id, SILENT, heard=heard)
    assert isinstance(found, seal.Sealed)


def test_a_call_under_way_is_not_cut_off_by_a_meter(own_demo_engine: Engine) -> None:
    life = restored(own_demo_engine, a_gasp())
    settle(own_demo_engine, life, SILENT)
    assert next_call(own_demo_engine, SILENT) is not None
    says(own_demo_engine, SILENT)

    assert settle(own_demo_engine, life, SILENT).open == 1


def test_many_words_wake_each_campaign_once_and_a_word_sent_twice_is_one(
    own_demo_engine: Engine,
) -> None:
    homes = [f"jp-f1-s1-t1-p{number}" for number in range(1, 5)]
    restored(own_demo_engine, *(a_gasp(home) for home in homes))
    said = [PowerOn(f"w{number}", home, RESTORED) for number, home in enumerate(homes)]
    unknown = PowerOn("w9", "nowhere", RESTORED)
    with Session(own_demo_engine) as session, session.begin():
        kept = meters.keep(session, SOURCE, [*said, said[0], unknown], RESTORED)
        again = meters.keep(session, SOURCE, said, RESTORED)
        woken = meters.wake(session, homes, REAL)

    assert sorted(kept.outages) == ["w0", "w1", "w2", "w3"]
    assert kept.unknown == {"nowhere"}
    assert again.outages == {}
    assert woken == 1
