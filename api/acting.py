"""Asking an outage for an action: what happened in the field is kept first, then judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.office import Office
from api.problems import Problem
from api.sign_in import Caller
from api.temporal_line import OutcomeUnknown, Unreachable
from domain import ids
from domain.actions import Action
from domain.device import ConfirmDevice
from domain.errors import Refused
from domain.field import FieldFact
from domain.kinds import Role
from domain.moves import FIELD_ACTIONS, MOVES
from domain.opening import OutageOpening
from domain.outage import Answered
from domain.place import Point
from domain.regrouping import Merge, Split
from store import boards, deeds, devices, hands, merging, outages, splitting, statements
from store.facts import StoredFact
from workflows.lines import LineClosed

log = structlog.get_logger("relight.api")


@dataclass(frozen=True)
class Statement:
    """Which device says what, in its own order; given with actions of the field."""

    device: str
    device_seq: int
    position: Point | None


@dataclass(frozen=True)
class Asked:
    """An action with everything needed to ask for it."""

    outage: str
    action: Action
    caller: Caller
    statement: Statement | None
    now: datetime
    real_now: datetime


@dataclass(frozen=True)
class Kept:
    """What the rows say before the outage is asked, and the action with what was looked up."""

    action: Action
    opening: OutageOpening | None
    answer: Answered | None
    fact: StoredFact | None
    shut: Refused


async def act(
    office: Office, outage: str, caller: Caller, action: Action, statement: Statement | None
) -> dict[str, Any]:
    """Do an action and tell what it came to; raises Problem with the ids of what was kept."""
    kind = action.what.kind
    structlog.contextvars.bind_contextvars(outage=outage, action=action.id)
    if caller.role not in MOVES[kind].roles:
        raise Problem("role_may_not", role=caller.role.value, action=kind)
    asked = Asked(outage, action, caller, statement, await office.now(), datetime.now(UTC))
    kept = await office.ask(_keep, asked)
    try:
        told = await _judged(office, asked, kept)
    except Refused as refusal:
        if refusal.code == "regrouping_under_way" and kept.fact is not None:
            # Where the work belongs is settled in a moment; the relay carries what was said then.
            raise _pending(refusal, asked, kept) from refusal
        office.gauges.actions.labels(kind, "refused").inc()
        await _settle(office, asked, kept, refusal.code)
        raise _refused(refusal, asked, kept) from refusal
    except (Unreachable, OutcomeUnknown) as silence:
        office.gauges.actions.labels(kind, "pending").inc()
        raise _pending(silence, asked, kept) from silence
    office.gauges.actions.labels(kind, "repeated" if told["repeated"] else "accepted").inc()
    await _settle(office, asked, kept, None)
    return told


def _keep(session: Session, asked: Asked) -> Kept:
    """Look what is known, and keep a statement with its message in the same transaction."""
    ground = deeds.ground_of(session, asked.outage)
    if ground is None:
        raise Refused("outage_unknown", outage=asked.outage)
    _admit(session, asked, ground.district_id)
    _note_machine(session, asked)
    fact = _fact_of(session, asked)
    kept: StoredFact | None = None
    if fact is not None:
        kept = statements.keep(
            session,
            fact,
            asked.action,
            part="executor" if asked.caller.role is Role.CREW else "dispatcher",
            district_id=ground.district_id,
            real_now=asked.real_now,
        )
    answer = deeds.answer_to(session, asked.outage, asked.action.id)
    opening = None
    if not (ground.sealed or answer):
        _look_ahead(session, asked)
        asked = replace(asked, action=_looked_up_for(session, asked))
        opening = outages.opening(session, asked.outage)
    shut = outages.shut(asked.outage, ground.merged_into, over=ground.over)
    if shut.code == "sealed":
        shut = Refused("outage_closed", action=asked.action.what.kind)
    return Kept(asked.action, opening, answer, kept, shut)


def _looked_up_for(session: Session, asked: Asked) -> Action:
    """Return the action with what the network says of it, which an outage cannot look up itself."""
    action = asked.action
    if not isinstance(action.what, ConfirmDevice):
        return action
    held = devices.held(session, asked.outage, action.what.network_device)
    return action.model_copy(update={"what": action.what.model_copy(update={"held": held})})


def _look_ahead(session: Session, asked: Asked) -> None:
    """Refuse at once a merge or split of which the rows know that it would come to nothing."""
    what = asked.action.what
    if isinstance(what, Merge):
        merging.check(session, asked.outage, what.into)
    elif isinstance(what, Split):
        splitting.check(session, asked.outage, what.reports, what.transformers)


def _note_machine(session: Session, asked: Asked) -> None:
    """Note that a machine behind the doer takes part: it may not judge what it had done."""
    caller = asked.caller
    if caller.asked_by is not None and caller.role is not Role.CALLBACK_AGENT:
        part: hands.Part = "executor" if caller.role is Role.CREW else "dispatcher"
        hands.note(session, asked.outage, caller.asked_by, part)


def _admit(session: Session, asked: Asked, district: str) -> None:
    """Let a district's people in, and a crew wherever it was sent."""
    caller = asked.caller
    if caller.role is not Role.CREW:
        caller.need(district)
    elif asked.statement is None and not deeds.crew_was_on(
        session, asked.outage, caller.crew or ""
    ):
        raise Refused("not_your_task", task=asked.outage)


def _fact_of(session: Session, asked: Asked) -> FieldFact | None:
    """Return the statement an action makes, if it is about the field."""
    action, statement, caller = asked.action, asked.statement, asked.caller
    if action.what.kind not in FIELD_ACTIONS or statement is None:
        return None
    task: str = action.what.task  # type: ignore[union-attr]
    crew = caller.crew
    if caller.role is not Role.CREW:
        # Typed in at the desk for a crew: kept as what it is, a weak statement.
        holder = boards.holder(session, task)
        crew = holder.crew_id if holder is not None else None
    return FieldFact(
        id=ids.fact_id(uuid5(NAMESPACE_OID, f"{asked.outage}/{action.id}")),
        action_id=action.id,
        outage=asked.outage,
        task=task,
        crew=crew or "",
        subject=caller.subject,
        kind=action.what.kind,
        device=statement.device,
        device_seq=statement.device_seq,
        occurred_at=action.occurred_at or asked.now,
        received_at=asked.now,
        position=statement.position,
        action=action.canonical(),
    )


def desk_statement(caller: Caller, action_id: str, position: Point | None) -> Statement:
    """Return the statement of somebody at a desk; its number is the same when sent again."""
    number = int.from_bytes(blake2b(action_id.encode(), digest_size=6).digest(), "big")
    return Statement(f"desk/{caller.subject}", number, position)


async def _judged(office: Office, asked: Asked, kept: Kept) -> dict[str, Any]:
    """Answer from what is stored, or ask the outage; an outage that has closed is looked up."""
    if kept.answer is not None:
        return _told(asked, kept, kept.answer, repeated=True)
    if kept.fact is not None and kept.fact.verdict == "refused":
        raise Refused(kept.fact.verdict_code or "refused_otherwise", action=asked.action.what.kind)
    if kept.opening is None:
        raise kept.shut
    try:
        answer = await office.temporal.act(kept.opening, kept.action, office.answer_wait_s)
    except LineClosed as closed:
        return await _looked_up(office, asked, kept, closed)
    return _told(asked, kept, answer, repeated=answer.repeated)


async def _looked_up(office: Office, asked: Asked, kept: Kept, closed: Exception) -> dict[str, Any]:
    answer = await office.ask(deeds.answer_to, asked.outage, asked.action.id)
    if answer is None:
        ground = await office.ask(deeds.ground_of, asked.outage)
        if ground is not None and ground.merged_into is not None:
            raise Refused("moved_to", outage=ground.merged_into) from closed
        raise Refused("outage_closed", action=asked.action.what.kind) from closed
    return _told(asked, kept, answer, repeated=True)


def _told(asked: Asked, kept: Kept, answer: Any, *, repeated: bool) -> dict[str, Any]:
    return {
        "outage": asked.outage,
        "action_id": asked.action.id,
        "seq": answer.seq,
        "stage": answer.stage.value,
        "status": answer.status,
        "repeated": repeated,
        "fact": kept.fact and kept.fact.fact.id,
    }


async def _settle(office: Office, asked: Asked, kept: Kept, code: str | None) -> None:
    """Note the verdict; when that fails the relay carries the action once more and notes it."""
    if kept.fact is None or kept.fact.verdict is not None:
        return
    settle: Callable[..., None] = statements.settle
    try:
        await office.ask(
            settle,
            asked.outage,
            kept.fact.fact.id,
            code,
            now=await office.now(),
            real_now=datetime.now(UTC),
        )
    except DBAPIError as error:
        log.warning("verdict not noted yet", cause=type(error).__name__)


def _refused(refusal: Refused, asked: Asked, kept: Kept) -> Problem:
    params = {"action_id": asked.action.id, **refusal.params}
    if kept.fact is not None:
        params["fact"] = kept.fact.fact.id
        params["repeated"] = kept.fact.verdict is not None
    return Problem(refusal.code, pointer=refusal.pointer, **params)


def _pending(silence: Exception, asked: Asked, kept: Kept) -> Problem:
    """Tell apart what surely did not arrive from what may have, or will be carried on."""
    params: dict[str, Any] = {"action_id": asked.action.id}
    if kept.fact is not None:
        params["fact"] = kept.fact.fact.id
    elif isinstance(silence, Unreachable):
        return Problem("temporal_unreachable", **params)
    return Problem("outcome_pending", **params)
