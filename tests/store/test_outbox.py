"""What was left for a workflow reaches it at least once, in order, or is shown as dead."""

from collections.abc import Callable
from datetime import timedelta

from opentelemetry.context import attach, detach
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    get_current_span,
    set_span_in_context,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store import outbox, projection, traceparent
from tests.store.builders import REAL, Life, a_draft, take

FIRST, SECOND = "a1" * 16, "b2" * 16
LATER = REAL + timedelta(seconds=1)


def claim(engine: Engine, at: object = LATER, worker: str = "relay-1", limit: int = 10):
    with Session(engine) as session, session.begin():
        return outbox.claim(session, worker, limit=limit, real_now=at, lease_s=30)


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
        (letter,) = outbox.dead_letters(session)
        assert (letter.last_error, letter.attempts) == ("boom", 3)
        (depth,) = outbox.depth(session)
        assert (depth.pending, depth.dead) == (0, 1)
        assert outbox.revive(session, letter.id, at)
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
