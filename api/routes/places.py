"""Places: finding a caller's home, and what stands there now."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session

from api import place_screens
from api.answers.base import answers, refuses
from api.answers.places import ExtentShown, Matches, PlacesFound
from api.language import language_of
from api.office import At
from api.places import geojson
from api.problems import Problem
from api.sign_in import Caller, Desk, TakingCalls
from domain.place import Point
from store.reading import extents, outages
from store.reading import places as homes

router = APIRouter(prefix="/v1", tags=["places"])
log = structlog.get_logger("relight.api")
LATELY = timedelta(days=14)


@router.get("/places", responses=answers(PlacesFound))
async def find_places(
    caller: TakingCalls,
    office: At,
    q: Annotated[
        str,
        Query(
            max_length=100,
            description="a service point's id, or the beginning of a number or a name, or parts"
            " of an address in either language",
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> dict[str, Any]:
    """Find homes and shops of the own districts by what a caller says; two characters at least."""

    def found(session: Session) -> list[homes.PlaceFound]:
        return homes.search(session, q, districts=caller.scope, limit=limit + 1)

    seen = await office.ask(found)
    # What was typed names persons: only that somebody looked, and how much came of it, is kept.
    log.info("homes looked up", subject=caller.subject, found=len(seen))
    return {"items": [_shown(each) for each in seen[:limit]], "more": len(seen) > limit}


def _shown(seen: homes.PlaceFound) -> dict[str, Any]:
    told = asdict(seen)
    point = Point(lon=told.pop("lon"), lat=told.pop("lat"))
    renamed = {
        "service_point_id": told.pop("id"),
        "transformer": told.pop("transformer_id"),
        "section": told.pop("section_id"),
        "feeder": told.pop("feeder_id"),
        "district": told.pop("district_id"),
    }
    return {**told, **renamed, "at": geojson(point)}


@router.get(
    "/matches",
    responses=answers(Matches)
    | refuses("outside_service_area", "place_missing", "service_point_unknown"),
)
async def find_matches(
    caller: TakingCalls,
    office: At,
    request: Request,
    service_point: Annotated[str | None, Query(max_length=64)] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    phone: Annotated[str | None, Query(max_length=32)] = None,
) -> dict[str, Any]:
    """Tell what a report from a place would join, what is announced there, and what was before."""
    at = None if lon is None or lat is None else Point(lon=lon, lat=lat)
    asked = place_screens.Asked(service_point, at, phone)
    now, lang = await office.now(), language_of(request)
    return await office.ask(
        place_screens.matches, asked, caller, office.policy, now, now - LATELY, lang
    )


@router.get(
    "/outages/{outage_id}/extent",
    responses=answers(ExtentShown) | refuses("outage_unknown", "other_district"),
)
async def show_extent(outage_id: str, caller: Desk, office: At) -> dict[str, Any]:
    """Return what an outage is taken to have darkened: device, line, transformers, customers."""
    return await office.ask(_extent, outage_id, caller)


def _extent(session: Session, outage_id: str, caller: Caller) -> dict[str, Any]:
    seen = outages.one(session, outage_id)
    extent = extents.of_outage(session, outage_id)
    if seen is None or extent is None:
        raise Problem("outage_unknown", outage=outage_id)
    caller.need(seen.district_id)
    return {"type": "FeatureCollection", "outage": outage_id, **asdict(extent)}
