"""Reports: taken at any time, whatever else is down, and read by those who may."""

import time
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import cursors, report_screens
from api.accepting import accept
from api.answers.base import Page, answers, refuses
from api.answers.reports import ReportShown, ReportTaken
from api.bodies import ReportBody, StrictReport
from api.cursors import Cursor, Limit
from api.keys import IdempotencyKey
from api.lanes import lane_of
from api.language import language_of
from api.office import At
from api.problems import Problem
from api.refusals import OF_REPORTS
from api.sign_in import Caller, Reporter, ReportReader
from domain.errors import Refused
from domain.kinds import Channel, Role
from domain.report import ReportDraft
from domain.value import canonical_json, digest_of
from domain.words import say
from store.answers import Accepted
from store.reading import reports
from store.reading.reports import ReportSeen

router = APIRouter(prefix="/v1", tags=["reports"])
log = structlog.get_logger("relight.api")
_OWN_CHANNELS = {
    Role.CUSTOMER: frozenset({Channel.WEB, Channel.APP, Channel.TEXT}),
    Role.CREW: frozenset({Channel.GRID_PHONE, Channel.STAFF_SIGHTING}),
}


@router.post(
    "/reports",
    status_code=201,
    responses=answers(ReportTaken, 201, headers=["Location"]) | refuses(*OF_REPORTS),
)
async def take_report(
    body: StrictReport,
    caller: Reporter,
    office: At,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Take a report: find or open its outage and tell the promised time of arrival."""
    began = time.perf_counter()
    now = await office.now()
    draft = _draft(body, caller)
    key = (idempotency_key, _digest(body)) if idempotency_key else None
    try:
        accepted = await accept(office, lane_of(request.scope), draft, caller.subject, now, key)
    except Refused as refusal:
        office.gauges.reports.labels("refused").inc()
        raise _placed(refusal) from refusal
    office.poke()
    office.gauges.intake.observe(time.perf_counter() - began)
    office.gauges.reports.labels(_outcome(accepted)).inc()
    structlog.contextvars.bind_contextvars(report=accepted.report_id, outage=accepted.outage_id)
    response.headers["Location"] = f"/v1/reports/{accepted.report_id}"
    if accepted.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return _told(accepted, language_of(request))


def _draft(body: ReportBody, caller: Caller) -> ReportDraft:
    channels = _OWN_CHANNELS.get(caller.role)
    if channels is not None and body.channel not in channels:
        raise Problem(
            "channel_not_for_role",
            pointer="/channel",
            role=caller.role.value,
            channel=body.channel.value,
            allowed=sorted(channels),
        )
    fields = body.model_dump(exclude={"place"})
    if caller.role is Role.CUSTOMER:
        # A customer's reports are found again by this, and cannot claim another system's ids.
        fields |= {"source": own_source(caller), "external_id": None}
    place = body.place
    return ReportDraft(
        **fields, service_point_id=place.service_point_id, address=place.address, at=place.at
    )


def own_source(caller: Caller) -> str:
    """Return the source under which a customer's own reports are kept."""
    return f"customer/{caller.subject}"


def _digest(body: ReportBody) -> str:
    sent = body.model_dump(mode="json")
    sent["hazards"] = sorted(sent["hazards"])
    return digest_of(canonical_json(sent))


def _placed(refusal: Refused) -> Refused:
    """Point at the place as it stands in the body."""
    if refusal.pointer in ("/at", "/service_point_id", "/address"):
        refusal.pointer = f"/place{refusal.pointer}"
    return refusal


def _outcome(accepted: Accepted) -> str:
    if accepted.repeated:
        return "repeated"
    return "opened" if accepted.opened else "joined"


def _told(accepted: Accepted, lang: str) -> dict[str, Any]:
    work = accepted.planned
    said = work and say("track.planned_work", lang, notice=work.notice)
    return {
        "report": {"id": accepted.report_id, "number": accepted.number},
        "outage": {
            "id": accepted.outage_id,
            "number": accepted.outage_number,
            "opened": accepted.opened,
        },
        "received_at": accepted.received_at,
        "promised_arrival_at": accepted.promised_arrival_at,
        "area_class": accepted.area_class,
        "district": accepted.district_id,
        "first_owner": accepted.first_owner,
        "planned": work and work.model_dump() | {"said": said},
    }


@router.get("/reports", responses=answers(Page[ReportShown]))
async def list_reports(
    caller: ReportReader,
    office: At,
    request: Request,
    response: Response,
    outage: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """List reports, the newest number first; a customer sees only those of their own."""
    own = caller.role is Role.CUSTOMER

    def found(session: Session) -> list[ReportSeen]:
        return reports.listed(
            session,
            districts=None if own else caller.scope,
            outage_id=outage,
            source=own_source(caller) if own else None,
            before=cursors.number(cursor),
            limit=limit + 1,
        )

    seen = await office.ask(found)
    return cursors.page(
        request,
        response,
        seen,
        limit,
        lambda item: (item.number,),
        lambda item: report_screens.shown(item, caller),
    )


@router.get("/reports/{report_id}", responses=answers(ReportShown) | refuses("not_found"))
async def show_report(report_id: str, caller: ReportReader, office: At) -> dict[str, Any]:
    """Return a report and how far its outage is."""
    seen = await office.ask(reports.one, report_id)
    if seen is None or not _may_see(seen, caller):
        raise Problem("not_found")
    return report_screens.shown(seen, caller)


def _may_see(seen: ReportSeen, caller: Caller) -> bool:
    if caller.role is Role.CUSTOMER:
        return seen.source == own_source(caller)
    return caller.serves(seen.district_id)
