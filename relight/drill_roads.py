"""The ways that the crews of a drill drive: over the roads of the land, where it has road data."""

from datetime import datetime

from sqlalchemy.orm import Session

from relight.road_engines import roads_of
from relight.settings import Settings
from roads.reading import read_now
from roads.travel import Mark, RoadTravel
from routing.snapshot import Snapshot
from routing.travel import Place
from routing.travel_model import TravelModel
from sim.drill.ways import FindWay, Spot, Way, straight_way
from store.engine import connect


def way_of(settings: Settings, at: datetime) -> FindWay:
    """Return how ways are found: by the best road engine there is, straight where there is none."""
    roads = roads_of(settings)
    engine = connect(settings.database_url or "", connections=1, name="drill")
    try:
        with Session(engine) as session:
            now = read_now(session, at)
    finally:
        engine.dispose()
    model = roads.model(TravelModel(), now, at)
    if model.roads is None:
        return straight_way
    travel = roads.travel(Snapshot(at=at, district="drill", travel=model))
    return by_road(travel) if isinstance(travel, RoadTravel) else straight_way


def by_road(travel: RoadTravel) -> FindWay:
    """Return ways that follow the streets, and are straight where no street leads."""

    def find(origin: Spot, target: Spot, area: str) -> Way:
        here, there = Place(*origin), Place(*target)
        drive = travel.pairs.engine.drive(here, there)
        if drive is None or travel.mark(here, there) is not Mark.ROAD:
            return straight_way(origin, target, area)
        seconds, metres = travel.leg(here, there)
        # The engine's path begins and ends on the road; the crew begins and ends beside it.
        points = (origin, *drive.path, target)
        return Way(points, float(seconds), float(metres), travel.pairs.engine.name)

    return find
