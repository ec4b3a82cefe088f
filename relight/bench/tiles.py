"""Tiles over HTTP: drawn anew and out of memory, each beside one row fetched the same way."""

import time
from collections.abc import Callable, Sequence
from math import asinh, pi, radians, tan
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx

from relight.bench.findings import Finding, Number, share
from relight.bench.territory import MORNING
from relight.ground import HOMES, lay, layout_for, settle
from relight.rehearsal import rehearsal
from relight.settings import Settings
from relight.token import issue
from store.engine import connect
from territory.generate import generate
from territory.land import Bounds, Land
from territory.osm import read_land

ZOOMS = (8, 10, 12, 14, 16)
EACH = 40
ROW = "/v1/crews/jp-crew-01"


def measure() -> Finding:
    """Ask for tiles of the invented land at several zooms, twice each."""
    found = _invented()
    with (
        rehearsal(
            house_epoch=MORNING,
            rate=1.0,
            watched=False,
            processes=("api",),
            furnish=lambda settings: _load(settings, found),
        ) as stack,
        httpx.Client(
            base_url=stack.settings.api_url or "",
            headers={"Authorization": f"Bearer {issue(stack.settings, 'dispatcher', 'bench')}"},
            timeout=60,
        ) as line,
    ):
        rows = [
            _row(line, kind, zoom, spots(found.bounds, zoom))
            for kind in ("land", "network")
            for zoom in ZOOMS
        ]
    return Finding("tiles", rows)


def spots(bounds: Bounds, zoom: int) -> list[tuple[int, int]]:
    """Return tiles of a box in an order by chance, always the same."""
    west, north = _at(bounds.west, bounds.north, zoom)
    east, south = _at(bounds.east, bounds.south, zoom)
    every = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
    chance = Random(zoom)  # noqa: S311 - scenery, not secrets
    return chance.sample(every, min(EACH, len(every)))


def _at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    wide = 2**zoom
    down = (1 - asinh(tan(radians(lat))) / pi) / 2
    return int((lon + 180) / 360 * wide), int(down * wide)


def _invented() -> Land:
    with TemporaryDirectory(prefix="relight-bench-") as folder:
        file = Path(folder) / "land.osm.pbf"
        generate(1, file)
        return read_land(file)


def _load(settings: Settings, found: Land) -> None:
    engine = connect(settings.database_url or "", connections=1, name="bench")
    layout = layout_for(engine, found, settings, homes=HOMES)
    settle(engine, found, lay(found, layout, MORNING), MORNING)
    engine.dispose()


def _row(
    line: httpx.Client, kind: str, zoom: int, wanted: Sequence[tuple[int, int]]
) -> dict[str, Number]:
    line.get(ROW).raise_for_status()
    sizes: list[int] = []

    def tile(spot: tuple[int, int]) -> None:
        told = line.get(f"/v1/tiles/{kind}/{zoom}/{spot[0]}/{spot[1]}")
        told.raise_for_status()
        sizes.append(told.num_bytes_downloaded)

    cold = [_took(tile, spot) for spot in wanted]
    kept = [_took(tile, spot) for spot in wanted]
    one_row = [_took(lambda _: line.get(ROW).raise_for_status(), spot) for spot in wanted]
    return {
        "tile_kind": kind,
        "zoom": zoom,
        "tiles_asked": len(wanted),
        "largest_kb": max(sizes) / 1000,
        "cold_p50_ms": share(cold, 50),
        "cold_p95_ms": share(cold, 95),
        "kept_p50_ms": share(kept, 50),
        "kept_p95_ms": share(kept, 95),
        "row_p50_ms": share(one_row, 50),
        "row_p95_ms": share(one_row, 95),
    }


def _took(work: Callable[[tuple[int, int]], object], spot: tuple[int, int]) -> float:
    began = time.perf_counter()
    work(spot)
    return (time.perf_counter() - began) * 1000
