"""Maps: what there is to be drawn, and its tiles."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from api import map_screens
from api.answers.base import answers
from api.answers.maps import MapShown
from api.office import At, Office
from api.sign_in import Anyone, Reader
from api.tile_cache import Key, Tile, pack
from domain.kinds import Role
from store import tiles
from store.tile_layers import Kind
from store.tiles import DEEPEST, Spot, Versions

router = APIRouter(prefix="/v1", tags=["maps"])
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_DAY_S = 86_400
_VARY = "Authorization, Relight-Role, Accept-Encoding"
_CONTENT: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_ALWAYS: dict[str, Any] = {
    name: {"required": True, "schema": {"type": "string"}} for name in ("ETag", "Cache-Control")
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A tile (MVT 2.1)", "content": {MEDIA_TYPE: _CONTENT}, "headers": _ALWAYS},
    304: {"description": "The tile that is held already is still right.", "headers": _ALWAYS},
}
Zoom = Annotated[int, Path(ge=0, le=DEEPEST, description="zoom")]
Column = Annotated[int, Path(ge=0, lt=2**DEEPEST, description="from the west, below 2^z")]
Line = Annotated[int, Path(ge=0, lt=2**DEEPEST, description="from the north, below 2^z")]
Version = Annotated[
    str | None, Query(max_length=64, description="`version` of GET /v1/map: may then be kept")
]
IfNoneMatch = Annotated[str | None, Header(max_length=1024, description="`ETag` that is held")]


@router.get("/map", responses=answers(MapShown))
async def show_map(caller: Anyone, office: At) -> dict[str, Any]:
    """Return what a map is made of, and where its tiles are; the network for staff only."""
    versions = await _versions(office)
    shown = await office.ask(map_screens.whole, versions, caller)
    return shown | {"base": map_screens.base(office.base_map)}


@router.get("/tiles/land/{z}/{x}/{y}", response_class=Response, responses=_ANSWERS)
async def show_land_tile(
    z: Zoom,
    x: Column,
    y: Line,
    _caller: Anyone,
    office: At,
    request: Request,
    v: Version = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a tile of the land: roads, buildings, water, landuse, courses and places."""
    version = (await _versions(office)).land
    key = Key("land", version, _spot(z, x, y), None)
    # Everybody sees the same land, and a version never changes.
    keeping = f"private, max-age={_DAY_S}, immutable" if v == version else "private, no-cache"
    return await _told(office, request, key, keeping, if_none_match)


@router.get("/tiles/network/{z}/{x}/{y}", response_class=Response, responses=_ANSWERS)
async def show_network_tile(
    z: Zoom,
    x: Column,
    y: Line,
    caller: Reader,
    office: At,
    request: Request,
    v: Version = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a tile of the network: areas, feeders, transformers, devices and substations."""
    version = (await _versions(office)).network
    # A crew may be sent anywhere.
    scope = None if caller.role is Role.CREW else caller.scope
    key = Key("network", version, _spot(z, x, y), None if scope is None else tuple(scope))
    # Asked for anew each time, so that nobody sees it in a browser whose sign-in has ended.
    return await _told(office, request, key, "private, no-cache", if_none_match)


def _spot(z: int, x: int, y: int) -> Spot:
    """Return which tile is meant; there are 2^z columns and rows."""
    last = 2**z - 1
    beyond = [name for name, number in (("x", x), ("y", y)) if number > last]
    if beyond:
        raise RequestValidationError(
            [
                {"type": "less_than_equal", "loc": ("path", name), "ctx": {"le": last}}
                for name in beyond
            ]
        )
    return Spot(z, x, y)


async def _versions(office: Office) -> Versions:
    known = office.tiles.versions()
    if known is None:
        known = await office.draw(tiles.versions)
        office.tiles.learn(known)
    return known


async def _told(
    office: Office, request: Request, key: Key, keeping: str, if_none_match: str | None
) -> Response:
    """Answer with a tile, unless the caller holds it."""
    tag = map_screens.tile_tag(key)
    headers = {"ETag": tag, "Cache-Control": keeping, "Vary": _VARY}
    held = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    if tag.removeprefix("W/") in held:
        return Response(status_code=304, headers=headers)
    tile = office.tiles.get(key)
    if tile is None:
        tile = await office.draw(_drawn, key)
        office.tiles.put(key, tile)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(tile.packed, headers=headers, media_type=MEDIA_TYPE)
    return Response(tile.plain, headers=headers, media_type=MEDIA_TYPE)


def _drawn(session: Session, key: Key) -> Tile:
    kind: Kind = key.kind
    return pack(tiles.drawn(session, kind, key.spot, key.scope))
