"""Booking crews beside their shifts: who may, what it is for, and which board hears of it."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.bodies import BookingBody
from api.problems import Problem
from api.sign_in import Caller
from domain.ids import board_workflow
from store import bookings, outbox
from store.bookings import Booking
from store.reading import crews
from store.reading.crews import CrewSeen


def book(
    session: Session, booking_id: str, body: BookingBody, caller: Caller, now: datetime
) -> dict[str, Any]:
    """Keep a booking and stir the board; the same one said again changes nothing."""
    crew = _crew(session, body.crew, caller, now)
    wanted = Booking(
        id=booking_id,
        crew_id=crew.id,
        kind=body.kind,
        since=body.since or now,
        until=body.until,
        reason=body.reason,
        place=body.place,
        booked_by=caller.subject,
        booked_at=now,
    )
    known = bookings.find(session, booking_id)
    if known is None:
        if wanted.until <= max(now, wanted.since):
            raise Problem("booking_over", pointer="/until")
        bookings.book(session, wanted)
        _stir(session, crew)
        # Somebody else's of the same id may have come first.
        known = bookings.find(session, booking_id) or wanted
    if _said(known, body) != _said(wanted, body):
        raise Problem("idempotency_key_reused")
    return shown(known)


def end(session: Session, booking_id: str, caller: Caller, now: datetime) -> dict[str, Any]:
    """End a booking now and stir the board; it stays readable, with who ended it."""
    known = bookings.find(session, booking_id)
    if known is None:
        raise Problem("not_found")
    crew = _crew(session, known.crew_id, caller, now)
    if known.ended_at is None:
        bookings.end(session, booking_id, caller.subject, now)
        _stir(session, crew)
    return shown(bookings.find(session, booking_id) or known)


def shown(booking: Booking) -> dict[str, Any]:
    """Return a booking as it is shown."""
    told = asdict(booking)
    return told | {"crew": told.pop("crew_id")}


def _crew(session: Session, crew_id: str, caller: Caller, now: datetime) -> CrewSeen:
    """Return a crew of the caller's, or one that is lent there."""
    seen = crews.one(session, crew_id, now)
    if seen is None:
        raise Problem("crew_unknown", pointer="/crew", crew=crew_id)
    if not caller.serves(seen.district_id):
        caller.need(seen.holder_district_id)
    return seen


def _said(booking: Booking, body: BookingBody) -> Booking:
    """Return what was said of a booking, without what was noted beside it."""
    begun = booking.since if body.since is not None else booking.until
    return replace(booking, since=begun, booked_at=booking.until, ended_by=None, ended_at=None)


def _stir(session: Session, crew: CrewSeen) -> None:
    """Let the board that plans the crew plan anew."""
    district = crew.holder_district_id
    outbox.put(
        session, "stir", board_workflow(district), {}, district_id=district, at=datetime.now(UTC)
    )
