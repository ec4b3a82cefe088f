"""Dead letters: what could not be carried after many tries, and trying it again."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.orm import Session

from api import cursors
from api.answers.base import Page, answers, refuses
from api.answers.desk import DeadLetter, Revived
from api.cursors import Cursor, Limit
from api.office import At
from api.problems import Problem
from api.sign_in import Supervising
from store import dead_letters

router = APIRouter(prefix="/v1", tags=["operations"])


@router.get("/dead-letters", responses=answers(Page[DeadLetter]))
async def list_dead_letters(
    caller: Supervising,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List what was given up, oldest first; nothing is dropped in silence."""

    def found(session: Session) -> list[dict[str, Any]]:
        after = cursors.number(cursor)
        rows = dead_letters.given_up(session, caller.scope, after=after, limit=limit + 1)
        return [_shown(row) for row in rows]

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, lambda letter: (letter["id"],))


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "district": row.district_id,
        "at": row.at,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "dead_at": row.dead_at,
    }


@router.post("/dead-letters/{message_id}/revive", responses=answers(Revived) | refuses("not_found"))
async def revive(
    message_id: Annotated[int, Path(ge=1, le=2**62)], caller: Supervising, office: At
) -> dict[str, Any]:
    """Try a dead letter again."""

    def again(session: Session) -> None:
        if not dead_letters.revive(session, message_id, datetime.now(UTC), caller.scope):
            raise Problem("not_found")

    await office.ask(again)
    office.poke()
    return {"id": message_id, "revived": True}
