"""What was left for a workflow reaches it at least once, in order, or is shown as dead."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from opentelemetry.context import attach, detach
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    get_current_span,
    set_span_in_context,
)
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store import dead_letters, outbox, projection, traceparent
from tests.store.builders import REAL, Life, a_draft, take

FIRST, SECOND = "a1" * 16, "b2" * 16
LATER = REAL + timedelta(seconds=1)


def claim(engine: Engine, at: object = LATER, worker: str = "relay-1", limit: int = 10, again=True):
    with Session(engine) as session, session.begin():
        return outbox.claim(session, worker, limit=limit, real_now=at, lease_s=30, again=again)


def put(engine: Engine, kind: str, key: str, body: dict[str, object]) -> None:
    with Session(engine) as session, session.begin():
        outbox.put(session, kind, key, body, district_id="jp", at=REAL)


def test_many_reports_of_one_outage_are_one_message_with_its_counts(
    own_demo_engine: Engine,
) -> None:
    told = [take(own_demo_engine, a_draft(hazards=["fire"] if i == 1 else [])) for i in range(3)]
    (message,) = claim(own_demo_engine)

    assert message.kind == "reported"
    assert message.outage_id == told[0].outage_id
    assert len(message.ids) == 3
    assert message.tally is not None
    assert message.tally.reports == 3
    assert message.tally.hazards == {"fire"}


def test_a_claimed_message_is_not_given_twice_until_its_lease_ends(
    own_demo_engine: Engine,
) -> None:
    take(own_demo_engine)

    assert len(claim(own_demo_engine)) == 1
    assert claim(own_demo_engine, worker="relay-2") == []
    assert len(claim(own_demo_engine, LATER + timedelta(seconds=31), "relay-2")) == 1


def test_an_unacknowledged_signal_holds_back_the_next_for_half_a_minute(
    own_demo_engine: Engine,
) -> None:
    told = take(own_demo_engine)
    (message,) = claim(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        outbox.mark_signalled(session, told.outage_id, message.tally.watermark, LATER)
        outbox.done(session, message.ids, LATER)
    take(own_demo_engine)

    assert claim(own_demo_engine) == []
    assert len(claim(own_demo_engine, LATER + timedelta(seconds=31))) == 1


def test_an_acknowledged_report_is_never_told_again(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    claim(own_demo_engine)
    life = Life(own_demo_engine, told.outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)

    assert claim(own_demo_engine, LATER + timedelta(hours=1)) == []


def test_other_kinds_keep_their_order_per_key(own_demo_engine: Engine) -> None:
    put(own_demo_engine, "act", "outage/a", {"n": 1})
    put(own_demo_engine, "act", "outage/a", {"n": 2})
    put(own_demo_engine, "act", "outage/b", {"n": 3})
    first = claim(own_demo_engine)

    assert sorted(message.body["n"] for message in first) == [1, 3]
    assert claim(own_demo_engine, worker="relay-2") == []
    with Session(own_demo_engine) as session, session.begin():
        outbox.done(session, [i for message in first for i in message.ids], LATER)
    assert [message.body["n"] for message in claim(own_demo_engine)] == [2]


def test_what_fails_too_often_becomes_a_dead_letter_and_can_be_revived(
    own_demo_engine: Engine,
) -> None:
    put(own_demo_engine, "act", "outage/a", {"n": 1})
    at = LATER
    for _ in range(3):
        (message,) = claim(own_demo_engine, at)
        at += timedelta(seconds=60)
        with Session(own_demo_engine) as session, session.begin():
            outbox.fail(session, message.ids, "boom", real_now=at, max_attempts=3, retry_at=at)

    assert claim(own_demo_engine, at) == []
    with Session(own_demo_engine) as session, session.begin():
        (letter,) = dead_letters.given_up(session)
        assert (letter.last_error, letter.attempts) == ("boom", 3)
        (depth,) = outbox.depth(session)
        assert (depth.pending, depth.dead) == (0, 1)
        assert dead_letters.revive(session, letter.id, at)
    assert len(claim(own_demo_engine, at)) == 1


def under(trace: str, work: Callable[[], object]) -> None:
    """Do some work as part of a trace."""
    numbers = SpanContext(int(trace, 16), int(trace[:16], 16), is_remote=True)
    token = attach(set_span_in_context(NonRecordingSpan(numbers)))
    work()
    detach(token)


def test_a_message_goes_on_in_the_trace_of_its_first_row_and_is_linked_to_the_others(
    own_demo_engine: Engine,
) -> None:
    for trace in (FIRST, SECOND):
        under(trace, lambda: take(own_demo_engine))
    take(own_demo_engine)
    (message,) = claim(own_demo_engine)
    context, links = traceparent.goes_on(message.traces)

    assert f"{get_current_span(context).get_span_context().trace_id:032x}" == FIRST
    assert [f"{link.context.trace_id:032x}" for link in links] == [SECOND]
    assert len(message.ids) == 3


def test_a_message_left_for_later_goes_on_in_its_trace(own_demo_engine: Engine) -> None:
    under(FIRST, lambda: put(own_demo_engine, "stir", "board/jp", {}))
    (message,) = claim(own_demo_engine)

    assert [trace.split("-")[1] for trace in message.traces] == [FIRST]


def test_what_is_not_traced_begins_a_trace_of_its_own() -> None:
    context, links = traceparent.goes_on(())

    assert traceparent.current() is None
    assert not get_current_span(context).get_span_context().is_valid
    assert links == []


def tell_all(engine: Engine, messages: list[outbox.Message], at: datetime) -> None:
    """Note that outages were told, and that they have heard."""
    with Session(engine) as session, session.begin():
        for message in messages:
            watermark = message.tally.watermark
            outbox.mark_signalled(session, message.outage_id, watermark, at)
            outbox.done(session, message.ids, at)
            heard = "UPDATE outages SET acked_watermark = :watermark WHERE id = :outage"
            session.execute(text(heard), {"watermark": watermark, "outage": message.outage_id})


def test_in_a_crowd_outages_take_turns_to_hear_of_more_callers_and_danger_does_not_wait(
    own_demo_engine: Engine,
) -> None:
    homes = [f"jp-f{feeder}-s{section}-t1-p1" for feeder in (1, 2, 3) for section in (1, 3)]
    told = [take(own_demo_engine, a_draft(home)).outage_id for home in homes]
    opened = claim(own_demo_engine, limit=50, again=False)
    tell_all(own_demo_engine, opened, LATER)
    for home in homes:
        take(own_demo_engine, a_draft(home))
    none = claim(own_demo_engine, limit=50, again=False)
    first_turn = claim(own_demo_engine, limit=50)
    tell_all(own_demo_engine, first_turn, LATER)
    first = names(first_turn)
    untold = next(n for n, outage in enumerate(told) if outage not in first)
    take(own_demo_engine, a_draft(homes[untold], hazards=["fire"]))
    danger = claim(own_demo_engine, limit=50, again=False)
    second_turn = claim(own_demo_engine, limit=50)

    assert names(opened) == set(told)
    assert len(names(opened)) > 2 * outbox.AGAIN_AT_ONCE
    assert none == []
    assert names(danger) == {told[untold]}
    assert len(first_turn) == len(second_turn) == outbox.AGAIN_AT_ONCE
    assert names(second_turn).isdisjoint(names(first_turn) | names(danger))


def test_the_more_outages_wait_to_hear_again_the_more_hear_at_a_time(
    own_demo_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AGAIN_AT_ONCE", 1)
    monkeypatch.setattr(outbox, "ROUND", 2)
    homes = [f"jp-f{feeder}-s{section}-t1-p1" for feeder in (1, 2, 3) for section in (1, 3)][:5]
    for home in homes:
        take(own_demo_engine, a_draft(home))
    tell_all(own_demo_engine, claim(own_demo_engine, limit=50, again=False), LATER)
    for home in homes:
        take(own_demo_engine, a_draft(home))
    first_turn = claim(own_demo_engine, limit=50)
    tell_all(own_demo_engine, first_turn, LATER)
    second_turn = claim(own_demo_engine, limit=50)

    assert len(first_turn) == 3
    assert names(second_turn).isdisjoint(names(first_turn))


def names(messages: list[outbox.Message]) -> set[str | None]:
    return {message.outage_id for message in messages}
