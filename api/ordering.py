"""Giving an order to a board: written down with whose hand it is, sent, and waited for."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from api import board_screens, etags
from api.office import Office
from api.problems import Problem
from api.sign_in import Caller
from api.temporal_line import OutcomeUnknown, Unreachable
from domain import ids
from domain.errors import Refused
from domain.kinds import Role
from routing.receipt import Plan
from store import boards, deeds, documents, hands, installation, leases
from workflows import messages as m

_LOOK_S = (0.05, 0.1, 0.2, 0.3)
_SUPERVISOR_ONLY = frozenset({"mode"})
_SEEN_FIRST: dict[str, int | None] = {"accept": None, "mode": 0}
"""Orders about what a board showed, and which part of its tag must still be so."""


@dataclass(frozen=True)
class Placed:
    """An order as written down; `answer` is there when it was carried out before.

    `board` is how the district's board stands, for the case that it does not run.
    """

    board: m.BoardStart
    answer: dict[str, Any] | None


async def give(
    office: Office, district: str, caller: Caller, order: m.Order, if_match: str | None
) -> dict[str, Any] | None:
    """Give an order and return what it came to, or None when that is not known yet.

    Raises Problem; after temporal_unreachable or outcome_pending the same id may be sent again.
    """
    caller.need(district)
    if order.what.kind in _SUPERVISOR_ONLY and caller.role is not Role.SUPERVISOR:
        raise Problem("role_may_not", role=caller.role.value, action=order.what.kind)
    structlog.contextvars.bind_contextvars(district=district, order=order.id)
    ends = time.monotonic() + office.answer_wait_s
    now = await office.now()
    placed = await office.ask(_place, district, order, caller.hands, now, if_match)
    if placed.answer is None:
        await _send(office, placed.board, order)
    return placed.answer or await _outcome(office, order.id, ends)


def _place(
    session: Session,
    district: str,
    order: m.Order,
    whose: tuple[str, ...],
    now: datetime,
    if_match: str | None,
) -> Placed:
    if district not in boards.districts(session):
        raise Refused("district_unknown", district=district)
    body = order.what.model_dump(mode="json")
    known = boards.order(session, order.id)
    if known is not None:
        if (known.district_id, known.subject, known.body) != (district, order.subject, body):
            raise Refused("idempotency_key_reused")
        return Placed(_board(session, district), known.answer)
    _still_so(session, district, order.what.kind, if_match)
    for outage in sorted(_outages_of(session, order)):
        _in_district(session, district, outage)
        for subject in whose:
            hands.note(session, outage, subject, "dispatcher")
    if isinstance(order.what, m.AssignOrder):
        _plannable(session, district, order.what.crew, now)
    boards.place_order(
        session,
        order.id,
        district,
        kind=order.what.kind,
        subject=order.subject,
        body=body,
        now=now,
    )
    return Placed(_board(session, district), None)


def _board(session: Session, district: str) -> m.BoardStart:
    clock = installation.clock(session)
    return m.BoardStart(
        district=district, clock=clock, **asdict(boards.standing(session, district))
    )


def _still_so(session: Session, district: str, kind: str, if_match: str | None) -> None:
    """Refuse an order about a plan or mode that is no longer what the caller saw."""
    if kind in _SEEN_FIRST or if_match is not None:
        now = board_screens.standing(session, district)
        tag = board_screens.tag(now)
        etags.need_match(if_match, tag, present=now, only=_SEEN_FIRST.get(kind))


def _outages_of(session: Session, order: m.Order) -> set[str]:
    """Return the outages an order is about; accepting a whole plan is about all of it."""
    return {ids.outage_of_task(task) for task in _tasks_of(session, order.what)}


def _tasks_of(session: Session, what: Any) -> Iterator[str]:
    match what:
        case m.AssignOrder() | m.ReleaseOrder():
            yield what.task
        case m.PinOrder():
            yield what.pin.task
        case m.AcceptOrder(tasks=None):
            text = documents.get(session, what.plan, "plan")
            if text is None:
                raise Refused("plan_unknown", pointer="/plan", plan=what.plan)
            for route in Plan.model_validate_json(text).routes:
                yield from (visit.task for visit in route.visits)
        case m.AcceptOrder():
            yield from what.tasks or ()


def _in_district(session: Session, district: str, outage: str) -> None:
    ground = deeds.ground_of(session, outage)
    if ground is None:
        raise Refused("task_unknown", pointer="/task")
    if ground.district_id != district:
        raise Refused("other_district", pointer="/task", district=ground.district_id)


def _plannable(session: Session, district: str, crew: str, now: datetime) -> None:
    """Refuse a crew that this board may not plan now."""
    holder, _ = leases.holder(session, crew, now)
    if holder != district:
        raise Refused("crew_elsewhere", pointer="/crew", crew=crew, district=holder)


async def _send(office: Office, board: m.BoardStart, order: m.Order) -> None:
    try:
        await office.temporal.order(board, order, office.answer_wait_s)
    except Refused as refusal:
        await _record_refusal(office, board.district, order, refusal.code)
        raise
    except Unreachable as silence:
        raise Problem("temporal_unreachable", order_id=order.id) from silence
    except OutcomeUnknown as silence:
        raise Problem("outcome_pending", action_id=order.id, order_id=order.id) from silence


async def _record_refusal(office: Office, district: str, order: m.Order, code: str) -> None:
    """Keep the refusal of a board that did not even take the order."""
    await office.ask(
        boards.record_outcome,
        order.id,
        district,
        kind=order.what.kind,
        subject=order.subject,
        body=order.what.model_dump(mode="json"),
        answer={"accepted": False, "refused": code, "done": []},
        now=await office.now(),
    )


async def _outcome(office: Office, order_id: str, ends: float) -> dict[str, Any] | None:
    """Look for the recorded outcome until the time is up."""
    look = 0
    while True:
        answer = await office.ask(answer_of, order_id)
        wait = _LOOK_S[min(look, len(_LOOK_S) - 1)]
        if answer is not None or time.monotonic() + wait > ends:
            return answer
        look += 1
        await asyncio.sleep(wait)


def answer_of(session: Session, order_id: str) -> dict[str, Any] | None:
    """Return what an order came to, as recorded."""
    row = boards.order(session, order_id)
    return None if row is None else row.answer
