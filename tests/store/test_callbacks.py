"""Every reporter is called back, by somebody who had no hand in the repair."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.callback import Answers
from domain.errors import Refused
from store import callbacks, outbox, projection
from store.callback_answers import Attempt, Recorded, Result, record
from store.callbacks import NextCall
from tests.store.builders import NOW, REAL, Life, a_draft, take, the_policy

# 09:50 local time at the demo: inside calling hours.
RESTORED = NOW + timedelta(minutes=50)
DUE = RESTORED + timedelta(minutes=45)
HAPPY = Answers(contacted_on_arrival=True, commitment_kept=True, satisfied=True)


def a_restored_outage(engine: Engine, reports: int = 1) -> Life:
    for _ in range(reports):
        told = take(engine, a_draft(reporter_phone="19900000001"))
    life = Life(engine, told.outage_id)
    life.repair(now=RESTORED - timedelta(minutes=6))
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        added = callbacks.open_for(session, life.state.id, 1, RESTORED, the_policy())
        assert added == reports
    return life


def next_for(engine: Engine, agent: str = "agent-1", at: datetime = DUE) -> NextCall | None:
    with Session(engine) as session, session.begin():
        return callbacks.next_for(session, agent, ["jp"], at, real_now=REAL)


def answer(engine: Engine, call: NextCall, number: int = 1, **said: Any) -> Recorded:
    attempt = Attempt(
        **{
            "id": f"try_{number}",
            "action_id": f"answer-{number}",
            "callback_id": call.callback_id,
            "agent": "agent-1",
            "at": DUE,
            "result": Result.ANSWERED,
            "answers": HAPPY,
            **said,
        }
    )
    with Session(engine) as session, session.begin():
        return record(session, attempt, real_now=REAL)


def tally(engine: Engine, life: Life) -> callbacks.CallbackTally:
    with Session(engine) as session:
        return callbacks.tally(session, life.state.id, 1)


def test_every_report_without_outcome_is_put_on_the_list_once(own_demo_engine: Engine) -> None:
    life = a_restored_outage(own_demo_engine, reports=3)
    with Session(own_demo_engine) as session, session.begin():
        again = callbacks.open_for(session, life.state.id, 1, RESTORED, the_policy())

    assert again == 0
    assert tally(own_demo_engine, life).open == 3


def test_nobody_is_called_before_the_first_time_or_outside_calling_hours(
    own_demo_engine: Engine,
) -> None:
    a_restored_outage(own_demo_engine)
    late_evening = DUE + timedelta(hours=13)

    assert next_for(own_demo_engine, at=RESTORED + timedelta(minutes=5)) is None
    assert next_for(own_demo_engine, at=late_evening) is None
    assert next_for(own_demo_engine, at=DUE) is not None


def test_two_agents_never_get_the_same_call_and_asking_again_gives_the_same(
    own_demo_engine: Engine,
) -> None:
    a_restored_outage(own_demo_engine, reports=2)
    first = next_for(own_demo_engine, "agent-1")
    second = next_for(own_demo_engine, "agent-2")
    again = next_for(own_demo_engine, "agent-1")

    assert first is not None
    assert second is not None
    assert again is not None
    assert first.callback_id == again.callback_id != second.callback_id
    assert next_for(own_demo_engine, "agent-3") is None


def test_an_answer_gives_the_report_its_outcome_and_wakes_the_campaign(
    own_demo_engine: Engine,
) -> None:
    life = a_restored_outage(own_demo_engine)
    call = next_for(own_demo_engine)
    assert call is not None
    recorded = answer(own_demo_engine, call)

    assert (recorded.outcome, recorded.remaining) == ("satisfied", 0)
    assert tally(own_demo_engine, life).done == 1
    with Session(own_demo_engine) as session, session.begin():
        assert session.scalar(text("SELECT outcome FROM reports")) == "satisfied"
        kinds = {m.kind for m in outbox.claim(
            session, "relay", limit=9, real_now=REAL, lease_s=1)}  # fmt: skip
    assert "answered" in kinds


def test_an_answer_sent_again_is_repeated_not_counted(own_demo_engine: Engine) -> None:
    life = a_restored_outage(own_demo_engine)
    call = next_for(own_demo_engine)
    assert call is not None
    first = answer(own_demo_engine, call)
    again = answer(own_demo_engine, call)

    assert again == first.model_copy(update={"repeated": True})
    assert tally(own_demo_engine, life).watermark == 1


def test_a_light_still_off_gives_no_outcome_and_asks_for_reopening(
    own_demo_engine: Engine,
) -> None:
    life = a_restored_outage(own_demo_engine)
    call = next_for(own_demo_engine)
    assert call is not None
    recorded = answer(own_demo_engine, call, answers=Answers(still_off=True))

    assert recorded.outcome == "still_off"
    assert tally(own_demo_engine, life).still_off == 1
    with Session(own_demo_engine) as session, session.begin():
        assert session.scalar(text("SELECT outcome FROM reports")) is None
        (act,) = [m for m in outbox.claim(
            session, "relay", limit=9, real_now=REAL, lease_s=1) if m.kind == "act"]  # fmt: skip
    assert act.body["action"]["what"] == {"kind": "reopen", "report": call.report_id}


def test_an_unanswered_call_is_tried_again_later_and_given_up_only_at_last(
    own_demo_engine: Engine,
) -> None:
    a_restored_outage(own_demo_engine)
    at = DUE
    for number in (1, 2):
        call = next_for(own_demo_engine, at=at)
        assert call is not None
        with pytest.raises(Refused, match="tries_left"):
            answer(own_demo_engine, call, 9, result=Result.UNREACHED, answers=None, at=at)
        told = answer(own_demo_engine, call, number, result=Result.UNANSWERED, answers=None, at=at)
        assert told.next_attempt_at is not None
        assert next_for(own_demo_engine, at=at) is None
        at = told.next_attempt_at
    call = next_for(own_demo_engine, at=at)

    assert call is not None
    assert call.last_chance
    gone = answer(own_demo_engine, call, 3, result=Result.UNREACHED, answers=None, at=at)
    assert gone.outcome == "unreached"


@pytest.mark.parametrize(
    "agent", ["desk-9", "jp-crew-01-leader", "jp-crew-01-safety", "jp-crew-01-member"]
)
def test_whoever_dispatched_or_executed_can_neither_claim_nor_answer(
    own_demo_engine: Engine, agent: str
) -> None:
    a_restored_outage(own_demo_engine)
    call = next_for(own_demo_engine)
    assert call is not None

    assert next_for(own_demo_engine, agent) is None
    with pytest.raises(Refused) as refusal:
        answer(own_demo_engine, call, agent=agent)
    assert refusal.value.code == "executor_may_not_judge"


def test_somebody_who_joined_the_crew_later_cannot_judge_its_work(
    own_demo_engine: Engine,
) -> None:
    a_restored_outage(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO crew_members VALUES ('jp-crew-01', 'newcomer', 'member')"))  # fmt: skip

    assert next_for(own_demo_engine, "newcomer") is None
    assert next_for(own_demo_engine, "agent-1") is not None


def test_the_database_itself_refuses_a_claim_by_an_executor(own_demo_engine: Engine) -> None:
    a_restored_outage(own_demo_engine)
    with pytest.raises(DBAPIError) as refusal, own_demo_engine.begin() as connection:
        connection.execute(text("UPDATE callbacks SET claimed_by = 'jp-crew-01-member'"))

    assert refusal.value.orig.sqlstate == "RL002"  # type: ignore[union-attr]


def test_attempts_cannot_be_rewritten(own_demo_engine: Engine) -> None:
    a_restored_outage(own_demo_engine)
    call = next_for(own_demo_engine)
    assert call is not None
    answer(own_demo_engine, call)
    with pytest.raises(DBAPIError) as refusal, own_demo_engine.begin() as connection:
        connection.execute(text("UPDATE callback_attempts SET satisfied = true"))

    assert refusal.value.orig.sqlstate == "RL001"  # type: ignore[union-attr]


def test_a_second_restoration_replaces_the_first_list(own_demo_engine: Engine) -> None:
    life = a_restored_outage(own_demo_engine, reports=2)
    with Session(own_demo_engine) as session, session.begin():
        callbacks.open_for(session, life.state.id, 2, DUE, the_policy())
        first = callbacks.tally(session, life.state.id, 1)
        second = callbacks.tally(session, life.state.id, 2)

    assert (first.open, second.open) == (0, 2)
