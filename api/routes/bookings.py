"""Bookings of crews: on call off their shift, or reserved for something else than orders."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import booking, cursors
from api.answers.base import Page, answers, refuses
from api.answers.bookings import BookingShown
from api.bodies import StrictBooking
from api.cursors import Cursor, Limit
from api.keys import IdempotencyKey
from api.office import At
from api.sign_in import BoardReader, Ordering
from store import bookings
from store.bookings import Booking

router = APIRouter(prefix="/v1", tags=["crews"])


@router.get("/bookings", responses=answers(Page[BookingShown]))
async def list_bookings(
    caller: BoardReader,
    office: At,
    request: Request,
    response: Response,
    over: Annotated[bool, Query(description="also those that are over")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List which crews are on call or reserved, now or later, the earliest first."""
    now = await office.now()

    def found(session: Session) -> list[Booking]:
        after = cursors.moment(cursor)
        return bookings.listed(
            session, now, districts=caller.scope, over=over, after=after, limit=limit + 1
        )

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, attrgetter("since", "id"), booking.shown)


@router.post(
    "/bookings",
    status_code=201,
    responses=answers(BookingShown, 201)
    | refuses("booking_over", "crew_unknown", "idempotency_key_reused", "other_district"),
)
async def book_crew(
    body: StrictBooking, caller: Ordering, office: At, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Put a crew on call off its shift, or reserve it; the next plan goes accordingly."""
    booking_id = body.id or idempotency_key or uuid4().hex
    told = await office.ask(booking.book, booking_id, body, caller, await office.now())
    office.poke()
    return told


@router.post(
    "/bookings/{booking_id:path}/end",
    responses=answers(BookingShown) | refuses("not_found", "other_district"),
)
async def end_booking(booking_id: str, caller: Ordering, office: At) -> dict[str, Any]:
    """End a booking now; it is kept, and ending it again changes nothing."""
    told = await office.ask(booking.end, booking_id, caller, await office.now())
    office.poke()
    return told
