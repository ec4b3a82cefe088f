"""Dead letters: what could not be carried after many tries, and trying it again."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from api.answers.base import Page, answers
from api.answers.desk import DeadLetter, Revived
from api.office import At
from api.problems import Problem
from api.sign_in import Caller, Supervising
from store import outbox

router = APIRouter(prefix="/v1", tags=["operations"])


@router.get("/dead-letters", responses=answers(Page[DeadLetter]))
async def list_dead_letters(caller: Supervising, office: At) -> dict[str, Any]:
    """List what was given up, oldest first; nothing is dropped in silence."""
    return {"items": await office.ask(_mine, caller), "next_cursor": None}


def _mine(session: Session, caller: Caller) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "key": row.key,
            "district": row.district_id,
            "at": row.at,
            "attempts": row.attempts,
            "last_error": row.last_error,
            "dead_at": row.dead_at,
        }
        for row in outbox.dead_letters(session)
        if row.district_id is None or caller.serves(row.district_id)
    ]


@router.post("/dead-letters/{message_id}/revive", responses=answers(Revived))
async def revive(
    message_id: Annotated[int, Path(ge=1, le=2**62)], caller: Supervising, office: At
) -> dict[str, Any]:
    """Try a dead letter again."""

    def again(session: Session) -> None:
        known = {letter["id"] for letter in _mine(session, caller)}
        if message_id not in known or not outbox.revive(session, message_id, datetime.now(UTC)):
            raise Problem("not_found")

    await office.ask(again)
    office.poke()
    return {"id": message_id, "revived": True}
