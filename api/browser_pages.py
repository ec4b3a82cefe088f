"""The pages that browsers show: built files, packed, each with what it may load."""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.base_map import PMTILES_HERE, BaseMap
from api.language import language_of
from api.problems import Problem
from domain.words import say

BUILT = Path(__file__).with_name("built")
"""Made by the front-end build out of `console/`, and not kept in git."""
PAGES = {
    "/console": "console.html",
    "/console/{desk:path}": "console.html",
    "/crew": "crew.html",
    "/map": "map.html",
    "/signed-in": "signed-in.html",
}
"""Which file is at which address; the console's desks are all in one page."""
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg"})
# A name holds the digest of what it names.
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Built:
    """A built file as it is sent."""

    plain: bytes
    packed: bytes | None
    media_type: str


def is_built(built: Path = BUILT) -> bool:
    """Tell whether the pages were built here."""
    return all((built / name).is_file() for name in PAGES.values())


def open_pages(app: FastAPI, base_map: BaseMap, built: Path = BUILT) -> None:
    """Serve the pages and what they are made of; open, for they hold nothing about anybody."""
    loads = _may_load(base_map)
    assets = {file.name: file for file in (built / "assets").glob("*") if file.suffix in _TYPES}

    async def page(request: Request) -> Response:
        name = PAGES[request.scope["route"].path]
        if not is_built(built):
            return _not_built(request)
        return _told(request, read(built / name), loads | {"Cache-Control": "no-cache"})

    async def asset(name: str, request: Request) -> Response:
        if name not in assets or not assets[name].is_file():
            raise Problem("not_found")
        return _told(request, read(assets[name]), loads | {"Cache-Control": _FOR_EVER})

    async def archive() -> Response:
        if base_map.file is None:
            raise Problem("not_found")
        return FileResponse(base_map.file, media_type="application/vnd.pmtiles")

    for path in PAGES:
        app.add_api_route(path, page, include_in_schema=False)
    app.add_api_route("/assets/{name}", asset, include_in_schema=False)
    app.add_api_route(PMTILES_HERE, archive, include_in_schema=False)


@cache
def read(file: Path) -> Built:
    """Read a built file once; what is text is packed."""
    plain = file.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0) if file.suffix in _PACKED else None
    return Built(plain, packed, _TYPES[file.suffix])


def _told(request: Request, found: Built, headers: dict[str, str]) -> Response:
    headers = headers | {"Vary": "Accept-Encoding"}
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, headers=headers, media_type=found.media_type)
    return Response(found.plain, headers=headers, media_type=found.media_type)


def _not_built(request: Request) -> Response:
    lang = language_of(request)
    text = f'<!doctype html><html lang="{lang}"><title>Relight</title><p>{say("pages.none", lang)}'
    headers = {"Content-Language": lang, "Cache-Control": "no-store"}
    return HTMLResponse(text, 503, headers)


def _may_load(base_map: BaseMap) -> dict[str, str]:
    """Return what the pages may load: our own, and a base map from where it is named.

    A worker is held to the rule of its own file, which is why files carry it too.
    """
    there = "".join(f" {origin}" for origin in base_map.origins())
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        f"img-src 'self' data: blob:{there}",
        f"connect-src 'self'{there}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {"Content-Security-Policy": "; ".join(rules)}
