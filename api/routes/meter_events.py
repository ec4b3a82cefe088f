"""Meter events: last gasps, which are reports, and power on, which confirms that it is mended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from api.accepting import accept
from api.answers.base import answers
from api.answers.meters import MeterEventsTaken
from api.bodies import MeterEventIn, StrictMeterEvents
from api.lanes import Lane
from api.language import language_of
from api.office import At, Office
from api.problems import sentence
from api.sign_in import Metering
from domain.errors import Refused
from domain.kinds import Channel
from domain.permission import check_not_ahead
from domain.report import ReportDraft
from store import meters
from store.meters import PowerOn

router = APIRouter(prefix="/v1", tags=["reports"])


@router.post("/meter-events", responses=answers(MeterEventsTaken))
async def take_meter_events(
    body: StrictMeterEvents, caller: Metering, office: At, request: Request
) -> dict[str, Any]:
    """Take words of meters, each once by its id; one that is refused does not hold up others."""
    now, source = await office.now(), f"meters/{caller.subject}"
    told: dict[int, dict[str, Any]] = {}
    numbered = sorted(enumerate(body.events), key=lambda each: each[1].occurred_at)
    for place, event in numbered:
        if event.kind == "last_gasp":
            told[place] = await _gasp(office, event, source, caller.subject, now)
    back = [(place, event) for place, event in numbered if event.kind == "power_on"]
    told |= await _power_on(office, back, source, now)
    office.poke()
    lang = language_of(request)
    return {"events": [_said(event, told[at], lang) for at, event in enumerate(body.events)]}


async def _gasp(
    office: Office, event: MeterEventIn, source: str, subject: str, now: datetime
) -> dict[str, Any]:
    """Take a last gasp as the report it is: grouped, numbered, and never called back."""
    draft = ReportDraft(
        channel=Channel.METER,
        source=source,
        external_id=event.id,
        service_point_id=event.service_point_id,
        occurred_at=event.occurred_at,
    )
    try:
        taken = await accept(office, Lane.PUBLIC, draft, subject, now, None)
    except Refused as refusal:
        office.gauges.reports.labels("refused").inc()
        return {"refusal": refusal}
    result = "repeated" if taken.repeated else "opened" if taken.opened else "joined"
    office.gauges.reports.labels(result).inc()
    return {
        "result": "repeated" if taken.repeated else "kept",
        "report": taken.report_id,
        "outage": taken.outage_id,
    }


async def _power_on(
    office: Office, back: Sequence[tuple[int, MeterEventIn]], source: str, now: datetime
) -> dict[int, dict[str, Any]]:
    """Keep all words at once, then wake each campaign that waits for them once."""
    told: dict[int, dict[str, Any]] = {}
    fit: dict[int, PowerOn] = {}
    for place, event in back:
        try:
            check_not_ahead(event.occurred_at, now, office.policy)
        except Refused as refusal:
            told[place] = {"refusal": refusal}
            continue
        fit[place] = PowerOn(event.id, event.service_point_id, event.occurred_at)
    if not fit:
        return told
    kept = await office.ask(meters.keep, source, list(fit.values()), now)
    points = sorted({word.service_point_id for word in fit.values()} - kept.unknown)
    await office.ask(_wake, points)
    new = dict(kept.outages)
    for place, word in fit.items():
        if word.service_point_id in kept.unknown:
            told[place] = {"refusal": Refused("service_point_unknown", id=word.service_point_id)}
        elif word.id in new:
            told[place] = {"result": "kept", "outage": new.pop(word.id)}
        else:
            told[place] = {"result": "repeated"}
    return told


def _wake(session: Session, points: Sequence[str]) -> None:
    meters.wake(session, points, datetime.now(UTC))


def _said(event: MeterEventIn, told: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return what became of one word, in words where it was refused."""
    answer = {"id": event.id, "result": "refused", "report": None, "outage": None}
    refusal: Refused | None = told.pop("refusal", None)
    code = refusal and refusal.code
    detail = refusal and sentence(refusal.code, lang, **refusal.params)
    return {**answer, **told, "code": code, "detail": detail}
