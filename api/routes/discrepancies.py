"""Discrepancies: where customers answer otherwise than the crew's own record says."""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import cursors
from api.answers.base import Page, answers, refuses
from api.answers.discrepancies import DiscrepancyShown
from api.cursors import Cursor, Limit
from api.office import At
from api.sign_in import Overseeing
from domain.discrepancy import differing
from store.reading import discrepancies
from store.reading.discrepancies import DiscrepancySeen

router = APIRouter(prefix="/v1", tags=["callbacks"])
_PROVEN = {"promised_by", "arrived_at", "arrival", "on_time", "contacted_at", "restored_at"}


@router.get("/discrepancies", responses=answers(Page[DiscrepancyShown]) | refuses("other_district"))
async def list_discrepancies(
    caller: Overseeing,
    office: At,
    request: Request,
    response: Response,
    district: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List answered callbacks that do not agree with the crew's record, the latest first."""
    if district is not None:
        caller.need(district)

    def found(session: Session) -> list[DiscrepancySeen]:
        return discrepancies.listed(
            session,
            districts=caller.scope if district is None else [district],
            before=cursors.moment(cursor),
            limit=limit + 1,
        )

    seen = await office.ask(found)
    return cursors.page(request, response, seen, limit, attrgetter("at", "id"), _shown)


def _shown(seen: DiscrepancySeen) -> dict[str, Any]:
    return {
        "id": seen.id,
        "at": seen.at,
        "outage": {"id": seen.outage_id, "number": seen.outage_number},
        "report_number": seen.report_number,
        "district": seen.district_id,
        "agent": seen.agent,
        "crews": seen.crews,
        "differs": differing(seen.told, seen.verdict),
        "customer": seen.told.model_dump(),
        "record": seen.verdict.model_dump(mode="json", include=_PROVEN),
    }
