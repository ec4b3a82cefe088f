"""Callbacks: who is to be called next, and what they say; never by a hand in the repair."""

from operator import attrgetter
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from api import cursors, desk_screens
from api.answers.base import Page, answers, refuses
from api.answers.desk import AttemptKept, CallbackShown, NextCallShown
from api.bodies import AttemptBody, StrictAttempt, StrictUnreached
from api.cursors import Cursor, Limit
from api.keys import IdempotencyKey
from api.language import language_of
from api.office import At, Office
from api.problems import Problem
from api.refusals import OF_ANSWERS
from api.sign_in import CallbackAgent, CallbackReader, Caller, Unreaching
from domain import ids
from domain.callback import Answers
from domain.words import say
from store import boards, callback_answers, callbacks
from store.callback_answers import Attempt, Recorded, Result
from store.callbacks import NextCall
from store.reading import callbacks as listing
from store.reading.callbacks import CallbackSeen

router = APIRouter(prefix="/v1", tags=["callbacks"])
QUESTIONS = ("contacted_on_arrival", "commitment_kept", "satisfied", "still_off")
# What the crew claims is not shown: the customer is asked, not led.
_SHOWN = (
    "outage_id", "outage_number", "restoration_no", "report_id", "report_number",
    "reporter_name", "reporter_phone", "address", "address_en", "note", "received_at",
    "promised_arrival_at", "due_by", "attempts", "claimed_until", "last_chance",
    "silent_meter_since", "customer_side",
)  # fmt: skip


@router.get(
    "/callbacks/next",
    responses=answers(NextCallShown) | {204: {"description": "Nobody is due"}},
)
async def next_call(caller: CallbackAgent, office: At, request: Request) -> Response:
    """Claim the next reporter to call for ten minutes; asking again gives the same one."""
    call = await office.ask(_next, caller, await office.now())
    if call is None:
        return Response(status_code=204)
    lang = language_of(request)
    asked = {name: say(f"callback.{name}", lang) for name in QUESTIONS}
    if call.customer_side:
        asked["still_off"] = say("callback.still_off_customer_side", lang)
    shown = {name: getattr(call, name) for name in _SHOWN}
    content = {"id": call.callback_id, **shown, "questions": asked}
    return JSONResponse({name: _plain(value) for name, value in content.items()})


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _next(session: Session, caller: Caller, now: Any) -> NextCall | None:
    districts = caller.scope if caller.scope is not None else boards.districts(session)
    return callbacks.next_for(session, caller.subject, districts, now, asked_by=caller.asked_by)


@router.post(
    "/callbacks/{callback_id}/attempts",
    responses=answers(AttemptKept) | refuses(*OF_ANSWERS),
)
async def record_attempt(
    callback_id: str,
    body: StrictAttempt,
    caller: CallbackAgent,
    office: At,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Keep one try: unanswered, or the three answers, or that the light is still off."""
    result = Result(body.result)
    attempt_id = body.id or idempotency_key
    return await _record(office, callback_id, caller, result, attempt_id, body.note, _of(body))


@router.post(
    "/callbacks/{callback_id}/unreached",
    responses=answers(AttemptKept) | refuses(*OF_ANSWERS),
)
async def give_up(
    callback_id: str,
    body: StrictUnreached,
    caller: Unreaching,
    office: At,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """End a callback as unreached, once the tries of the policy have been made."""
    attempt_id = body.id or idempotency_key
    return await _record(office, callback_id, caller, Result.UNREACHED, attempt_id, body.note, None)


def _of(body: AttemptBody) -> Answers | None:
    if body.result != "answered":
        return None
    return Answers(**{name: getattr(body, name) for name in QUESTIONS})


async def _record(
    office: Office,
    callback_id: str,
    caller: Caller,
    result: Result,
    attempt_id: str | None,
    note: str | None,
    answers: Answers | None,
) -> dict[str, Any]:
    named = uuid4()
    attempt = Attempt(
        id=ids.attempt_id(named),
        action_id=attempt_id or named.hex,
        callback_id=callback_id,
        agent=caller.subject,
        asked_by=caller.asked_by,
        role=caller.role,
        at=await office.now(),
        result=result,
        answers=answers,
        note=note,
    )
    recorded = await office.ask(_in_scope, caller, attempt)
    office.poke()
    told = recorded.model_dump(mode="json", exclude={"callback_id", "outage_id"})
    return {"callback": callback_id, "attempt": attempt.action_id, **told}


def _in_scope(session: Session, caller: Caller, attempt: Attempt) -> Recorded:
    district = listing.district_of(session, attempt.callback_id)
    if district is None:
        raise Problem("callback_unknown", callback=attempt.callback_id)
    caller.need(district)
    return callback_answers.record(session, attempt)


@router.get("/callbacks", responses=answers(Page[CallbackShown]))
async def list_callbacks(
    caller: CallbackReader,
    office: At,
    request: Request,
    response: Response,
    outage: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[Literal["open", "done"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List callbacks by when they are due, with every attempt made."""

    def found(session: Session) -> list[CallbackSeen]:
        return listing.listed(
            session,
            districts=caller.scope,
            outage_id=outage,
            state=state,
            after=cursors.moment(cursor),
            limit=limit + 1,
        )

    seen = await office.ask(found)
    return cursors.page(
        request,
        response,
        seen,
        limit,
        attrgetter("next_attempt_at", "id"),
        lambda item: desk_screens.callback(item, caller),
    )
