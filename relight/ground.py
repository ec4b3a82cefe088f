"""The ground of an installation: a land and the network laid over it, loaded together."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.words import say
from relight.road_engines import make_roads
from relight.settings import Settings

if TYPE_CHECKING:
    from territory.land import Land
    from territory.layout import Layout
    from territory.network import Network

SEED = 1
HOMES = 60_000
"""Of the invented territory, at least."""

_GREATEST = ("city", "town", "village", "hamlet", "suburb")


def layout_for(engine: Engine, land: "Land", settings: Settings, *, homes: int = 0) -> "Layout":
    """Return how a network is to be laid over a land: named after its greatest place.

    Where one district is loaded the new one takes its id, so that its board goes on.
    """
    from store import network as networks
    from territory.layout import Layout
    from territory.layout.addresses import both

    with Session(engine) as session:
        loaded = networks.districts(session)
    named = [each for each in land.settlements if any(each.names) and each.kind in _GREATEST]
    named.sort(key=lambda each: (_GREATEST.index(each.kind), -(each.population or 0), each.id))
    en, zh = both(named[0].names, ("", "")) if named else (land.name, land.name)
    district = loaded[0] if len(loaded) == 1 else Layout.district
    return Layout(district, en, zh, settings.time_zone, homes, seed=SEED)


def lay(land: "Land", layout: "Layout", now: datetime) -> "Network":
    """Return a network for a land; raises Refused: land_without_streets."""
    from territory.layout import NoStreets, lay_network

    try:
        return lay_network(land, layout, now)
    except NoStreets:
        raise Refused("land_without_streets", file=land.name) from None


def settle(engine: Engine, land: "Land", network: "Network", now: datetime) -> None:
    """Load a land and its network in one transaction; both stay as they were when it fails.

    Raises Refused: outages_of_other_land, network_in_use.
    """
    from store import land as lands
    from store import network as networks

    with Session(engine) as session, session.begin():
        # Nothing is reported on the old land between this look and the commit.
        networks.hold(session)
        before = lands.sheet(session)
        count = networks.outage_count(session)
        if count and (before is None or before.digest != land.digest):
            raise Refused("outages_of_other_land", count=count)
        networks.replace(session, network, now)
        lands.replace(session, land, now)


def settle_invented(
    engine: Engine, settings: Settings, now: datetime, tell: Callable[[str], object]
) -> bool:
    """Load the invented territory into a new installation; returns False when it has one."""
    from store import network as networks
    from territory.osm import read_land

    with Session(engine) as session:
        if networks.is_loaded(session):
            return False
    language = settings.language
    tell(say("up.inventing", language))
    file = invented_land(settings)
    land = read_land(file)
    network = lay(land, layout_for(engine, land, settings, homes=HOMES), now)
    counts = {
        kind: f"{len(network.rows(kind)):,}"
        for kind in ("substations", "feeders", "transformers", "service_points", "crews")
    }
    tell(say("up.loading", language, **counts))
    make_roads(settings, file)
    settle(engine, land, network, now)
    return True


def invented_land(settings: Settings) -> Path:
    """Return the map file of the invented land in the state directory, written where missing."""
    from territory.generate import edition, generate

    file = settings.state_dir / "territory" / f"invented-{SEED}-{edition()}.osm.pbf"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved, so that a killed start leaves no half of a map.
        unfinished = file.with_name(f"unfinished-{os.getpid()}.osm.pbf")
        generate(SEED, unfinished, "full")
        unfinished.replace(file)
        for older in set(file.parent.glob("invented-*.osm.pbf")) - {file}:
            older.unlink()
    return file
