"""Boards: how they stand, which plans they made, and the orders given to them."""

from operator import itemgetter
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from api import board_screens, cursors, etags, ordering, standby_screens
from api.answers.base import Page, answers, refuses
from api.answers.boards import BoardShown, OrderDone, OrderPending, OrderShown, PlanRun
from api.answers.standby import StandbyShown
from api.cursors import Cursor, Limit
from api.etags import IfMatch
from api.keys import IdempotencyKey
from api.language import language_of
from api.office import At
from api.order_bodies import StrictOrder, order_of
from api.problems import Problem, sentence
from api.refusals import OF_ORDERS
from api.sign_in import BoardReader, Ordering
from store import boards, plan_runs

router = APIRouter(prefix="/v1", tags=["boards"])


@router.get(
    "/boards/{district}",
    responses=answers(BoardShown, headers=["ETag"]) | refuses("other_district", "district_unknown"),
)
async def show_board(
    district: str, caller: BoardReader, office: At, response: Response
) -> dict[str, Any]:
    """Return a board as it last told about itself, with the latest orders and plan."""
    caller.need(district)
    board = await office.ask(board_screens.whole, district)
    etags.show(response, board_screens.tag(board))
    return board


@router.get(
    "/boards/{district}/plans",
    responses=answers(Page[PlanRun]) | refuses("other_district", "district_unknown"),
)
async def list_plans(
    district: str,
    caller: BoardReader,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List a district's plans, newest first."""
    caller.need(district)

    def runs(session: Session) -> list[dict[str, Any]]:
        if district not in boards.districts(session):
            raise Problem("district_unknown", district=district)
        before = cursors.moment(cursor)
        rows = plan_runs.listed(session, district, before=before, limit=limit + 1)
        return [board_screens.run(row) for row in rows]

    seen = await office.ask(runs)
    return cursors.page(request, response, seen, limit, itemgetter("at", "id"))


@router.get(
    "/boards/{district}/standby",
    responses=answers(StandbyShown)
    | refuses("other_district", "district_unknown", "roads_missing"),
)
async def show_standby(
    district: str, caller: BoardReader, office: At, request: Request
) -> dict[str, Any]:
    """Advise where idle crews should wait for expected orders; sends nobody."""
    caller.need(district)
    ground = await office.ask(standby_screens.look, district, await office.now(), office.policy)
    shown = await office.drive(standby_screens.told, ground, office.roads)
    return {**shown, "said": standby_screens.sentences(shown, language_of(request))}


@router.post(
    "/boards/{district}/orders",
    responses=answers(OrderDone)
    | answers(OrderPending, 202, headers=["Location"])
    | refuses(*OF_ORDERS),
)
async def give_order(
    district: str,
    body: StrictOrder,
    caller: Ordering,
    office: At,
    request: Request,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Give an order and wait a little for what it comes to."""
    order_id = body.id or idempotency_key or uuid4().hex
    order = order_of(body, order_id, caller.subject)
    outcome = await ordering.give(office, district, caller, order, if_match)
    if outcome is None:
        location = {"Location": f"/v1/orders/{order_id}"}
        return JSONResponse({"order_id": order_id, "accepted": None}, 202, location)
    return JSONResponse({"order_id": order_id, **_said(outcome, language_of(request))})


@router.get("/orders/{order_id:path}", responses=answers(OrderShown) | refuses("not_found"))
async def show_order(
    order_id: str, caller: BoardReader, office: At, request: Request
) -> dict[str, Any]:
    """Return an order and what it came to; `outcome` is null while that is not known."""

    def found(session: Session) -> dict[str, Any]:
        row = boards.order(session, order_id)
        if row is None or not caller.serves(row.district_id):
            raise Problem("not_found")
        return board_screens.order(row)

    order = await office.ask(found)
    outcome = order["outcome"] and _said(order["outcome"], language_of(request))
    return {**order, "outcome": outcome}


def _said(outcome: dict[str, Any], lang: str) -> dict[str, Any]:
    """Add the sentence to a refusal."""
    if outcome.get("refused"):
        return {**outcome, "detail": sentence(outcome["refused"], lang)}
    return outcome
