"""Closures: streets on which nobody drives, roads on which all are slow, and an end to both."""

from operator import itemgetter
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import closing, cursors
from api.answers.base import Page, answers, refuses
from api.answers.closures import ClosureShown
from api.bodies import StrictClosure
from api.cursors import Cursor, Limit
from api.keys import IdempotencyKey
from api.office import At
from api.sign_in import Ordering, Reader
from store import closures

router = APIRouter(prefix="/v1", tags=["closures"])


@router.get("/closures", responses=answers(Page[ClosureShown]))
async def list_closures(
    _caller: Reader,
    office: At,
    request: Request,
    response: Response,
    over: Annotated[bool, Query(description="also those that are over")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List what is closed or slow now or will be, the earliest first, with its streets."""
    now = await office.now()

    def found(session: Session) -> list[dict[str, Any]]:
        after = cursors.moment(cursor)
        rows = closures.listed(session, now, over=over, after=after, limit=limit + 1)
        return closing.shown(session, rows)

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, itemgetter("since", "id"))


@router.post(
    "/closures",
    status_code=201,
    responses=answers(ClosureShown, 201)
    | refuses(
        "area_nowhere",
        "closure_over",
        "idempotency_key_reused",
        "no_street_near",
        "other_district",
        "street_unknown",
        "coordinates_swapped",
    ),
)
async def close_roads(
    body: StrictClosure, caller: Ordering, office: At, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Close streets or an area, or say which roads are slow; the next plans go accordingly."""
    closure_id = body.id or idempotency_key or uuid4().hex
    told = await office.ask(closing.declare, closure_id, body, caller, await office.now())
    office.poke()
    return told


@router.post(
    "/closures/{closure_id:path}/lift",
    responses=answers(ClosureShown) | refuses("not_found", "other_district"),
)
async def lift_closure(closure_id: str, caller: Ordering, office: At) -> dict[str, Any]:
    """End a closure now; it is kept, and lifting it again changes nothing."""
    told = await office.ask(closing.lift, closure_id, caller, await office.now())
    office.poke()
    return told
