"""Places: finding a caller's home, and what stands there now."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from api import place_screens
from api.answers.base import answers, refuses
from api.answers.places import DevicesAround, ExtentShown, Matches, PlacesFound
from api.language import language_of
from api.office import At
from api.places import geojson, point_of
from api.problems import Problem
from api.sign_in import Caller, Desk, TakingCalls
from domain.place import Point
from store import devices as known
from store.reading import devices, extents, outages
from store.reading import places as homes

router = APIRouter(prefix="/v1", tags=["places"])
log = structlog.get_logger("relight.api")
LATELY = timedelta(days=14)
REACH_M = 300.0
"""Homes further away than this from a point on the map are not offered for it."""


@router.get("/places", responses=answers(PlacesFound) | refuses("coordinates_swapped"))
async def find_places(
    caller: TakingCalls,
    office: At,
    q: Annotated[
        str | None,
        Query(
            max_length=100,
            description="a service point's id, or the beginning of a number or a name, or parts"
            " of an address in either language",
        ),
    ] = None,
    near: Annotated[
        str | None,
        Query(
            max_length=64,
            description="longitude and latitude of a point on a map, in place of `q`: homes"
            " within 300 m are found, the nearest first",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> dict[str, Any]:
    """Find homes and shops of the own districts by what a caller says, or around a point."""
    at = point_of(near, "near")
    if (q is None) == (at is None):
        raise RequestValidationError([{"type": "place_subject", "loc": ("query", "q")}])

    def found(session: Session) -> list[homes.PlaceFound]:
        mine = {"districts": caller.scope, "limit": limit + 1}
        if at is not None:
            return homes.nearest(session, at, metres=REACH_M, **mine)
        return homes.search(session, q or "", **mine)

    seen = await office.ask(found)
    # What was typed names persons: only that somebody looked, and how much came of it, is kept.
    log.info("homes looked up", subject=caller.subject, found=len(seen))
    return {"items": [_shown(each) for each in seen[:limit]], "more": len(seen) > limit}


def _shown(seen: homes.PlaceFound) -> dict[str, Any]:
    told = asdict(seen)
    point = Point(lon=told.pop("lon"), lat=told.pop("lat"))
    metres = told.pop("metres")
    told["metres"] = None if metres is None else round(metres)
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
    responses=answers(ExtentShown)
    | refuses("outage_unknown", "other_district", "device_unknown", "device_elsewhere"),
)
async def show_extent(
    outage_id: str,
    caller: Desk,
    office: At,
    device: Annotated[
        str | None,
        Query(max_length=128, description="a device or transformer of its feeder, to ask what if"),
    ] = None,
) -> dict[str, Any]:
    """Return what an outage is taken to have darkened: device, line, transformers, customers."""
    return await office.ask(_extent, outage_id, caller, device)


@router.get(
    "/outages/{outage_id}/devices",
    responses=answers(DevicesAround) | refuses("outage_unknown", "other_district"),
)
async def list_devices(outage_id: str, caller: Desk, office: At) -> dict[str, Any]:
    """List the devices that may be open behind an outage: suspected, upstream, downstream."""
    return await office.ask(_devices, outage_id, caller)


def _admit(session: Session, outage_id: str, caller: Caller) -> None:
    seen = outages.one(session, outage_id)
    if seen is None:
        raise Problem("outage_unknown", outage=outage_id)
    caller.need(seen.district_id)


def _devices(session: Session, outage_id: str, caller: Caller) -> dict[str, Any]:
    _admit(session, outage_id, caller)
    told = asdict(devices.of_outage(session, outage_id))
    for each in told["items"]:
        each["at"] = geojson(Point(lon=each.pop("lon"), lat=each.pop("lat")))
    return {"outage": outage_id, **told}


def _extent(session: Session, outage_id: str, caller: Caller, device: str | None) -> dict[str, Any]:
    _admit(session, outage_id, caller)
    if device is not None:
        known.held(session, outage_id, device)
    extent = extents.of_outage(session, outage_id, device)
    if extent is None:
        raise Problem("device_unknown", device=device)
    return {"type": "FeatureCollection", "outage": outage_id, **asdict(extent)}
