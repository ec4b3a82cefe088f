"""How a map looks from outside: the land, the network, the districts, and where tiles are."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from api.base_map import BaseMap
from api.sign_in import Caller
from api.tile_cache import Key
from domain.kinds import Role
from domain.value import digest_of
from store import land
from store.reading import districts as known_districts
from store.reading.outages import BBox
from store.tile_layers import LAYERS, Kind
from store.tiles import DEEPEST, Versions


def whole(session: Session, versions: Versions, caller: Caller) -> dict[str, Any]:
    """Return what a map is made of for one caller."""
    seen = land.sheet(session)
    districts = known_districts.listed(session, caller.scope)
    boxes = [each.bounds for each in districts] or ([seen.bounds] if seen else [])
    return {
        "land": seen
        and {
            **_tiles("land", versions.land),
            "name": seen.name,
            "attribution": seen.attribution,
            "bounds": seen.bounds,
        },
        "network": None if caller.role is Role.CUSTOMER else _tiles("network", versions.network),
        "districts": [
            {
                "id": each.id,
                "name": {"en": each.name_en, "zh": each.name_zh},
                "time_zone": each.time_zone,
                "bounds": each.bounds,
            }
            for each in districts
        ],
        "bounds": _around(boxes),
    }


def base(named: BaseMap) -> dict[str, Any] | None:
    """Return the base map that takes the place of the land, if the installation names one."""
    if named.style_url is None and named.pmtiles is None:
        return None
    return {"style_url": named.style_url, "pmtiles_url": named.pmtiles_url}


def tile_tag(key: Key) -> str:
    """Return the entity tag of a tile; weak, since it is sent packed and plain."""
    scope = "" if key.scope is None else ",".join(key.scope)
    return f'W/"{digest_of(f"{key.kind} {key.version} {tuple(key.spot)} {scope}")[:20]}"'


def _tiles(kind: Kind, version: str) -> dict[str, Any]:
    return {
        "version": version,
        "tiles": [f"/v1/tiles/{kind}/{{z}}/{{x}}/{{y}}?v={version}"],
        "minzoom": 0,
        "maxzoom": DEEPEST,
        "vector_layers": list(LAYERS[kind]),
    }


def _around(boxes: Iterable[BBox]) -> BBox | None:
    found = list(boxes)
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    return min(west), min(south), max(east), max(north)
