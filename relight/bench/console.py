"""The console in a storm: how soon it can be worked with, how long a change takes to be seen."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from relight.bench.console_storm import CREWS, OUTAGES, PING_S, Stream, break_out
from relight.bench.findings import Finding, Number, share
from relight.bench.territory import MORNING
from relight.ground import HOMES, lay, layout_for, settle
from relight.migrate import DEMO_SHIFTS_AHEAD
from relight.rehearsal import rehearsal
from relight.settings import Settings
from store import people
from store.engine import connect
from store.roster import ensure_shifts

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
NAME, PASSWORD = "bench", "two thousand outages"
LOOKED_S, UPDATES, SPEED, LOOKS = 60.0, 40, 20.0, 6
_PATIENCE_MS = 180_000
_WATCH = """
() => { window.__long = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__long.push(one.duration);
}).observe({ type: "longtask" }); }
"""
_SEEN = """
(said) => new Promise((tell) => {
  const look = () => document.querySelector("[role=row][data-outage] small")
    ?.textContent.includes(said)
    ? requestAnimationFrame(() => setTimeout(() => tell(Date.now()), 0))
    : requestAnimationFrame(look);
  look();
})
"""


def measure() -> Finding:
    """Open the dispatch desk on a storm and watch it; no rows where there is no Chromium."""
    from api.browser_pages import is_built

    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None or not is_built():
        return Finding("console", [])
    with (
        TemporaryDirectory(prefix="relight-bench-") as folder,
        rehearsal(
            house_epoch=MORNING, rate=1.0, watched=False,
            furnish=lambda settings: _furnish(settings, Path(folder)),
        ) as stack,
    ):  # fmt: skip
        engine = connect(stack.settings.database_url or "", connections=4, name="bench")
        try:
            planned = break_out(engine, stack.settings)
            # What was laid beside has no workflow: from here on only the api is needed.
            for name in ("planner", "worker", "relay"):
                stack.stop(name)
            with _desk(chromium, stack.settings.api_url or "") as page:
                return Finding("console", [_row(page, engine, planned)])
        finally:
            engine.dispose()


def _furnish(settings: Settings, folder: Path) -> None:
    """Lay the invented city with so many crews, and let one person sign in."""
    from api.sign_in.issuer import passwords
    from territory.generate import generate
    from territory.osm import read_land

    file = folder / "land.osm.pbf"
    generate(1, file)
    land = read_land(file)
    engine = connect(settings.database_url or "", connections=1, name="bench")
    layout = replace(layout_for(engine, land, settings, homes=HOMES), crews=CREWS)
    settle(engine, land, lay(land, layout, MORNING), MORNING)
    with Session(engine) as session, session.begin():
        ensure_shifts(session, MORNING, MORNING + DEMO_SHIFTS_AHEAD)
        grants = [{"role": "dispatcher", "districts": ["*"]}]
        kept = passwords.keep(PASSWORD)
        people.add(session, NAME, name="Bench", password=kept, grants=grants, now=MORNING)
    engine.dispose()


@contextmanager
def _desk(chromium: str, address: str) -> "Iterator[Page]":
    """Open the dispatch desk, signed in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(f"{address}/console/dispatch")
        page.get_by_role("button", name="Sign in").click()
        page.locator("#name").fill(NAME)
        page.locator("#password").fill(PASSWORD)
        page.locator("button").click()
        page.wait_for_selector("[role=row][data-outage]")
        yield page
        browser.close()


def _row(page: "Page", engine: Engine, planned: int) -> dict[str, Number]:
    usable, mapped = _opened(page)
    page.evaluate(_WATCH)
    with Stream(engine, 1.0):
        page.wait_for_timeout(LOOKED_S * 1000)
        tasks = page.evaluate("() => window.__long")
        waits = [_seen(page, engine, nth) for nth in range(UPDATES)]
    heap = _heap(page, engine)
    return {
        "outages": OUTAGES,
        "crews": CREWS,
        "planned_tasks": planned,
        "usable_s": usable,
        "mapped_s": mapped,
        "long_tasks_min": len(tasks) * 60 / LOOKED_S,
        "longest_ms": float(max(tasks, default=0)),
        "update_p50_ms": share(waits, 50),
        "update_p95_ms": share(waits, 95),
        "heap_first_mb": heap[0],
        "heap_last_mb": heap[-1],
        "heap_top_mb": max(heap),
    }


def _opened(page: "Page") -> tuple[float, float]:
    """Load the page anew; return the seconds until the queue is there and live, and the map."""
    begun = time.perf_counter()
    page.reload(wait_until="commit")
    page.wait_for_selector("[role=row][data-outage]")
    page.wait_for_selector("[data-live=live]")
    usable = time.perf_counter() - begun
    page.wait_for_selector('.chart[data-drawn]:not([data-drawn="0"])')
    return usable, time.perf_counter() - begun


def _seen(page: "Page", engine: Engine, nth: int) -> float:
    """Change the outage on top of the queue; return the milliseconds until it was painted."""
    top = page.locator("[role=row][data-outage]").first.get_attribute("data-outage")
    said = 10_000 + nth
    with engine.begin() as connection:
        change = text("UPDATE outages SET customers_affected = :n, seq = seq + 1 WHERE id = :id")
        connection.execute(change, {"n": said, "id": top})
    told = time.time() * 1000
    return float(page.evaluate(_SEEN, f"{said} customers")) - told


def _heap(page: "Page", engine: Engine) -> list[float]:
    """Return what the page holds at even times of an hour of the stream, played fast."""
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable")
    hour = 3_600 / PING_S * CREWS
    found = [_held(line)]
    with Stream(engine, SPEED) as stream:
        for look in range(1, LOOKS + 1):
            while stream.pings < hour * look / LOOKS:
                page.wait_for_timeout(500)
            found.append(_held(line))
    return found


def _held(line: "CDPSession") -> float:
    line.send("HeapProfiler.collectGarbage")
    told: dict[str, Any] = line.send("Performance.getMetrics")
    held = {one["name"]: float(one["value"]) for one in told["metrics"]}
    return held["JSHeapUsedSize"] / 1e6
