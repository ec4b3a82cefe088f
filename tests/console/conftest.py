"""The pages in a real browser: Debian's Chromium on an installation with outages, crews and a land.

Screens of the console use these fixtures: `house` is the installation, `open_page` a browser's tab.
Where `RELIGHT_SHOTS` names a directory, `Tab.shoot` keeps pictures there; where `RELIGHT_SCREENS`
does, `Tab.show` keeps those that the docs show.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.app import create_app
from api.browser_pages import is_built
from api.sign_in.issuers import Issuers
from api.temporal_line import TemporalLine
from domain.clock import HouseClock
from relight.settings import CODE
from store import installation, land
from store.engine import connect
from territory.generate import generate
from territory.osm import read_land
from tests.api.callers import KEY, NOWHERE
from tests.api.test_local_issuer import PASSWORD, add_person
from tests.conftest import DEMO_NOW, MakeDatabase
from tests.console.scene import lay_scene
from tests.store.builders import the_policy

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
WIDE, NARROW, WALL = (1280, 800), (390, 844), (1920, 1080)
PEOPLE = {
    "dora": "dispatcher@*",
    "tara": "call_taker@*",
    "cal": "callback_agent@*",
    "sue": "supervisor@*",
    "audrey": "auditor@*",
    "adam": "admin@*",
}
"""Who may sign in, one of each role that has a desk."""
CUT = """
() => [...document.querySelectorAll("body *")].filter((each) => {
  const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
  const look = getComputedStyle(each);
  return own && look.overflowX !== "visible" && each.clientWidth > 1
    && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 4)
    && look.overflowY !== "auto" && look.overflowY !== "scroll"
    && each.closest(".bar, .unseen, .maplibregl-map, .lines[title]") === null
    && each.closest("select, textarea, input") === null;
}).map((each) => `${each.tagName}.${each.className}: ${each.innerText}`)
"""
AXE = CODE / "console" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a screen; its driver keeps a loop running, so it ends with the module."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def land_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small invented land as a map file."""
    file = tmp_path_factory.mktemp("land") / "land.osm.pbf"
    generate(1, file, "small")
    return file


@dataclass(frozen=True)
class House:
    """An installation that browsers can open."""

    engine: Engine
    address: str


@pytest.fixture(scope="module")
def house(make_database: MakeDatabase, land_file: Path) -> Iterator[House]:
    """An installation with a land, a dozen outages in every state, and dora, who dispatches."""
    if not is_built():
        pytest.skip("the pages are not built: make pages (needs Node 20.19 or later)")
    engine = connect(make_database(demo=True), connections=30, name="test")
    try:
        land.load(engine, read_land(land_file), DEMO_NOW)
        furnish(engine)
        with serving(engine) as address:
            yield House(engine, address)
    finally:
        engine.dispose()


def furnish(engine: Engine) -> None:
    """Set the clock, lay the scene in and let dora sign in."""
    with Session(engine) as session, session.begin():
        clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=DEMO_NOW, rate=1.0)
        installation.set_clock(session, clock)
    lay_scene(engine)
    for name, grant in PEOPLE.items():
        add_person(engine, name, grant)


@contextmanager
def serving(engine: Engine, line: socket.socket | None = None, **more: Any) -> Iterator[str]:
    """Serve the application at an address it knows, as signing in needs."""
    more = {"temporal": TemporalLine(NOWHERE, "relight")} | more
    with closing(line or socket.create_server(("127.0.0.1", 0))) as opened:
        address = f"http://127.0.0.1:{opened.getsockname()[1]}"
        app: FastAPI = create_app(
            engine=engine,
            policy=the_policy(),
            token_key=KEY,
            issuers=Issuers(public_url=address),
            **more,
        )
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class Tab:
    """A tab of a browser, and everything that went wrong in it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/map") -> None:
        """Open a page of the installation."""
        self.page.goto(self.address + path)

    def sign_in(self, name: str = "dora", password: str = PASSWORD) -> None:
        """Go through the sign-in page and come back."""
        self.page.get_by_role("button", name="Sign in").or_(
            self.page.get_by_role("button", name="登录")
        ).click()
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(password)
        self.page.locator("button").click()

    def enter(self, desk: str = "", name: str = "dora") -> None:
        """Sign in as somebody at a desk of the console, or at the one of their role."""
        self.open(f"/console/{desk}")
        self.sign_in(name)
        self.page.wait_for_selector("[data-desk]")
        self.page.wait_for_selector("[data-live=live]")

    def unsound(self) -> list[str]:
        """Return what axe finds that keeps people out, each with where it is."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(told => told.violations"
            ".filter(one => ['serious', 'critical'].includes(one.impact))"
            ".flatMap(one => one.nodes.map(node => one.id + ': ' + node.html.slice(0, 160)"
            " + ' ' + (node.any[0]?.message ?? ''))))"
        )
        return list(found)

    def cut(self) -> list[str]:
        """Return the texts that their place is too small for, but for rows with a title."""
        return list(self.page.evaluate(CUT))

    def drawn(self) -> None:
        """Wait until the map has nothing left to draw."""
        self.page.wait_for_selector('.chart[data-idle]:not([data-idle="0"])')

    def shoot(self, name: str) -> None:
        """Keep a picture, when somebody wants to see some."""
        if folder := os.environ.get("RELIGHT_SHOTS"):
            self._picture(Path(folder) / f"{name}.png")

    def show(self, name: str) -> None:
        """Keep a picture by day and one by night, when the docs are to show them anew."""
        folder = os.environ.get("RELIGHT_SCREENS")
        for theme in ("dark", "light") if folder else ():
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self.page.wait_for_timeout(700)
            if self.page.locator(".chart[data-idle]").count():
                self.drawn()
            self._picture(Path(folder or "") / f"{name}-{theme}.png")

    def _picture(self, file: Path) -> None:
        taken = Image.open(BytesIO(self.page.screenshot())).convert("RGB")
        # Few colours are enough for a screen, and a quarter of the bytes.
        small = taken.quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(file, optimize=True)


OpenTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def open_anywhere(browser: Browser) -> Iterator[OpenTab]:
    """Return `open(address, size, theme, language)`: a tab that nobody used before."""
    opened = []

    def open_one(
        address: str,
        size: tuple[int, int] = WIDE,
        theme: str = "light",
        language: str = "en-GB",
    ) -> Tab:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,  # type: ignore[arg-type]
            locale=language,
            reduced_motion="reduce",
        )
        opened.append(context)
        tab = Tab(context.new_page(), address)
        tab.page.set_default_timeout(PATIENCE_MS)
        tab.page.on("pageerror", lambda fault: tab.faults.append(str(fault)))
        tab.page.on(
            "console", lambda told: tab.faults.append(told.text) if told.type == "error" else None
        )
        return tab

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def open_page(open_anywhere: OpenTab, house: House) -> Iterator[OpenTab]:
    """Return `open(size, theme, language)`: a tab at the house, closed when the test ends."""
    opened: list[Tab] = []

    def open_one(
        size: tuple[int, int] = WIDE,
        theme: str = "light",
        language: str = "en-GB",
        address: str = house.address,
    ) -> Tab:
        opened.append(open_anywhere(address, size, theme, language))
        return opened[-1]

    yield open_one
    for tab in opened:
        tab.page.context.close()
