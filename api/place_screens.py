"""What stands at a place, as a call taker needs it while the caller speaks."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.places import geojson
from api.sign_in import Caller
from domain import grouping
from domain.grouping import Candidate, ReportPlace
from domain.kinds import AreaClass, Channel
from domain.place import Point
from domain.policy import Policy
from domain.report import ReportDraft
from domain.words import say
from store import places
from store.places import Place
from store.reading import places as homes
from store.reading.places import Near

NEAR_M = 1500.0
MOST = 8


@dataclass(frozen=True)
class Asked:
    """Where the caller is, as far as it is known, and from which number the call comes."""

    service_point: str | None
    at: Point | None
    phone: str | None


def matches(
    session: Session,
    asked: Asked,
    caller: Caller,
    policy: Policy,
    now: datetime,
    since: datetime,
    lang: str,
) -> dict[str, Any]:
    """Return what stands at a place; raises Refused as locating a report does."""
    draft = ReportDraft(channel=Channel.PHONE, service_point_id=asked.service_point, at=asked.at)
    place = places.locate(session, draft, policy)
    near = homes.around(session, place, metres=NEAR_M, limit=MOST)
    before = homes.earlier(
        session,
        point=place.service_point_id,
        phone=asked.phone,
        since=since,
        districts=caller.scope,
        limit=MOST,
    )
    return {
        "at": geojson(place.point),
        "address": place.address,
        "service_point_id": place.service_point_id,
        "transformer": place.transformer_id,
        "section": place.section_id,
        "feeder": place.feeder_id,
        "district": place.district_id,
        "area_class": place.area_class,
        "life_support": place.life_support,
        "key_class": place.key_class and place.key_class.value,
        "arrival_minutes": _minutes(place),
        "planned": _planned(place, now, lang),
        "outages": _outages(place, near, now),
        "earlier": [_earlier(each) for each in before],
    }


def _minutes(place: Place) -> int:
    limit = place.policy.arrival_limit(AreaClass(place.area_class), place.key_class)
    return round(limit.total_seconds() / 60)


def _planned(place: Place, now: datetime, lang: str) -> dict[str, Any] | None:
    work = place.planned_at(now)
    if work is None:
        return None
    said = say("track.planned_work", lang, notice=work.notice)
    return {**work.model_dump(), "said": said}


def _outages(place: Place, near: list[Near], now: datetime) -> list[dict[str, Any]]:
    """Mark the outage that a report now would join, by the rule that intake goes by."""
    plain = [each for each in near if each.planned_until is None]
    where = ReportPlace(at=place.point, transformer=place.transformer_id, section=place.section_id)
    found = grouping.find(where, now, map(_candidate, plain), place.policy).joins
    return [_outage(place, each, joins=each.id == found) for each in near]


def _candidate(near: Near) -> Candidate:
    return Candidate(
        outage=near.id,
        at=Point(lon=near.lon, lat=near.lat),
        transformer=near.transformer_id,
        section=near.section_id,
        transformers=frozenset(near.transformers),
        last_report_at=near.last_report_at,
        restored_at=near.restored_at,
    )


def _outage(place: Place, near: Near, *, joins: bool) -> dict[str, Any]:
    names = (
        "id", "number", "stage", "status", "reports", "customers", "opened_at",
        "arrival_deadline", "etr", "arrived_at", "restored_at", "hazards",
    )  # fmt: skip
    return {
        **{name: getattr(near, name) for name in names},
        "at": geojson(Point(lon=near.lon, lat=near.lat)),
        "metres": round(near.metres),
        "joins": joins,
        "why": _why(place, near) if joins or near.planned_until else None,
    }


def _why(place: Place, near: Near) -> str:
    if near.planned_until is not None:
        return "announced"
    if place.transformer_id in {near.transformer_id, *near.transformers} - {None}:
        return "transformer"
    if place.section_id is not None and place.section_id == near.section_id:
        return "section"
    return "distance"


def _earlier(seen: homes.Earlier) -> dict[str, Any]:
    told = asdict(seen)
    outage = told.pop("outage_id")
    return {**told, "outage": outage}
