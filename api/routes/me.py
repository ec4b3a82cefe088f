"""Who am I."""

from typing import Any

from fastapi import APIRouter

from api.answers.base import answers
from api.sign_in import Anyone, Caller

router = APIRouter(prefix="/v1", tags=["signing in"])


@router.get("/me", responses=answers(Caller))
async def show_me(caller: Anyone) -> dict[str, Any]:
    """Return who asks, the grant in force and all that are held."""
    return caller.model_dump(mode="json")
