"""Planned works: announcing them, listing them, and ending them early or withdrawing them."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import announcing, cursors
from api.answers.base import Page, answers, refuses
from api.answers.planned import PlannedWorkShown
from api.bodies import StrictPlannedEnd, StrictPlannedWork
from api.cursors import Cursor, Limit
from api.keys import IdempotencyKey
from api.office import At
from api.sign_in import Ordering, Reader
from store import planned_works
from store.planned_works import Announced

router = APIRouter(prefix="/v1", tags=["planned works"])


@router.get("/planned-works", responses=answers(Page[PlannedWorkShown]))
async def list_planned_works(
    caller: Reader,
    office: At,
    request: Request,
    response: Response,
    over: Annotated[bool, Query(description="also those that are over")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List what is announced for now or later, the earliest first."""
    now = await office.now()

    def found(session: Session) -> list[Announced]:
        after = cursors.moment(cursor)
        return planned_works.listed(
            session, now, districts=caller.scope, over=over, after=after, limit=limit + 1
        )

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, attrgetter("since", "id"), announcing.shown)


@router.post(
    "/planned-works",
    status_code=201,
    responses=answers(PlannedWorkShown, 201)
    | refuses("idempotency_key_reused", "network_unknown", "other_district", "planned_work_over"),
)
async def announce_work(
    body: StrictPlannedWork, caller: Ordering, office: At, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Announce work on the network: whoever calls from there meanwhile is told of it."""
    work_id = body.id or idempotency_key or uuid4().hex
    return await office.ask(announcing.announce, work_id, body, caller, await office.now())


@router.post(
    "/planned-works/{work_id:path}/end",
    responses=answers(PlannedWorkShown) | refuses("not_found", "other_district"),
)
async def end_planned_work(
    work_id: str, body: StrictPlannedEnd, caller: Ordering, office: At
) -> dict[str, Any]:
    """End announced work now: supply is back early, or nothing is switched off after all."""
    told = await office.ask(announcing.end, work_id, body.how, caller, await office.now())
    office.poke()
    return told
