"""Pages: the inbox of what is getting late, and taking it over."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import cursors, desk_screens
from api.acting import act
from api.answers.base import Page, answers, refuses
from api.answers.desk import PageShown
from api.answers.outages import ActionDone
from api.bodies import StrictAcknowledge
from api.cursors import Cursor, Limit
from api.desk_screens import INBOXES
from api.keys import IdempotencyKey
from api.office import At
from api.problems import Problem
from api.refusals import OF_ACTIONS
from api.sign_in import Caller, Paged, Reader
from domain.actions import AcknowledgeRung, Action
from domain.kinds import LadderRole, Role
from store.reading import pages
from store.reading.pages import PageSeen

router = APIRouter(prefix="/v1", tags=["pages"])


@router.get("/pages", responses=answers(Page[PageShown]))
async def list_pages(
    caller: Reader,
    office: At,
    request: Request,
    response: Response,
    role: Annotated[LadderRole | None, Query(description="whose inbox")] = None,
    only_open: Annotated[bool, Query(alias="open", description="not yet taken over")] = True,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List what was paged to the caller's role, newest first."""
    mine = INBOXES.get(caller.role, frozenset())
    if role is not None and role not in mine:
        raise Problem("role_may_not", role=caller.role.value, action=f"read pages to {role}")

    def found(session: Session) -> list[PageSeen]:
        crew = caller.crew if caller.role is Role.CREW else None
        return pages.inbox(
            session,
            # A lent crew's orders lie in another district; its tasks are scope enough.
            districts=None if crew else caller.scope,
            to_roles=sorted(mine if role is None else {role}),
            crew=crew,
            with_taken=not only_open,
            before=cursors.moment(cursor),
            limit=limit + 1,
        )

    seen = await office.ask(found)
    place = attrgetter("at", "id")
    return cursors.page(request, response, seen, limit, place, desk_screens.page)


@router.post(
    "/pages/{page_id:path}/acknowledge",
    responses=answers(ActionDone) | refuses(*OF_ACTIONS, "not_found"),
)
async def acknowledge(
    page_id: str,
    caller: Paged,
    office: At,
    body: StrictAcknowledge | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Take over what was paged; the rung is acknowledged on its outage."""
    seen = await office.ask(_page, page_id, caller)
    given = (body and body.id) or idempotency_key
    action = Action(
        id=given or f"acknowledge/{page_id}/{caller.subject}"[:128],
        actor=caller.actor,
        what=AcknowledgeRung(rung=str(seen.body["rung"])),
    )
    return await act(office, seen.outage_id or "", caller, action, None)


def _page(session: Session, page_id: str, caller: Caller) -> PageSeen:
    seen = pages.one(session, page_id)
    if seen is None or (caller.role is not Role.CREW and not caller.serves(seen.district_id)):
        raise Problem("not_found")
    if LadderRole(seen.to_role) not in INBOXES[caller.role]:
        raise Problem("role_may_not", role=caller.role.value, action=f"take {seen.to_role} pages")
    return seen
