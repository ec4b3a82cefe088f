"""Crews on call are on hand off their shift; reserved ones carry from when."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.board import CrewOnHand
from domain.kinds import BookingKind
from store import bookings, snapshots, standby
from store.bookings import Booking
from tests.store.builders import NOW


def a_booking(crew: str, kind: BookingKind, **more: datetime) -> Booking:
    given = {"since": NOW - timedelta(hours=1), "until": NOW + timedelta(hours=6)} | more
    return Booking(
        id=f"{kind.value} {crew}", crew_id=crew, kind=kind, reason="asked by a test", place=None,
        booked_by="dora", booked_at=NOW, **given,
    )  # fmt: skip


def on_hand(session: Session) -> dict[str, CrewOnHand]:
    return {crew.id: crew for crew in snapshots.crews_on_hand(session, "jp", NOW)}


@pytest.fixture
def off_shift(demo_session: Session) -> str:
    """A crew whose last turn ended two hours ago and whose next begins in nine."""
    crew = next(f"jp-crew-{n:02}" for n in range(1, 20) if f"jp-crew-{n:02}" not in
                on_hand(demo_session))  # fmt: skip
    demo_session.execute(text("DELETE FROM shifts WHERE crew_id = :crew"), {"crew": crew})
    insert = text(
        "INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)"
        " VALUES (:id, :crew, :since, :until, 36000)"
    )
    for name, since in (("before", NOW - timedelta(hours=10)), ("next", NOW + timedelta(hours=5))):
        given = {"id": f"{crew}/{name}", "crew": crew, "since": since}
        demo_session.execute(insert, given | {"until": since + timedelta(hours=8)})
    return crew


def test_a_crew_on_call_is_on_hand_until_its_next_turn(
    demo_session: Session, off_shift: str
) -> None:
    before = on_hand(demo_session)
    bookings.book(demo_session, a_booking(off_shift, BookingKind.ON_CALL))
    crew = on_hand(demo_session)[off_shift]
    idle = {each.id for each in standby.on_duty(demo_session, "jp", NOW)}

    assert off_shift not in before
    assert crew.shift_end == NOW + timedelta(hours=5)
    assert crew.on_call is not None
    assert crew.on_call.turn_ended == NOW - timedelta(hours=2)
    assert crew.on_call.called_at is None
    assert off_shift not in idle


def test_a_crew_that_was_called_out_is_out_from_its_first_task_on(
    demo_session: Session, off_shift: str
) -> None:
    bookings.book(demo_session, a_booking(off_shift, BookingKind.ON_CALL))
    called = NOW - timedelta(minutes=20)
    demo_session.execute(text("SET LOCAL session_replication_role = replica"))
    demo_session.execute(
        text(
            "INSERT INTO tasks (id, outage_id, kind, state, crew_id, assigned_at, known_at)"
            " VALUES ('x/t1', 'x', 'repair', 'dispatched', :crew, :at, :at)"
        ),
        {"crew": off_shift, "at": called},
    )
    crew = on_hand(demo_session)[off_shift]

    assert crew.on_call is not None
    assert crew.on_call.called_at == called
    assert crew.on_call.turn_ended == NOW - timedelta(hours=2)


def test_a_booking_that_is_over_or_ended_calls_nobody(
    demo_session: Session, off_shift: str
) -> None:
    over = a_booking(off_shift, BookingKind.ON_CALL, until=NOW)
    bookings.book(demo_session, over)
    assert off_shift not in on_hand(demo_session)

    held = a_booking(off_shift, BookingKind.ON_CALL)
    bookings.book(demo_session, Booking(**held.__dict__ | {"id": "another"}))
    assert off_shift in on_hand(demo_session)

    bookings.end(demo_session, "another", "dora", NOW)
    assert off_shift not in on_hand(demo_session)


def test_a_reserved_crew_says_from_when(demo_session: Session) -> None:
    crew = next(iter(on_hand(demo_session)))
    bookings.book(demo_session, a_booking(crew, BookingKind.RESERVED))

    assert on_hand(demo_session)[crew].reserved_from == NOW - timedelta(hours=1)
