"""Actions on an outage: who may do what and when is the domain's table, not ours."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError

from api.acting import Statement, act, desk_statement
from api.action_bodies import ActionEnvelope, StrictAction, request_of
from api.answers.base import answers, refuses
from api.answers.outages import ActionDone
from api.keys import IdempotencyKey
from api.office import At
from api.refusals import OF_ACTIONS
from api.sign_in import Acting, Caller
from domain.actions import Action
from domain.kinds import Role
from domain.moves import FIELD_ACTIONS

router = APIRouter(prefix="/v1", tags=["outages"])


@router.post(
    "/outages/{outage_id}/actions",
    responses=answers(ActionDone) | refuses(*OF_ACTIONS, "coordinates_swapped"),
)
async def act_on_outage(
    outage_id: str,
    body: StrictAction,
    caller: Acting,
    office: At,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Do one action; the same id again gets the same answer, also after the outage closed."""
    action = Action(
        id=body.id or idempotency_key or uuid4().hex,
        actor=caller.actor,
        occurred_at=body.occurred_at,
        what=request_of(body),
    )
    return await act(office, outage_id, caller, action, _statement(body, action, caller))


def _statement(body: ActionEnvelope, action: Action, caller: Caller) -> Statement | None:
    if action.what.kind not in FIELD_ACTIONS:
        return None
    if caller.role is not Role.CREW:
        return desk_statement(caller, action.id, body.position)
    if body.device is None or body.device_seq is None:
        missing = [name for name in ("device", "device_seq") if getattr(body, name) is None]
        raise _device_needed(missing)
    return Statement(body.device, body.device_seq, body.position)


def _device_needed(missing: list[str]) -> RequestValidationError:
    return RequestValidationError(
        [{"type": "device_needed", "loc": ("body", name)} for name in missing], body={}
    )
