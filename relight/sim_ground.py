"""The ground a rehearsal without servers is played on: an invented land and its network."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sim.ground import Ground
from sim.settling import ground_of, manned
from territory.generate import SizeName, generate
from territory.layout import Layout, lay_network
from territory.osm import read_land

Territory = Literal["small", "generated"]
SIZES: dict[Territory, SizeName] = {"small": "small", "generated": "full"}
TERRITORY_SEED = 1
REPAIRS_EACH_CREW = 1.4
"""Repairs of a mean day for each crew: what the generated territory has at 46 a day."""
FEWEST_CREWS = 6


def lay(territory: Territory, repairs: int, crews: int | None, year: int) -> Ground:
    """Return the ground with as many crews as so many repairs a year are given, or as asked."""
    with tempfile.TemporaryDirectory(prefix="relight-sim-") as directory:
        file = Path(directory) / "land.osm.pbf"
        generate(TERRITORY_SEED, file, SIZES[territory])
        land = read_land(file)
    # Licences are looked at late in the year, so that none runs out in it: rosters see to that.
    network = lay_network(land, Layout(seed=TERRITORY_SEED), datetime(year + 1, 3, 1, tzinfo=UTC))
    return manned(ground_of(network), crews or crews_for(repairs))


def crews_for(repairs: int) -> int:
    """Return how many crews so many repairs a year are given."""
    return max(FEWEST_CREWS, round(repairs / 365 / REPAIRS_EACH_CREW))
