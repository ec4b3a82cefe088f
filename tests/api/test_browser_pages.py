"""The pages as they are served: what they may load, how long they are kept, and where they lack."""

import gzip
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.base_map import BaseMap
from api.browser_pages import PAGES, is_built, open_pages
from api.guarding import Guarding

Ask = Callable[..., httpx.AsyncClient]
BODY = "<!doctype html><title>map</title>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the front-end build leaves it."""
    (tmp_path / "assets").mkdir()
    for name in set(PAGES.values()):
        (tmp_path / name).write_text(BODY)
    (tmp_path / "assets" / "map-x1.js").write_text("1;" * 900)
    (tmp_path / "assets" / "notes.txt").write_text("not for anybody")
    return tmp_path


def client_of(built: Path, base_map: BaseMap | None = None) -> httpx.AsyncClient:
    app = FastAPI()
    open_pages(app, base_map or BaseMap(), built)
    transport = httpx.ASGITransport(Guarding(app, https=False), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://relight.test")


ADDRESSES = ["/map", "/signed-in", "/console", "/console/story/out_1", "/crew"]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_a_page_loads_nothing_but_our_own(built: Path, path: str) -> None:
    async with client_of(built) as http:
        told = await http.get(path)
    rules = told.headers["content-security-policy"].split("; ")

    assert told.text == BODY
    assert told.headers["cache-control"] == "no-cache"
    assert told.headers["x-frame-options"] == "DENY"
    assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'"} <= set(rules)
    assert "unsafe" not in told.headers["content-security-policy"]


async def test_what_is_named_by_its_digest_is_kept_for_ever_and_sent_packed(built: Path) -> None:
    async with client_of(built) as http:
        told = await http.get("/assets/map-x1.js")
        raw = await http.get("/assets/map-x1.js", headers={"Accept-Encoding": "identity"})

    assert told.headers["content-encoding"] == "gzip"
    assert "immutable" in told.headers["cache-control"]
    assert told.headers["content-type"].startswith("text/javascript")
    assert "worker-src 'self'" in told.headers["content-security-policy"]
    assert told.text == raw.text == "1;" * 900
    assert len(gzip.compress(raw.content)) < len(raw.content)


@pytest.mark.parametrize("name", ["notes.txt", "nothing.js", "..%2Fmap.html", "%2e%2e/map.html"])
async def test_nothing_else_is_served(built: Path, name: str) -> None:
    async with client_of(built) as http:
        told = await http.get(f"/assets/{name}")

    assert told.status_code != 200


@pytest.mark.parametrize(("lang", "word"), [("en", "not built"), ("zh", "尚未构建")])
async def test_where_nothing_was_built_that_is_said(tmp_path: Path, lang: str, word: str) -> None:
    async with client_of(tmp_path) as http:
        told = await http.get("/map", headers={"Accept-Language": lang})

    assert not is_built(tmp_path)
    assert told.status_code == 503
    assert word in told.text


async def test_a_style_elsewhere_may_be_asked_and_nobody_else(built: Path) -> None:
    named = BaseMap(style_url="https://tiles.example/styles/day.json")
    async with client_of(built, named) as http:
        policy = (await http.get("/map")).headers["content-security-policy"]

    assert "connect-src 'self' https://tiles.example;" in policy
    assert "script-src 'self';" in policy


async def test_an_archive_of_this_machine_is_served_in_parts(built: Path, tmp_path: Path) -> None:
    file = tmp_path / "base.pmtiles"
    file.write_bytes(b"PMTiles" + bytes(100))
    async with client_of(built, BaseMap(pmtiles=str(file))) as http:
        part = await http.get("/map/base.pmtiles", headers={"Range": "bytes=0-6"})
    async with client_of(built) as http:
        none = await http.get("/map/base.pmtiles")

    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert none.status_code != 200
