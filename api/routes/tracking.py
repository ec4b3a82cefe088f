"""Links for customers: made at the desk for one report, opened by whoever holds them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from api.answers.base import answers, refuses
from api.answers.tracking import LinkMade, Tracked
from api.bodies import StrictLink
from api.language import both
from api.office import At
from api.problems import Problem
from api.sign_in import Caller, Linking, track_links
from domain.told import expected_by
from domain.words import catalogue
from store import policies
from store.reading import outages, reports
from store.reading.reports import ReportSeen

router = APIRouter(prefix="/v1", tags=["tracking"])
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@router.post(
    "/outages/{outage_id}/links",
    status_code=201,
    responses=answers(LinkMade, 201) | refuses("not_found", "other_district", "outage_unknown"),
)
async def make_link(
    outage_id: str, body: StrictLink, caller: Linking, office: At, response: Response
) -> dict[str, Any]:
    """Make a link for a report of an outage: it shows how far that is, and nothing else."""
    await office.ask(_check, outage_id, body.report, caller)
    now, valid = datetime.now(UTC), timedelta(days=body.days)
    token = track_links.make(office.token_keys, body.report, now=now, valid=valid)
    path = f"/v1/track/{token}"
    response.headers["Location"] = path
    response.headers["Cache-Control"] = "no-store"
    return {"token": token, "path": path, "expires_at": (now + valid).replace(microsecond=0)}


def _check(session: Session, outage_id: str, report_id: str, caller: Caller) -> None:
    outage = outages.one(session, outage_id)
    if outage is None:
        raise Problem("outage_unknown", outage=outage_id)
    caller.need(outage.district_id)
    report = reports.one(session, report_id)
    if report is None or report.outage_id != outage_id:
        raise Problem("not_found", pointer="/report")


@router.get("/track/{token}", responses=answers(Tracked) | refuses("link_unknown", "link_expired"))
async def track(
    token: Annotated[str, Path(max_length=1024)], office: At, response: Response
) -> dict[str, Any]:
    """Show how far a report's outage is, in both languages, to whoever holds its link."""
    report_id, ends = track_links.report_of(office.token_keys, token)
    told = await office.ask(_told, report_id)
    if told is None:
        raise Problem("link_unknown")
    response.headers.update(_HEADERS)
    return {**told, "expires_at": datetime.fromtimestamp(ends, UTC)}


def _told(session: Session, report_id: str) -> dict[str, Any] | None:
    """Return how far a report is, with the time by which a crew should be there."""
    seen = reports.one(session, report_id)
    if seen is None:
        return None
    outage = seen.outage_id and outages.one(session, seen.outage_id)
    state = outage and outages.state_of(session, outage.id)
    if not outage or not state:
        return _shown(seen, None)
    return _shown(seen, expected_by(state, policies.pinned(session, outage.policy_hash)))


def _shown(seen: ReportSeen, by: datetime | None) -> dict[str, Any]:
    return {
        "report": seen.number,
        "received_at": seen.received_at,
        "stage": seen.outage_stage,
        "status": seen.outage_status,
        "words": both(_word(seen)),
        "promised_arrival_at": seen.promised_arrival_at,
        "expected_by": by,
        "arrived_at": seen.arrived_at,
        "estimated_at": seen.etr,
        "restored_at": seen.restored_at,
    }


def _word(seen: ReportSeen) -> str:
    """Return the key of the words for where an outage stands, or who mends what is left."""
    if seen.customer_side:
        return "track.customer_side"
    if seen.outage_status == "planned":
        return "track.planned"
    for section, name in (("task_state", seen.outage_status), ("stage", seen.outage_stage)):
        if f"{section}.{name}" in catalogue("en"):
            return f"{section}.{name}"
    return "stage.predicted"
