"""Which engine drives: the best there is, and why it is not a better one.

The choice is written into the snapshot, so that its plan can be made and checked again by the same
roads, in another process or on another day.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.kinds import AreaClass
from roads import osrm_programs
from roads.cache import Pairs
from roads.calibration import read_calibration
from roads.conditions import USUAL, Conditions
from roads.data import RoadData, hub
from roads.engine import Engine
from roads.graph import GraphRoads
from roads.osrm import OsrmRoads
from roads.server import find_server
from roads.travel import RoadTravel
from roads.ways import Ways
from routing.snapshot import Snapshot
from routing.travel import GeodesicTravel, Travel, travel_of
from routing.travel_model import RoadModel, TravelModel

CALIBRATION = "calibration.toml"
ENGINES_KEPT = 3
NOWHERE = Path("/nonexistent")


class Wish(StrEnum):
    """Which engine an operator wants."""

    AUTO = "auto"
    OSRM = "osrm"
    GRAPH = "graph"
    GEODESIC = "geodesic"


class Why(StrEnum):
    """Why no better engine drives; words are in the catalogue under `roads.why`."""

    WISHED = "wished"
    NO_ROAD_DATA = "no_road_data"
    OSRM_NEEDS_PYTHON = "osrm_needs_python"
    OSRM_NOT_THERE = "osrm_not_there"
    OSRM_FAILED = "osrm_failed"
    SERVER_SILENT = "server_silent"
    SERVER_KNOWS_NO_CLOSURES = "server_knows_no_closures"


@dataclass(frozen=True)
class RoadsNow:
    """What holds on the roads at one moment: the land, what is closed, what is slow."""

    land: str | None = None
    conditions: Conditions = USUAL
    pace: dict[AreaClass, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """The engine that drives, and why it is not a better one."""

    engine: str
    why: Why | None = None


class Roads:
    """The road engines of one process; those used last stay loaded."""

    def __init__(
        self,
        place: Path | None = None,
        wish: str = Wish.AUTO,
        url: str | None = None,
        zone: str = "UTC",
    ) -> None:
        """Find road data in a directory, or ask a server; hours of day are those of a zone."""
        self._place, self._wish, self._url = place or NOWHERE, Wish(wish), url
        self._zone, self._lock = ZoneInfo(zone), Lock()
        self._loaded: OrderedDict[tuple[str, str, str], Pairs] = OrderedDict()
        self._ways: tuple[str, Ways] | None = None

    def choose(self, now: RoadsNow) -> Choice:
        """Return the best engine there is for a land and what holds on its roads."""
        if self._wish is Wish.GEODESIC:
            return Choice("geodesic", Why.WISHED if now.land or self._url else None)
        ready = now.land is not None and RoadData(self._place / now.land).ready
        server = self._server(now, ready=ready) if self._url else None
        if server is not None and server.engine:
            return server
        why = server.why if server else None
        if not ready:
            return Choice("geodesic", why or (Why.NO_ROAD_DATA if now.land else None))
        if self._wish is Wish.GRAPH:
            return Choice("graph", why or Why.WISHED)
        if (missing := self._osrm_missing(now.land or "")) is not None:
            return Choice("graph", missing)
        return Choice("osrm", why)

    def _server(self, now: RoadsNow, *, ready: bool) -> Choice:
        """Return the server by URL, or with no name why it is not used.

        A server drives through closures: where there are some, our own road data go first.
        """
        told = None if now.conditions.usual else Why.SERVER_KNOWS_NO_CLOSURES
        if told and ready:
            return Choice("", told)
        try:
            return Choice(self._at_url().engine.name, told)
        except Refused:
            return Choice("", Why.SERVER_SILENT)

    def _osrm_missing(self, land: str) -> Why | None:
        missing = osrm_programs.why_not()
        if missing is not None:
            return Why.OSRM_NEEDS_PYTHON if missing == "python" else Why.OSRM_NOT_THERE
        try:
            self._pairs("osrm", land, USUAL)
        except Refused:
            return Why.OSRM_FAILED
        return None

    def model(self, base: TravelModel, now: RoadsNow, at: datetime) -> TravelModel:
        """Return the travel model of a moment, with the roads that are driven in it."""
        choice = self.choose(now)
        why = choice.why.value if choice.why else None
        if choice.engine == "geodesic":
            return base.model_copy(update={"fallback": why})
        hour = at.astimezone(self._zone).hour
        pace = {**read_calibration(self._place / CALIBRATION).pace(hour)}
        for area, share in now.pace.items():
            pace[area] = round(pace.get(area, 1.0) / share, 3)
        server = choice.engine.endswith("-server")
        conditions = USUAL if server else now.conditions
        land = now.land or ""
        roads = RoadModel(
            engine=choice.engine,
            version=self._pairs(choice.engine, land, conditions).engine.version,
            data=land,
            closed=conditions.closed,
            slow=conditions.slow,
            pace=pace,
        )
        return base.model_copy(update={"kind": "roads", "roads": roads, "fallback": why})

    def travel(self, snapshot: Snapshot) -> Travel:
        """Return the travel a snapshot was made with; refuses where its roads are not here."""
        return self.travel_by(snapshot.travel, snapshot)

    def travel_by(self, model: TravelModel, snapshot: Snapshot) -> Travel:
        """Return the travel of a model."""
        return travel_of(snapshot) if model.roads is None else self._by_road(model, model.roads)

    def travel_on(self, model: TravelModel) -> Travel:
        """Return the travel of a model that belongs to no snapshot."""
        return GeodesicTravel(model) if model.roads is None else self._by_road(model, model.roads)

    def _by_road(self, model: TravelModel, roads: RoadModel) -> RoadTravel:
        conditions = Conditions(closed=roads.closed, slow=roads.slow)
        pairs = self._pairs(roads.engine, roads.data, conditions)
        if pairs.engine.version != roads.version:
            raise Refused("roads_missing", version=roads.version)
        return RoadTravel(model, roads, pairs)

    def empty(self, land: str | None) -> RoadTravel | None:
        """Return travel as road data tell it, uncalibrated; None where no roads are driven."""
        choice = self.choose(now := RoadsNow(land=land))
        if choice.engine == "geodesic":
            return None
        pairs = self._pairs(choice.engine, now.land or "", USUAL)
        roads = RoadModel(engine=choice.engine, version=pairs.engine.version, data=now.land or "")
        return RoadTravel(TravelModel(kind="roads", roads=roads), roads, pairs)

    def _pairs(self, engine: str, land: str, conditions: Conditions) -> Pairs:
        if engine.endswith("-server"):
            return self._at_url()
        key = (engine, land, conditions.digest())
        with self._lock:
            if key not in self._loaded:
                self._hold(key, Pairs(self._load(engine, land, conditions)))
            self._loaded.move_to_end(key)
            return self._loaded[key]

    def _at_url(self) -> Pairs:
        """Return what the server answers from; other data on it are another version."""
        if self._url is None:
            raise Refused("roads_missing", version="server")
        found = find_server(self._url)
        with self._lock:
            key = (found.name, self._url, found.version)
            if key in self._loaded:
                found.close()
            else:
                self._hold(key, Pairs(found))
            self._loaded.move_to_end(key)
            return self._loaded[key]

    def _hold(self, key: tuple[str, str, str], pairs: Pairs) -> None:
        self._loaded[key] = pairs
        while len(self._loaded) > ENGINES_KEPT:
            self._loaded.popitem(last=False)

    def _load(self, engine: str, land: str, conditions: Conditions) -> Engine:
        data = RoadData(self._place / land)
        if not land or not data.ready:
            raise Refused("roads_missing", version=land[:12] or engine)
        ways = self._ways_of(data)
        if engine == "graph":
            return GraphRoads(ways, land[:12], conditions)
        if engine != "osrm" or osrm_programs.why_not() is not None:
            raise Refused("roads_missing", version=f"{engine}/{land[:12]}")
        return OsrmRoads(data.osrm(ways, conditions), land[:12], hub(ways))

    def _ways_of(self, data: RoadData) -> Ways:
        if self._ways is None or self._ways[0] != data.digest:
            self._ways = data.digest, data.ways()
        return self._ways[1]
