"""The ground a rehearsal without servers is played on: an invented land and its network."""

import gzip
import hashlib
import json
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from relight.settings import CODE
from sim.ground import Ground
from sim.settling import ground_of, manned
from sim.sheet import from_plain, to_plain
from territory.generate import SizeName, generate
from territory.layout import Layout, lay_network
from territory.osm import read_land

Territory = Literal["small", "generated"]
SIZES: dict[Territory, SizeName] = {"small": "small", "generated": "full"}
TERRITORY_SEED = 1
REPAIRS_EACH_CREW = 1.4
"""Repairs of a mean day for each crew: what the generated territory has at 46 a day."""
FEWEST_CREWS = 6
MADE_BY = ("territory/**/*.py", "sim/settling.py", "sim/sheet.py", "sim/ground.py")
LIBRARIES = ("numpy", "scipy", "shapely")


def lay(
    territory: Territory, repairs: int, crews: int | None, year: int, keep: Path | None = None
) -> Ground:
    """Return the ground with as many crews as so many repairs a year are given, or as asked.

    With a directory to keep it in, the same code lays the same ground only once.
    """
    if keep is None:
        return manned(_laid(territory, year), crews or crews_for(repairs))
    file = keep / f"ground-{_name(territory, year)}.json.gz"
    ground = _kept(file)
    if ground is None:
        ground = _laid(territory, year)
        _keep(ground, file)
    return manned(ground, crews or crews_for(repairs))


def crews_for(repairs: int) -> int:
    """Return how many crews so many repairs a year are given."""
    return max(FEWEST_CREWS, round(repairs / 365 / REPAIRS_EACH_CREW))


def _laid(territory: Territory, year: int) -> Ground:
    with tempfile.TemporaryDirectory(prefix="relight-sim-") as directory:
        file = Path(directory) / "land.osm.pbf"
        generate(TERRITORY_SEED, file, SIZES[territory])
        land = read_land(file)
    # Licences are looked at late in the year, so that none runs out in it: rosters see to that.
    network = lay_network(land, Layout(seed=TERRITORY_SEED), datetime(year + 1, 3, 1, tzinfo=UTC))
    return ground_of(network)


def _name(territory: Territory, year: int) -> str:
    """Return a name that changes with anything the ground is made by or of."""
    made = hashlib.sha256(f"{territory} {year} {TERRITORY_SEED}".encode())
    made.update(platform.python_version().encode())
    for library in LIBRARIES:
        made.update(f"{library} {version(library)}\n".encode())
    for pattern in MADE_BY:
        for file in sorted(CODE.glob(pattern)):
            made.update(file.read_bytes())
    return f"{territory}-{year}-{made.hexdigest()[:16]}"


def _kept(file: Path) -> Ground | None:
    """Return the ground in a file; None where there is none, or none that can be read."""
    try:
        return from_plain(json.loads(gzip.decompress(file.read_bytes())))
    except (OSError, EOFError, ValueError, KeyError, TypeError, LookupError):
        return None


def _keep(ground: Ground, file: Path) -> None:
    """Keep a ground for the next time, in the place of older ones; a full disk spoils nothing."""
    text = json.dumps(to_plain(ground), separators=(",", ":"), ensure_ascii=False)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(gzip.compress(text.encode(), 5, mtime=0))
        Path(part.name).replace(file)
    except OSError:
        return
    older = f"{'-'.join(file.name.split('-')[:3])}-*"
    for other in file.parent.glob(older):
        if other != file:
            other.unlink(missing_ok=True)
